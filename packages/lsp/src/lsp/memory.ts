import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

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
