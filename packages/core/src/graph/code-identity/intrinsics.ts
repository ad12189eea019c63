import { guardedGlobals } from "./allowed-globals.ts";

/** The built-in objects of one realm, each under the first path by which it is reached, such as `Array.prototype.map`. */
export interface Intrinsics {
  readonly names: ReadonlyMap<object, string>;
  /** Whether a captured reference to it means the same everywhere. */
  isFixed(value: object): boolean;
  /** The path of the first built-in that has changed since; `undefined` when none has. */
  findPatched(): string | undefined;
}

type Realm = typeof globalThis;

/** The globals of ECMAScript 2022; hosts add others, which no identity covers. */
const globalNames = (
  "Object Function Array Number String Boolean BigInt Symbol Math JSON Reflect Map Set WeakMap WeakSet WeakRef Promise " +
  "Proxy RegExp Date Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer " +
  "SharedArrayBuffer Atomics DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array " +
  "Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array FinalizationRegistry isNaN isFinite parseFloat " +
  "parseInt eval decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Intl"
).split(" ");

/** Settings of the host rather than behaviour. */
const settings = new Set(["stackTraceLimit", "prepareStackTrace"]);

const unfixedRoots = new Set(
  "Function Reflect WeakMap WeakSet WeakRef Promise Proxy Date SharedArrayBuffer Atomics FinalizationRegistry eval Intl".split(
    " ",
  ),
);

/** Lists the intrinsics of a realm and remembers what they are now. */
export function readIntrinsics(realm: Realm = globalThis): Intrinsics {
  const names = reach(realm);
  const before = [...names.keys()].map((object) => ({ object, state: stateOf(object) }));
  const globals = globalNames.map((name) => ({ name, value: globalValue(realm, name) }));
  return {
    names,
    isFixed: (value) => isFixedPath(names.get(value)),
    findPatched() {
      for (const { name, value } of globals) if (globalValue(realm, name) !== value) return name;
      for (const { object, state } of before) {
        const key = firstDifference(state, stateOf(object));
        if (key !== undefined) return `${names.get(object)}.${key}`;
      }
      return undefined;
    },
  };
}

/**
 * Freezes every intrinsic of a realm, and hides source text from `toString`. For the isolated process that runs strategies, before
 * any of their modules is loaded: afterwards no code can change what another code relies on.
 */
export function hardenIntrinsics(realm: Realm = globalThis): void {
  const shown = (value: unknown): string => `function ${(value as { name?: string }).name ?? ""}() { [native code] }`;
  const methods = {
    toString(this: unknown): string {
      if (typeof this !== "function") throw new TypeError("Function.prototype.toString requires a function.");
      return shown(this);
    },
  };
  realm.Object.defineProperty(realm.Function.prototype, "toString", { value: methods.toString });
  for (const object of reach(realm).keys()) Object.freeze(object);
}

function globalValue(realm: Realm, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(realm, name);
  return descriptor !== undefined && "value" in descriptor ? descriptor.value : undefined;
}

/** Everything that the globals lead to, and the prototypes that only syntax leads to. */
function reach(realm: Realm): Map<object, string> {
  const names = new Map<object, string>();
  const queue: object[] = [];
  const add = (value: unknown, name: string): void => {
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    if (!isObject || value === realm || names.has(value)) return;
    names.set(value, name);
    queue.push(value);
  };
  for (const name of globalNames) add(globalValue(realm, name), name);
  for (const [name, prototype] of hiddenPrototypes(realm)) add(prototype, name);
  for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
    const path = names.get(object)!;
    for (const key of Reflect.ownKeys(object)) {
      const name = `${path}.${String(key)}`;
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || settings.has(String(key))) continue;
      add(descriptor.value, name);
      add(descriptor.get, `get ${name}`);
      add(descriptor.set, `set ${name}`);
    }
    add(Object.getPrototypeOf(object), `prototype of ${path}`);
  }
  return names;
}

function hiddenPrototypes(realm: Realm): [string, object][] {
  const made = new realm.Map<string, object>([
    ["%ArrayIterator%", [][Symbol.iterator]()],
    ["%StringIterator%", ""[Symbol.iterator]()],
    ["%MapIterator%", new realm.Map().entries()],
    ["%SetIterator%", new realm.Set().entries()],
    ["%RegExpStringIterator%", "".matchAll(/(?:)/g)],
    ["%Generator%", (function* () {})()],
    ["%GeneratorFunction%", function* () {}],
    ["%AsyncFunction%", async () => {}],
    ["%AsyncGenerator%", (async function* () {})()],
    ["%AsyncGeneratorFunction%", async function* () {}],
  ]);
  return [...made].map(([name, value]) => [name, Object.getPrototypeOf(value) as object]);
}

/** Keys in order, each with what it holds; the prototype comes last, under an empty key. */
function stateOf(object: object): unknown[] {
  const state: unknown[] = [];
  for (const key of Reflect.ownKeys(object)) {
    if (settings.has(String(key))) continue;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    state.push(key, descriptor?.value, descriptor?.get, descriptor?.set);
  }
  state.push("", Object.getPrototypeOf(object), undefined, undefined);
  return state;
}

function firstDifference(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  for (let at = 0; at < Math.max(before.length, after.length); at += 4) {
    for (let i = at; i < at + 4; i++) {
      if (!Object.is(before[i], after[i])) return String(after[at] ?? before[at]);
    }
  }
  return undefined;
}

function isFixedPath(path: string | undefined): boolean {
  if (path === undefined || /^[gs]et |^prototype |^%/.test(path)) return false;
  const [root = "", member, ...rest] = path.split(".");
  if (unfixedRoots.has(root)) return false;
  if (/toLocale|localeCompare/.test(path)) return false;
  if (root === "Math" && member === undefined) return false;
  const allows = guardedGlobals.get(root);
  return member === undefined || member === "prototype" || rest.length > 0 || allows === undefined || allows(member);
}
