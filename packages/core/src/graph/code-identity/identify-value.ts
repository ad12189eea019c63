import { createHash } from "node:crypto";
import { types } from "node:util";
import { localeMembers, observingMembers } from "./allowed-globals.ts";
import { type Cause, type CauseCode, type CodeLocation, explainCause } from "./causes.ts";
import type { Intrinsics } from "./intrinsics.ts";
import { type AnyFunction, CapturedProperty, isObject, isUnchanged, type Registry, type Tag } from "./registry.ts";
import { codeScheme } from "./scheme.ts";

export interface ValueReader {
  readonly registry: Registry;
  readonly intrinsics: Intrinsics;
  /** True for a stream, column or node of the graph. */
  readonly isHandle: (value: unknown) => boolean;
}

const deepest = 500;
const wellKnownSymbols: ReadonlyMap<symbol, string> = new Map(
  Object.getOwnPropertyNames(Symbol).flatMap((name) => {
    const value: unknown = Symbol[name as keyof typeof Symbol];
    return typeof value === "symbol" ? [[value, name] as const] : [];
  }),
);

/**
 * Encodes a value so that two values have the same digest only when no strict-mode code can tell them apart, and freezes what
 * it walks, so that this stays true. Objects met again are written as references: sharing and cycles count.
 */
export function identifyValue(
  root: unknown,
  { registry, intrinsics, isHandle }: ValueReader,
): { readonly digest: string; readonly causes: readonly Cause[] } {
  const hash = createHash("sha256").update(`${codeScheme}\nvalue\n`);
  const seen = new Map<object, number>();
  const causes = new Map<string, Cause>();
  let pending: string[] = [];
  let readsName: { tag: Tag; path: string } | undefined;
  let hasUnstableName = false;

  function out(token: string): void {
    pending.push(token);
    if (pending.length < 4096) return;
    hash.update(pending.join(""));
    pending = [];
  }

  function refuse(code: CauseCode, path: string, subject = path, at?: CodeLocation): void {
    const cause: Cause = {
      code,
      message: explainCause(code, subject),
      path,
      ...(at !== undefined && { location: at }),
    };
    const key = JSON.stringify(cause);
    if (!causes.has(key)) causes.set(key, cause);
    out("!");
  }

  function value(it: unknown, path: string, depth: number): void {
    switch (typeof it) {
      case "undefined":
        out("u");
        return;
      case "boolean":
        out(it ? "t" : "f");
        return;
      case "number":
        out(`n${Object.is(it, -0) ? "-0" : String(it)};`);
        return;
      case "bigint":
        out(`b${it};`);
        return;
      case "string":
        out(JSON.stringify(it));
        return;
      case "symbol": {
        const known = wellKnownSymbols.get(it);
        if (known === undefined) {
          refuse("capture-symbol", path);
          return;
        }
        out(`s${known};`);
        return;
      }
    }
    if (!isObject(it)) {
      out("0");
      return;
    }
    const known = seen.get(it);
    if (known !== undefined) {
      out(`@${known};`);
      return;
    }
    seen.set(it, seen.size);
    if (depth > deepest) {
      refuse("capture-too-deep", path);
      return;
    }
    object(it, path, depth);
  }

  function object(it: object, path: string, depth: number): void {
    if (isHandle(it)) {
      refuse("capture-handle", path);
      return;
    }
    if (types.isProxy(it)) {
      refuse("capture-proxy", path);
      return;
    }
    if (registry.external(it) !== undefined) {
      external(it, path, depth);
      return;
    }
    if (intrinsics.names.has(it)) {
      intrinsic(it, path);
      return;
    }
    if (typeof it === "function") {
      fn(it, path, depth);
      return;
    }
    if (Array.isArray(it)) {
      array(it, path, depth);
      return;
    }
    if (registry.isNamespace(it)) {
      namespace(it, path, depth);
      return;
    }
    if (types.isRegExp(it)) {
      regExp(it, path);
      return;
    }
    if (isOpaque(it)) {
      refuse("capture-mutable", path, `${path || "value"}: ${classNameOf(it)}`);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(it);
    if (prototype !== null && prototype !== Object.prototype) {
      instance(it, path, depth);
      return;
    }
    out(prototype === null ? "{0" : "{");
    properties(it, path, depth);
    out("}");
    Object.freeze(it);
  }

  function external(it: object, path: string, depth: number): void {
    const { name, origin, before } = registry.external(it)!;
    out(`x${JSON.stringify(name)}`);
    if (!isUnchanged(it, before, "external")) {
      refuse("patched", path);
      return;
    }
    if (typeof it !== "function") return;
    if (origin === "package") {
      hasUnstableName = true;
      out("{");
      properties(it, path, depth, skipsHidden);
      out("}");
    }
    Object.freeze(it);
  }

  function intrinsic(it: object, path: string): void {
    const name = intrinsics.names.get(it)!;
    if (!intrinsics.isFixed(it)) {
      refuse("nondeterministic", path, name);
      return;
    }
    out(`j${JSON.stringify(name)}`);
  }

  function fn(it: AnyFunction, path: string, depth: number): void {
    const tag = registry.tagOf(it);
    if (tag === undefined) {
      refuse("untagged-function", path, path || it.name);
      return;
    }
    const { site } = tag;
    for (const { code, subject, line, column } of site.issues) {
      refuse(code, path, subject, { file: site.location.file, line, column });
    }
    if (site.traits.readsName) readsName ??= { tag, path };
    if (site.traits.makesNames) hasUnstableName = true;
    out(`F${site.hash}${JSON.stringify(site.name)}(`);
    let captured: readonly unknown[];
    try {
      captured = tag.captures();
    } catch {
      refuse("uninitialised-capture", path, site.name, site.location);
      return;
    }
    for (const [index, one] of captured.entries()) {
      const name = site.captures[index] ?? "";
      capture(one, path === "" ? name : `${path} > ${name}`, tag, depth);
    }
    out(")");
    if (!isUnchanged(it, tag.before, "tagged")) {
      refuse("patched", path, site.name || path, site.location);
      return;
    }
    if (site.traits.isClass) classValue(it, path, depth);
    out("{");
    properties(it, path, depth, skipsHidden);
    out("}");
    freezeFunction(it);
  }

  function capture(it: unknown, path: string, tag: Tag, depth: number): void {
    if (!(it instanceof CapturedProperty)) {
      value(it, path, depth + 1);
      return;
    }
    const { object: holder, property } = it;
    if (isReadable(holder, property)) {
      if (!registry.isNamespace(holder)) Object.freeze(holder);
      out(".");
      value((holder as Record<string, unknown>)[property], path, depth + 1);
      return;
    }
    if (property === "name" && typeof holder === "function") readsName ??= { tag, path };
    if (!isOwnData(holder, property)) {
      if (observingMembers.has(property)) refuse("source-observer", path, `.${property}`, tag.site.location);
      if (localeMembers.has(property)) refuse("nondeterministic", path, `.${property}`, tag.site.location);
    }
    out(`:${JSON.stringify(property)}`);
    value(holder, path.slice(0, -property.length - 1), depth + 1);
  }

  /** Whether reading this property tells all that reading it again could tell. */
  function isReadable(holder: unknown, property: string): holder is object {
    if (!isObject(holder) || typeof holder === "function") return false;
    if (registry.isNamespace(holder)) return Object.hasOwn(holder, property);
    if (types.isProxy(holder) || isHandle(holder) || registry.external(holder) !== undefined) return false;
    if (intrinsics.names.has(holder) || isOpaque(holder) || Array.isArray(holder)) return false;
    const prototype: unknown = Object.getPrototypeOf(holder);
    const descriptor = Object.getOwnPropertyDescriptor(holder, property);
    return (prototype === null || prototype === Object.prototype) && descriptor !== undefined && "value" in descriptor;
  }

  /** The base and computed names were evaluated when the class was defined, so they count as they were then. */
  function classValue(it: AnyFunction, path: string, depth: number): void {
    const base: unknown = Object.getPrototypeOf(it);
    if (base === Function.prototype) out("^");
    else value(base, `${path || it.name} > extends`, depth + 1);
    for (const holder of [it, it.prototype as object]) {
      out("<");
      for (const key of Reflect.ownKeys(holder)) {
        const symbol = typeof key === "symbol" ? wellKnownSymbols.get(key) : undefined;
        if (typeof key === "string") out(JSON.stringify(key));
        else if (symbol === undefined) refuse("capture-symbol", path, it.name);
        else out(`s${symbol};`);
      }
      out(">");
    }
  }

  function array(it: readonly unknown[], path: string, depth: number): void {
    if (Object.getPrototypeOf(it) !== Array.prototype) {
      refuse("capture-unknown-class", path);
      return;
    }
    out(`[${it.length};`);
    properties(it, path, depth, (key) => key === "length");
    out("]");
    Object.freeze(it);
  }

  /** The getters of a bundled module namespace read bindings that never change. */
  function namespace(it: object, path: string, depth: number): void {
    out("N{");
    for (const key of Object.keys(it).sort()) {
      out(JSON.stringify(key));
      value((it as Record<string, unknown>)[key], `${path}.${key}`, depth + 1);
    }
    out("}");
  }

  function regExp(it: RegExp, path: string): void {
    const isPlain = Object.getPrototypeOf(it) === RegExp.prototype && Reflect.ownKeys(it).length === 1;
    if (!isPlain || it.lastIndex !== 0 || it.global || it.sticky) {
      refuse("capture-stateful-regexp", path);
      return;
    }
    out(`R${JSON.stringify([it.source, it.flags])}`);
    Object.freeze(it);
  }

  function instance(it: object, path: string, depth: number): void {
    const prototype = Object.getPrototypeOf(it) as object;
    const made: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    if (typeof made !== "function" || made.prototype !== prototype || registry.tagOf(made) === undefined) {
      refuse("capture-unknown-class", path);
      return;
    }
    for (let at: unknown = made; at !== Function.prototype; at = Object.getPrototypeOf(at)) {
      const traits = typeof at === "function" ? registry.tagOf(at)?.site.traits : undefined;
      if (traits === undefined) {
        refuse("capture-unknown-class", path);
        return;
      }
      if (traits.privateInstance) {
        refuse("capture-private", path);
        return;
      }
    }
    out("I");
    value(made, `${path} > ${made.name}`, depth + 1);
    out("{");
    properties(it, path, depth);
    out("}");
    Object.freeze(it);
  }

  function properties(it: object, path: string, depth: number, skips?: (key: string, holder: object) => boolean): void {
    for (const key of Reflect.ownKeys(it)) {
      if (typeof key === "symbol") {
        refuse("capture-symbol", path, path);
        continue;
      }
      if (skips?.(key, it) === true) continue;
      const descriptor = Object.getOwnPropertyDescriptor(it, key)!;
      const at = Array.isArray(it) ? `${path}[${key}]` : `${path}.${key}`;
      if (!("value" in descriptor)) refuse("capture-accessor", at);
      else if (descriptor.enumerable !== true) refuse("capture-hidden", at);
      else {
        out(JSON.stringify(key));
        value(descriptor.value, at, depth + 1);
      }
    }
  }

  value(root, "", 0);
  rootFunction(root);
  if (readsName !== undefined && hasUnstableName) {
    const { tag, path } = readsName;
    refuse("function-name", path, tag.site.name, tag.site.location);
  }
  return { digest: hash.update(pending.join("")).digest("hex"), causes: [...causes.values()] };

  /** What only matters in the function that the engine itself calls. */
  function rootFunction(it: unknown): void {
    const site = typeof it === "function" ? registry.tagOf(it)?.site : undefined;
    if (site?.traits.generator === true) refuse("generator-compute", "", site.name, site.location);
    if (site?.traits.usesThis === true) refuse("outer-this", "", "this", site.location);
  }
}

function isOwnData(holder: unknown, property: string): boolean {
  if (!isObject(holder) || types.isProxy(holder)) return false;
  const descriptor = Object.getOwnPropertyDescriptor(holder, property);
  return descriptor !== undefined && "value" in descriptor;
}

function skipsHidden(key: string, holder: object): boolean {
  return Object.getOwnPropertyDescriptor(holder, key)?.enumerable !== true;
}

/** Objects with content that is not in their properties. */
function isOpaque(it: object): boolean {
  return (
    ArrayBuffer.isView(it) ||
    types.isAnyArrayBuffer(it) ||
    types.isMap(it) ||
    types.isSet(it) ||
    types.isWeakMap(it) ||
    types.isWeakSet(it) ||
    types.isDate(it) ||
    types.isPromise(it) ||
    types.isBoxedPrimitive(it) ||
    types.isNativeError(it) ||
    types.isArgumentsObject(it) ||
    types.isGeneratorObject(it) ||
    types.isMapIterator(it) ||
    types.isSetIterator(it) ||
    types.isExternal(it)
  );
}

function classNameOf(it: object): string {
  const made: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(it) ?? {}, "constructor")?.value;
  return typeof made === "function" ? made.name : "object";
}

function freezeFunction(it: AnyFunction): void {
  const prototype: unknown = Object.getOwnPropertyDescriptor(it, "prototype")?.value;
  for (const holder of [it, prototype]) {
    if (!isObject(holder)) continue;
    for (const key of Reflect.ownKeys(holder)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(holder, key) ?? {};
      const isMember = key !== "constructor" && !Object.prototype.propertyIsEnumerable.call(holder, key);
      for (const method of [value, get, set]) if (isMember && typeof method === "function") Object.freeze(method);
    }
    Object.freeze(holder);
  }
}
