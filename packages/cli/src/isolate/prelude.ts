/**
 * The determinism prelude: after it, nothing that user modules can reach tells the time, draws a random number, knows the machine
 * or generates code, and every intrinsic is frozen. Run it in a worker of its own, after our modules are loaded and before the
 * author's are.
 */
import { QmtlError } from "@qmtl/core/schema";
import { hardenIntrinsics } from "@qmtl/core/static";
import type { Room } from "./protocol.ts";

/** Globals that a strategy may see; every other one is removed. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  "globalThis",
  "undefined",
  "NaN",
  "Infinity",
  "Object",
  "Function",
  "Array",
  "Number",
  "String",
  "Boolean",
  "BigInt",
  "Symbol",
  "Math",
  "JSON",
  "Date",
  "RegExp",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "Promise",
  "Proxy",
  "Reflect",
  "Iterator",
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "ArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "isNaN",
  "isFinite",
  "parseFloat",
  "parseInt",
  "decodeURI",
  "decodeURIComponent",
  "encodeURI",
  "encodeURIComponent",
  "escape",
  "unescape",
  "eval",
]);

/** What answers differently on machines of another language. */
const LOCALE_METHODS: readonly (readonly [string, readonly string[]])[] = [
  ["Number", ["toLocaleString"]],
  ["BigInt", ["toLocaleString"]],
  ["String", ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]],
  ["Array", ["toLocaleString"]],
  ["Object", ["toLocaleString"]],
];

/** @returns the names of the globals that it removed */
export function applyPrelude(room: Room): ReadonlySet<string> {
  const refusing = refuser(room);
  const removed = new Set<string>();
  const realm = globalThis as unknown as Record<string, unknown>;
  replaceDate(realm, refusing);
  replace(Math, "random", refusing("Math.random()", "Use rng(): the same numbers in every replay."));
  for (const [name, methods] of LOCALE_METHODS)
    for (const method of methods)
      replace(
        (realm[name] as { prototype: object }).prototype,
        method,
        refusing(`${method}()`, "It depends on the machine's locale."),
      );
  refuseCodeGeneration(realm, refusing);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (ALLOWED_GLOBALS.has(name)) continue;
    removed.add(name);
    if (!Reflect.deleteProperty(globalThis, name)) define(globalThis, name, undefined);
  }
  allowOverrides(realm);
  hardenIntrinsics();
  // A global that can be set is state that no node declares.
  Object.freeze(globalThis);
  return removed;
}

type Refusing = (what: string, instead: string) => () => never;

function refuser(room: Room): Refusing {
  return (what, instead) =>
    function refused(): never {
      throw new QmtlError({
        code: "determinism.refused",
        ...(room === "strategy"
          ? { message: `${what} is not there for strategies`, next: instead, class: "rejected" }
          : {
              message: `${what} is not there for evaluators and allocators`,
              next: "They answer equal input alike: report it to the plugin's author.",
              class: "failed",
            }),
      });
    };
}

function define(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: false, enumerable: false, configurable: false });
}

/**
 * Until all is frozen. Set, not redefined: of what has a property redefined V8 makes a table, and then inlines no function of it any more; each
 * `Math.abs` of the engine would cost ten nanoseconds.
 */
function replace(target: object, key: PropertyKey, value: unknown): void {
  if (!Reflect.set(target, key, value)) throw new TypeError(`${String(key)} can't be replaced`);
}

/** `new Date(ms)` and `Date.UTC` are arithmetic; the rest reads the clock or the zone. */
function replaceDate(realm: Record<string, unknown>, refusing: Refusing): void {
  const Original = Date;
  const now = refusing("The current time", "Use barTime(): the end of the bar.");
  const zone = refusing("A local time", "Use the getUTC… methods.");
  const Replacement = function MaskedDate(this: unknown, ...parts: readonly unknown[]): Date {
    if (new.target === undefined || parts.length === 0) return now();
    if (parts.length > 1) return zone();
    const [value] = parts;
    if (typeof value !== "number" && !(value instanceof Original)) return zone();
    return new Original(value as number);
  };
  define(Replacement, "name", "Date");
  define(Replacement, "UTC", Original.UTC);
  define(Replacement, "now", now);
  define(Replacement, "parse", zone);
  define(Replacement, "prototype", Original.prototype);
  replace(Original.prototype, "constructor", Replacement);
  for (const key of Object.getOwnPropertyNames(Original.prototype))
    if (/^(get|set)(?!UTC|Time$)|^to(?!ISOString|JSON)|^getTimezoneOffset$/.test(key))
      replace(Original.prototype, key, zone);
  define(realm, "Date", Replacement);
}

/** The engine captured `Function` when it was loaded; authors get none. */
function refuseCodeGeneration(realm: Record<string, unknown>, refusing: Refusing): void {
  const refuse = refusing("Code from text", "Write the code in the module.");
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = Object.getPrototypeOf(kind) as object;
    define(prototype, "constructor", refuse);
  }
  const Blocked = function MaskedFunction(): never {
    return refuse();
  };
  define(Blocked, "name", "Function");
  define(
    Blocked,
    "prototype",
    Object.getPrototypeOf(() => {}),
  );
  define(realm, "Function", Blocked);
  define(realm, "eval", refuse);
}

const OVERRIDABLE = [
  "Object",
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "Promise",
  "Array",
];

/** While nobody redefines these of arrays, V8 maps, filters and spreads them at a thirtieth of the cost. */
const WATCHED: ReadonlySet<PropertyKey> = new Set(["constructor", Symbol.iterator]);

/**
 * A frozen data property on a prototype would make an ordinary assignment on an instance throw (`error.name = …`), so on the
 * prototypes that people override they become accessors, which define an own property where they are assigned.
 */
function allowOverrides(realm: Record<string, unknown>): void {
  for (const name of OVERRIDABLE) {
    const prototype = (realm[name] as { prototype: object }).prototype;
    for (const key of Reflect.ownKeys(prototype)) {
      if (name === "Array" && WATCHED.has(key)) continue;
      const property = Object.getOwnPropertyDescriptor(prototype, key);
      if (property === undefined || !("value" in property) || !property.configurable) continue;
      const { value } = property as { value: unknown };
      Object.defineProperty(prototype, key, {
        get: () => value,
        set(this: object, next: unknown) {
          if (this === prototype) throw new TypeError(`${name}.prototype.${String(key)} is frozen`);
          Object.defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
        },
        enumerable: property.enumerable === true,
        configurable: false,
      });
    }
  }
}
