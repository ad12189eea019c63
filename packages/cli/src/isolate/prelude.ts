/**
 * The determinism prelude: after it, nothing that user modules can reach tells the time, draws a random number, knows the machine
 * or generates code, and every intrinsic is frozen. Run it in a worker of its own, after our modules are loaded and before the
 * author's are.
 */
import { QmtlError } from "@qmtl/core/schema";

/** Globals that a strategy may see; every other one is removed. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  "globalThis", "undefined", "NaN", "Infinity", "Object", "Function", "Array", "Number", "String", "Boolean", "BigInt", "Symbol",
  "Math", "JSON", "Date", "RegExp", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "Promise", "Proxy", "Reflect", "Iterator",
  "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
  "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
  "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
  "isNaN", "isFinite", "parseFloat", "parseInt", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape",
  "eval",
]);

// What the host's own machinery needs after the prelude; taken away from sight, not from the module scope that holds it.
const LOCALE_METHODS: readonly (readonly [string, readonly string[]])[] = [
  ["Number", ["toLocaleString"]],
  ["BigInt", ["toLocaleString"]],
  ["String", ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]],
  ["Array", ["toLocaleString"]],
  ["Object", ["toLocaleString"]],
];

export function applyPrelude(): void {
  const realm = globalThis as unknown as Record<string, unknown>;
  replaceDate(realm);
  define(Math, "random", refusing("Math.random()", "Use rng(): the same numbers in every replay."));
  for (const [name, methods] of LOCALE_METHODS)
    for (const method of methods)
      define((realm[name] as { prototype: object }).prototype, method, refusing(`${method}()`, "It depends on the machine's locale."));
  refuseCodeGeneration(realm);
  for (const name of Object.getOwnPropertyNames(globalThis))
    if (!ALLOWED_GLOBALS.has(name) && !Reflect.deleteProperty(globalThis, name))
      define(globalThis, name, undefined);
  hideSource();
  freezeIntrinsics(realm);
}

function refusing(what: string, why: string): () => never {
  return function refused(): never {
    throw new QmtlError({ code: "determinism.refused", message: `${what} is not there for strategies`, next: why, class: "rejected" });
  };
}

function define(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: false, enumerable: false, configurable: false });
}

/** `new Date(ms)` and `Date.UTC` are arithmetic; the rest reads the clock or the zone. */
function replaceDate(realm: Record<string, unknown>): void {
  const Original = Date;
  const now = refusing("The current time", "Use barTime(): the end of the bar.");
  const zone = refusing("A local time", "Use the getUTC… methods.");
  const Replacement = function Date(this: unknown, ...parts: readonly unknown[]): Date {
    if (new.target === undefined || parts.length === 0) return now();
    if (parts.length > 1) return zone();
    const [value] = parts;
    if (typeof value !== "number" && !(value instanceof Original)) return zone();
    return new Original(value as number);
  };
  define(Replacement, "UTC", Original.UTC);
  define(Replacement, "now", now);
  define(Replacement, "parse", zone);
  define(Replacement, "prototype", Original.prototype);
  define(Original.prototype, "constructor", Replacement);
  for (const key of Object.getOwnPropertyNames(Original.prototype))
    if (/^(get|set)(?!UTC|Time$)|^to(?!ISOString|JSON)|^getTimezoneOffset$/.test(key)) define(Original.prototype, key, zone);
  define(realm, "Date", Replacement);
}

/** The engine captured `Function` when it was loaded; authors get none. */
function refuseCodeGeneration(realm: Record<string, unknown>): void {
  const refuse = refusing("Code from text", "Write the code in the module.");
  const kinds = [function () {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = Object.getPrototypeOf(kind) as object;
    define(prototype, "constructor", refuse);
  }
  const Blocked = function Function(): never {
    return refuse();
  };
  define(Blocked, "prototype", Object.getPrototypeOf(() => {}));
  define(realm, "Function", Blocked);
  define(realm, "eval", refuse);
}

/** Source text is no part of identity, so nothing may observe it. */
function hideSource(): void {
  const prototype = Object.getPrototypeOf(() => {}) as object;
  define(prototype, "toString", function toString(this: unknown) {
    return typeof this === "function" ? "function () { [code] }" : "function";
  });
}

/**
 * Freezes everything that is reachable from the globals. A frozen data property on a prototype would make an ordinary assignment on
 * an instance throw, so those become accessors that define an own property where they are assigned.
 */
function freezeIntrinsics(realm: Record<string, unknown>): void {
  const seen = new Set<object>();
  const queue: object[] = [];
  const add = (value: unknown): void => {
    if ((typeof value === "object" && value !== null) || typeof value === "function")
      if (!seen.has(value as object)) {
        seen.add(value as object);
        queue.push(value as object);
      }
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) if (name !== "globalThis") add(realm[name]);
  for (const hidden of [
    Object.getPrototypeOf(Int8Array),
    Object.getPrototypeOf([][Symbol.iterator]()),
    Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
    Object.getPrototypeOf(""[Symbol.iterator]()),
    Object.getPrototypeOf(new Map()[Symbol.iterator]()),
    Object.getPrototypeOf(new Set()[Symbol.iterator]()),
    Object.getPrototypeOf("".matchAll(/x/g)),
    Object.getPrototypeOf(async () => {}),
    Object.getPrototypeOf(function* () {}),
    Object.getPrototypeOf(async function* () {}),
  ])
    add(hidden);
  for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
    add(Object.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      if (property === undefined) continue;
      if ("value" in property) add(property.value);
      add(property.get);
      add(property.set);
    }
  }
  for (const object of seen) {
    if (OVERRIDABLE.some((name) => (realm[name] as { prototype?: object } | undefined)?.prototype === object)) allowOverride(object);
    Object.freeze(object);
  }
}

const OVERRIDABLE = [
  "Object", "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "Promise", "Array", "Function",
];

function allowOverride(prototype: object): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const property = Object.getOwnPropertyDescriptor(prototype, key);
    if (property === undefined || !("value" in property) || !property.configurable || key === "prototype") continue;
    const { value, enumerable } = property as { value: unknown; enumerable: boolean };
    Object.defineProperty(prototype, key, {
      get: () => value,
      set(this: object, next: unknown) {
        if (this === prototype) throw new TypeError(`Cannot assign to the frozen ${String(key)}`);
        Object.defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
      },
      enumerable: enumerable === true,
      configurable: false,
    });
  }
}
