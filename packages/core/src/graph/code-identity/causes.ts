/** Why a piece of code or a value has no identity that can be shared. The codes are stable. */
export type CauseCode = keyof typeof sentences;

export interface Cause {
  readonly code: CauseCode;
  /** What is wrong and what to do, for people. */
  readonly message: string;
  /** How the value is reached from the one that was asked about, for example `helper > config.limit`; empty for itself. */
  readonly path: string;
  /** Where in the source, when known. */
  readonly location?: CodeLocation;
}

export interface CodeLocation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** A name from the source; empty for the value itself. */
const quote = (it: string): string => (it === "" ? "This value" : `\`${it}\``);

const sentences = {
  "reassigned-capture": (it: string) =>
    `${quote(it)} is assigned more than once, so its value depends on the moment it is read. Declare it const, pass it as an input, or keep it in the node's state.`,
  "capture-write": (it: string) =>
    `${quote(it)} lives outside of the function that changes it. Keep what changes in the node's state.`,
  "outer-this": (it: string) =>
    `${quote(it)} depends on how the function is called or where it was written. Read what you need into a const, or make it an input.`,
  "unlisted-global": (it: string) =>
    `${quote(it)} is not among the globals whose behaviour is fixed (Math, Number, Array, JSON and their like). Make what it gives an input.`,
  nondeterministic: (it: string) =>
    `${quote(it)} gives another answer from run to run or machine to machine. Use rng() for randomness, barTime() for time, and operations without a locale.`,
  "source-observer": (it: string) =>
    `${quote(it)} lets the code look at functions or call stacks, which identity does not cover. Remove it.`,
  "async-code": (it: string) =>
    `${quote(it)} makes the code asynchronous, but a node computes at once from its inputs. Load data through a stream or a JSON import.`,
  "generator-compute": (it: string) =>
    `${quote(it)} is a generator, which returns an iterator instead of a result. Use a plain function, and call generators inside it.`,
  "dynamic-code": (it: string) =>
    `${quote(it)} runs code that cannot be seen beforehand. Import what you need at the top of the file.`,
  "unsupported-syntax": (it: string) => `The syntax of ${it} has no identity. Write it in a simpler form.`,
  "untagged-function": (it: string) =>
    `${quote(it)} is a function made by a call or by a package, so its code is not known here. Wrap it in a function of your own.`,
  "uninitialised-capture": (it: string) =>
    `${quote(it)} uses a variable that had no value yet when the graph was complete. Move the declaration up.`,
  "capture-handle": (it: string) =>
    `${quote(it)} is a stream, column or node, but code sees values only. Make it an input.`,
  "capture-proxy": (it: string) => `${quote(it)} is a Proxy, whose answers cannot be known. Use a plain object.`,
  "capture-mutable": (it: string) =>
    `${quote(it)} can be changed after the graph is complete and cannot be frozen. Use a plain array or object.`,
  "capture-accessor": (it: string) => `${quote(it)} is a getter or setter. Replace it with its value.`,
  "capture-symbol": (it: string) => `${quote(it)} is or has a symbol, which is new in every run. Use a string.`,
  "capture-hidden": (it: string) => `${quote(it)} is hidden from enumeration. Make it an ordinary property.`,
  "capture-private": (it: string) => `${quote(it)} keeps state that cannot be read from outside. Use ordinary fields.`,
  "capture-unknown-class": (it: string) =>
    `${quote(it)} is not plain data nor an instance of a class of this workspace. Convert it to plain data.`,
  "capture-stateful-regexp": (it: string) =>
    `${quote(it)} is a regular expression that remembers its last match. Drop the flags g and y, or write it inside of the function.`,
  "capture-too-deep": (it: string) => `${quote(it)} nests too deeply. Flatten the data.`,
  patched: (it: string) => `${quote(it)} was changed after its definition. Define it once, as it should be.`,
  "patched-intrinsic": (it: string) =>
    `${quote(it)} is built in and was changed by the strategy or a package. Remove the patch; write a function instead.`,
  "function-name": (it: string) =>
    `${quote(it)} reads the name of a function, which bundling may change. Use a property of your own.`,
} satisfies Record<string, (it: string) => string>;

/** Causes that refuse the strategy; the others only keep its results from being shared. */
const rejecting: ReadonlySet<CauseCode> = new Set(["async-code", "generator-compute", "dynamic-code"]);

export const isRejecting = (code: CauseCode): boolean => rejecting.has(code);

export function explainCause(code: CauseCode, subject: string): string {
  return sentences[code](subject);
}
