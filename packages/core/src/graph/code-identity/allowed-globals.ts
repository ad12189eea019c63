const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Globals whose behaviour the language fixes, provided that nobody patched them. */
export const allowedGlobals = names(
  "undefined NaN Infinity Math Number String Boolean BigInt Array Object JSON Map Set Symbol isNaN isFinite " +
    "parseFloat parseInt Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array " +
    "Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer DataView Error TypeError RangeError RegExp",
);

/** Globals that make code out of text or load it. */
export const codeGlobals = names("eval Function require");

/** Globals that tell the time. */
export const clockGlobals = names("Date performance");

/**
 * Globals with members that are not fixed. They may be called, constructed or stand right of `instanceof`; of their
 * members, only those that pass may be read.
 */
export const guardedGlobals: ReadonlyMap<string, (member: string) => boolean> = new Map([
  ["Math", (member: string) => member !== "random"],
  ["Symbol", (member: string) => member !== "for" && member !== "keyFor"],
  // RegExp.$1 and the like tell of the last match anywhere.
  ["RegExp", () => false],
  ["Error", () => false],
]);

/** Guarded globals that a class may extend: what it inherits of them and is not fixed is among {@link observingMembers}. */
export const extensibleGlobals = names("Error");

/** Methods whose answer depends on the locale or time zone of the machine. */
export const localeMembers = names(
  "toLocaleString toLocaleDateString toLocaleTimeString toLocaleLowerCase toLocaleUpperCase localeCompare",
);

/** Members through which code sees source text or call stacks, or reaches the `Function` constructor. */
export const observingMembers = names(
  "stack captureStackTrace stackTraceLimit prepareStackTrace constructor caller callee",
);

/** Array methods that change their receiver. */
export const mutatingMethods = names("push pop shift unshift splice sort reverse fill copyWithin");
