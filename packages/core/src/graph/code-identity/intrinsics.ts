import { guardedGlobals } from "./allowed-globals.ts";

/** The built-in objects, each under the first path by which it is reached, such as `Array.prototype.map`. */
export interface Intrinsics {
  readonly names: ReadonlyMap<object, string>;
  /** Whether a captured reference to it means the same everywhere. */
  isFixed(value: object): boolean;
  /** The path of the first built-in that has changed since; `undefined` when none has. */
  findPatched(): string | undefined;
}

/** The globals of ECMAScript 2022; hosts add others, which no identity covers. */
const globalNames = (
  "Object Function Array Number String Boolean BigInt Symbol Math JSON Reflect Map Set WeakMap WeakSet WeakRef Promise " +
  "Proxy RegExp Date Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer " +
  "SharedArrayBuffer Atomics DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array " +
  "Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array FinalizationRegistry isNaN isFinite parseFloat " +
  "parseInt eval decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Intl"
).split(" ");

const unfixedRoots = new Set(
  "Function Reflect WeakMap WeakSet WeakRef Promise Proxy Date SharedArrayBuffer Atomics FinalizationRegistry eval Intl".split(
    " ",
  ),
);

// What looks for patches must not run through them.
const { ownKeys } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;

/** What {@link hardenIntrinsics} found and froze: nothing leads to anything else any more. */
let hardened: ReadonlyMap<object, string> | undefined;

/** Lists the intrinsics of this realm and remembers what they are now. */
export function readIntrinsics(): Intrinsics {
  const names = hardened ?? reach();
  const objects: { readonly object: object; readonly path: string; readonly state: readonly unknown[] }[] = [];
  // What is frozen stays as it is.
  for (const [object, path] of names)
    if (!Object.isFrozen(object)) objects.push({ object, path, state: stateOf(object) });
  const globals = globalNames.map((name) => ({ name, value: globalValue(name) }));
  return {
    names,
    isFixed: (value) => isFixedPath(names.get(value)),
    findPatched() {
      for (let i = 0; i < globals.length; i++) {
        const { name, value } = globals[i]!;
        if (globalValue(name) !== value) return name;
      }
      for (let i = 0; i < objects.length; i++) {
        const { object, path, state } = objects[i]!;
        const key = firstDifference(state, stateOf(object));
        if (key !== undefined) return `${path}.${key}`;
      }
      return undefined;
    },
  };
}

/**
 * Freezes every intrinsic of this realm, and hides source text from `toString`. For the isolated process that runs strategies, before
 * any of their modules is loaded: afterwards no code can change what another code relies on.
 */
export function hardenIntrinsics(): void {
  const shown = (value: unknown): string => `function ${(value as { name?: string }).name ?? ""}() { [native code] }`;
  const methods = {
    toString(this: unknown): string {
      if (typeof this !== "function") throw new TypeError("Function.prototype.toString requires a function.");
      return shown(this);
    },
  };
  Object.defineProperty(Function.prototype, "toString", { value: methods.toString });
  const prototypes = typedArrayPrototypes();
  const names = reach();
  for (const object of names.keys())
    if (prototypes.has(object)) freezeProperties(object);
    else Object.freeze(object);
  hardened = names;
}

/** What typed arrays have in their prototype chains. */
function typedArrayPrototypes(): ReadonlySet<object> {
  const prototypes = new Set<object>();
  for (const name of globalNames.filter((global) => /.Array$/.test(global))) {
    let object = (globalValue(name) as { prototype: object | null }).prototype;
    for (; object !== null; object = Object.getPrototypeOf(object) as object | null) prototypes.add(object);
  }
  return prototypes;
}

/**
 * To the language the same as `Object.freeze`. But V8 takes a frozen prototype for one that may have elements which can't be written, and then writes
 * to every array below it by its slowest way, to a typed one at thirty times the cost; a sealed one whose properties can't be written it does not.
 * What other arrays have is frozen all the same: redefining their constructor would cost `map`, `filter` and spreads as much.
 */
function freezeProperties(object: object): void {
  for (const key of Reflect.ownKeys(object))
    if (Object.getOwnPropertyDescriptor(object, key)?.writable === true)
      Object.defineProperty(object, key, { writable: false });
  Object.seal(object);
  // Redefining its properties has made a table of it; what something inherits from is laid out as an object again.
  Object.create(object);
}

function globalValue(name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  return descriptor !== undefined && "value" in descriptor ? descriptor.value : undefined;
}

/** Everything that the globals lead to, and the prototypes that only syntax leads to. */
function reach(): Map<object, string> {
  const names = new Map<object, string>();
  const queue: object[] = [];
  const add = (value: unknown, name: string): void => {
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    if (!isObject || value === globalThis || names.has(value)) return;
    names.set(value, name);
    queue.push(value);
  };
  for (const name of globalNames) add(globalValue(name), name);
  for (const [name, prototype] of hiddenPrototypes()) add(prototype, name);
  for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
    const path = names.get(object)!;
    for (const key of Reflect.ownKeys(object)) {
      const name = `${path}.${String(key)}`;
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || key === "stackTraceLimit" || key === "prepareStackTrace") continue;
      add(descriptor.value, name);
      add(descriptor.get, `get ${name}`);
      add(descriptor.set, `set ${name}`);
    }
    add(Object.getPrototypeOf(object), `prototype of ${path}`);
  }
  return names;
}

function hiddenPrototypes(): [string, object][] {
  const made = new Map<string, object>([
    ["%ArrayIterator%", [][Symbol.iterator]()],
    ["%StringIterator%", ""[Symbol.iterator]()],
    ["%MapIterator%", new Map().entries()],
    ["%SetIterator%", new Set().entries()],
    ["%RegExpStringIterator%", "".matchAll(/(?:)/g)],
    ["%Generator%", (function* () {})()],
    ["%GeneratorFunction%", function* () {}],
    ["%AsyncFunction%", async () => {}],
    ["%AsyncGenerator%", (async function* () {})()],
    ["%AsyncGeneratorFunction%", async function* () {}],
  ]);
  return [...made].map(([name, value]) => [name, Object.getPrototypeOf(value) as object]);
}

/** Keys in order, each with what it holds; the prototype comes last, under the key `prototype of`. */
function stateOf(object: object): unknown[] {
  const state: unknown[] = [];
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key === "stackTraceLimit" || key === "prepareStackTrace") continue;
    const descriptor = getOwnPropertyDescriptor(object, key);
    state[state.length] = key;
    state[state.length] = descriptor?.value;
    state[state.length] = descriptor?.get;
    state[state.length] = descriptor?.set;
  }
  state[state.length] = "prototype of";
  state[state.length] = getPrototypeOf(object);
  return state;
}

function firstDifference(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  for (let i = 0; i < before.length || i < after.length; i++) {
    if (!is(before[i], after[i])) return String(after[i - (i % 4)] ?? before[i - (i % 4)]);
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
