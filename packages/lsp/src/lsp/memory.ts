import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Has the engine collect when the heap has grown by so much, instead of to several times what is needed: every key that is pressed
 * leaves the syntax of a file behind. More often costs time between keys, more rarely memory.
 */
export function growSlowly(): void {
  setFlagsFromString("--heap-growing-percent=80");
}

let collect: (() => void) | undefined;

/** Gives memory back that is no longer needed. It takes a tenth of a second, so it is for a moment in which nobody types. */
export function releaseMemory(): void {
  collect ??= collector();
  // Else pages that are nearly empty are kept.
  setFlagsFromString("--compact-on-every-full-gc");
  collect();
  setFlagsFromString("--no-compact-on-every-full-gc");
}

/** Left to itself, the engine waits for long before it does so. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
