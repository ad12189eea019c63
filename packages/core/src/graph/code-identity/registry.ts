import type { CodeLocation } from "./causes.ts";
import type { CodeIssue, FunctionTraits } from "./identify-code.ts";

/** A tagged function as the run time knows it, by the site that its tag names (`module id.index`). */
export interface FunctionSite {
  readonly hash: string;
  readonly name: string;
  readonly location: CodeLocation;
  readonly issues: readonly CodeIssue[];
  /** Names of what it captures, slot by slot. */
  readonly captures: readonly string[];
  readonly traits: FunctionTraits;
}

export type FunctionTable = Readonly<Record<string, FunctionSite>>;

// biome-ignore lint/complexity/noBannedTypes: any function at all may be tagged.
export type AnyFunction = Function;

export interface Tag {
  readonly site: FunctionSite;
  readonly captures: () => readonly unknown[];
  readonly before: Shape;
}

/** What may be seen of a function but is not in its text: its properties, its prototype, and those of its methods. */
export type Shape = readonly unknown[];

/** One property of a captured object, when the code reads nothing else of it. */
export class CapturedProperty {
  readonly object: unknown;
  readonly property: string;

  constructor(object: unknown, property: string) {
    this.object = object;
    this.property = property;
  }
}

/** The functions that tagged code calls, under the names that the tags use. */
export interface Hooks {
  /** Tags a function or class. */
  t<F>(target: F, site: string, captures: () => readonly unknown[]): F;
  /** Tags methods of an object literal. */
  m<T extends object>(object: T, methods: readonly (readonly [string, string, () => readonly unknown[]])[]): T;
  /** Captures one property. */
  p(object: unknown, property: string): CapturedProperty;
  /** Captures a module namespace. */
  ns<T>(namespace: T): T;
  /** Links what a module imports from a package. */
  x(read: () => unknown, module: string, specifier: string, exported: string): void;
}

export interface Registry {
  readonly hooks: Hooks;
  tagOf(target: AnyFunction): Tag | undefined;
  isNamespace(value: object): boolean;
  /** The name under which a value of the SDK or of a package is known, and its shape when it was linked. */
  external(value: object): External | undefined;
  /** Tags and links nothing any more; from here on a tag costs one call. */
  close(): void;
  /** Tags again: `graph()` is about to run for other params. */
  reopen(): void;
}

export interface External {
  readonly name: string;
  readonly origin: "sdk" | "package";
  readonly before: Shape;
}

export interface RegistryOptions {
  readonly functions: FunctionTable;
  /** Digests of what a package's entry imports, by `module id|specifier`. */
  readonly packages: Readonly<Record<string, string>>;
  readonly sdk: readonly SdkModule[];
}

/** A module that the loader provides instead of bundling it. */
export interface SdkModule {
  /** As strategies import it, for example `@qmtl/core/indicators`. */
  readonly specifier: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

export function createRegistry({ functions, packages, sdk }: RegistryOptions): Registry {
  const tags = new WeakMap<AnyFunction, Tag>();
  const externals = new WeakMap<object, External>();
  const namespaces = new WeakSet<object>();
  let isOpen = true;

  function tag(target: unknown, siteName: string, captures: () => readonly unknown[]): void {
    const site = functions[siteName];
    if (site === undefined || typeof target !== "function") return;
    restoreName(target, site.name);
    tags.set(target, { site, captures, before: shapeOf(target) });
  }

  function addExternal(value: unknown, name: string, origin: External["origin"]): void {
    const known = isObject(value) ? externals.get(value) : undefined;
    // A value that is exported twice is known by the name that sorts first, whatever the order of the exports.
    if (!isObject(value) || (known !== undefined && known.name <= name)) return;
    externals.set(value, { name, origin, before: known?.before ?? externalShape(value) });
  }

  for (const { specifier, version, exports } of sdk) {
    for (const [name, value] of Object.entries(exports)) addExternal(value, `${specifier}@${version}#${name}`, "sdk");
  }

  function addPackageFunction(value: unknown, name: string): void {
    if (typeof value === "function" && !tags.has(value)) addExternal(value, name, "package");
  }

  return {
    hooks: {
      t(target, site, captures) {
        if (isOpen) tag(target, site, captures);
        return target;
      },
      m(object, methods) {
        if (!isOpen) return object;
        for (const [name, site, captures] of methods) {
          tag(Object.getOwnPropertyDescriptor(object, name)?.value, site, captures);
        }
        return object;
      },
      p: (object, property) => new CapturedProperty(object, property),
      ns(namespace) {
        if (isObject(namespace)) namespaces.add(namespace);
        return namespace;
      },
      x(read, module, specifier, exported) {
        const digest = packages[`${module}|${specifier}`];
        if (!isOpen || digest === undefined) return;
        const value = read();
        const name = `package:${digest}#`;
        if (exported !== "*") addPackageFunction(value, name + exported);
        if ((exported === "*" || exported === "default") && isObject(value)) {
          const prefix = exported === "*" ? name : `${name}default.`;
          for (const key of Object.keys(value)) {
            addPackageFunction((value as Record<string, unknown>)[key], prefix + key);
          }
        }
      },
    },
    tagOf: (target) => tags.get(target),
    isNamespace: (value) => namespaces.has(value),
    external: (value) => externals.get(value),
    close() {
      isOpen = false;
    },
    reopen() {
      isOpen = true;
    },
  };
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Tagging stands between a function and the variable that JavaScript would name it after, and bundlers rename. */
function restoreName(target: AnyFunction, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, "name");
  if (descriptor?.configurable !== true || typeof descriptor.value !== "string" || descriptor.value === name) return;
  Object.defineProperty(target, "name", { value: name });
}

/** Enumerable properties of the function itself are left out: they count by value. */
export function shapeOf(target: AnyFunction): Shape {
  const shape: unknown[] = [Object.getPrototypeOf(target)];
  const prototype: unknown = Object.getOwnPropertyDescriptor(target, "prototype")?.value;
  addHidden(shape, target, true);
  if (isObject(prototype)) {
    shape.push(Object.getPrototypeOf(prototype));
    addHidden(shape, prototype, false);
  }
  return shape;
}

function addHidden(shape: unknown[], holder: object, skipsEnumerable: boolean): void {
  for (const key of Reflect.ownKeys(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor === undefined || (skipsEnumerable && descriptor.enumerable === true)) continue;
    shape.push(key, descriptor.value, descriptor.get, descriptor.set);
    for (const method of [descriptor.value, descriptor.get, descriptor.set]) {
      if (typeof method === "function" && key !== "constructor") shape.push(...ownState(method));
    }
  }
}

function ownState(method: AnyFunction): unknown[] {
  const state: unknown[] = [Object.getPrototypeOf(method)];
  for (const key of Reflect.ownKeys(method)) {
    const descriptor = Object.getOwnPropertyDescriptor(method, key);
    state.push(key, descriptor?.value, descriptor?.get, descriptor?.set);
  }
  return state;
}

function externalShape(value: object): Shape {
  if (typeof value === "function") return shapeOf(value);
  const shape: unknown[] = [Object.getPrototypeOf(value)];
  addHidden(shape, value, false);
  return shape;
}

/** Whether a value still has the shape it had. */
export function isUnchanged(value: object, before: Shape, kind: "tagged" | "external"): boolean {
  const now = kind === "tagged" ? shapeOf(value as AnyFunction) : externalShape(value);
  return now.length === before.length && now.every((one, index) => Object.is(one, before[index]));
}
