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

const sentences = {
  "reassigned-capture": (it: string) =>
    `The variable ${it} is assigned more than once, so its value depends on the moment it is read. Declare it const, pass it as an input, or keep it in the node's state.`,
  "capture-write": (it: string) =>
    `The code changes ${it}, which lives outside of it. Keep what changes in the node's state.`,
  "outer-this": (it: string) =>
    `${it} belongs to something outside of the function. Read what you need into a const, or make it an input.`,
  "unlisted-global": (it: string) =>
    `The global ${it} is not among those whose behaviour is fixed (Math, Number, Array, JSON and their like). Make what it gives an input.`,
  nondeterministic: (it: string) =>
    `${it} gives another answer from run to run or machine to machine. Use rng() for randomness, barTime() for time, and operations without a locale.`,
  "source-observer": (it: string) =>
    `${it} lets the code look at functions or call stacks, which identity does not cover. Remove it.`,
  "async-code": (it: string) =>
    `${it} is asynchronous; a node computes synchronously from its inputs. Load data through a stream or a JSON import.`,
  "generator-compute": (it: string) =>
    `The function ${it} is a generator, which returns an iterator instead of a result. Use a plain function, and call generators inside it.`,
  "dynamic-code": (it: string) =>
    `${it} runs code that cannot be seen beforehand. Import what you need at the top of the file.`,
  "unsupported-syntax": (it: string) => `The syntax ${it} has no identity. Write it in a simpler form.`,
  "untagged-function": (it: string) =>
    `The function ${it} was made by a call or by a package, so its code is not known here. Write it as a function of your own that calls it.`,
  "uninitialised-capture": (it: string) =>
    `A variable that ${it} uses had no value yet when the graph was complete. Move its declaration up.`,
  "capture-handle": (it: string) =>
    `${it} is a stream, column or node; a compute sees values, not columns. Make it an input.`,
  "capture-proxy": (it: string) => `${it} is a Proxy, whose answers cannot be known. Use a plain object.`,
  "capture-mutable": (it: string) =>
    `${it} can be changed after the graph is complete and cannot be frozen. Use a plain array or object.`,
  "capture-accessor": (it: string) => `${it} is a getter or setter. Replace it with its value.`,
  "capture-symbol": (it: string) => `${it} is a symbol, which is different in every run. Use a string.`,
  "capture-hidden": (it: string) => `${it} is a property that is hidden from enumeration. Make it an ordinary one.`,
  "capture-private": (it: string) =>
    `${it} keeps private or hidden state that cannot be read from outside. Use ordinary fields.`,
  "capture-unknown-class": (it: string) =>
    `${it} is not plain data nor an instance of a class of this workspace. Convert it to plain data.`,
  "capture-stateful-regexp": (it: string) =>
    `${it} is a regular expression that remembers its last match. Drop the flags g and y, or write it inside of the function.`,
  "capture-too-deep": (it: string) => `${it} nests too deeply. Flatten it.`,
  patched: (it: string) => `${it} was changed after its definition. Define it once, as it should be.`,
  "patched-intrinsic": (it: string) =>
    `The built-in ${it} was changed by the strategy or a package. Remove the patch; write a function instead.`,
  "function-name": (it: string) =>
    `${it} reads the name of a function, which bundling may change. Use a property of your own.`,
} satisfies Record<string, (it: string) => string>;

/** Causes that refuse the strategy; the others only keep its results from being shared. */
const rejecting: ReadonlySet<CauseCode> = new Set(["async-code", "generator-compute", "dynamic-code"]);

export const isRejecting = (code: CauseCode): boolean => rejecting.has(code);

export function explainCause(code: CauseCode, subject: string): string {
  const sentence = sentences[code](subject);
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
