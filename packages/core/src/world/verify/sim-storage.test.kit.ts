import type { StateStorage } from "../../plugin/contract/storage.ts";
import type { Kernel, SimProcess } from "./sim-kernel.test.kit.ts";

/** What becomes of one call: a plain one is done and answered. */
export type Fate =
  | "answered"
  /** It fails before anything was done. */
  | "cut-before"
  /** It is done, and the answer is lost. */
  | "cut-after"
  /** It is done twice; the answer is that of the second time. */
  | "repeated"
  /** It takes its time. */
  | "slow"
  /** The process dies before it is done, or after it was done and before the answer. */
  | "dies-before"
  | "dies-after";

export interface Call {
  readonly process: SimProcess;
  readonly kind: "append" | "read" | "head";
}

/** A storage as one process reaches it: over a way that takes time and may be cut at any point. */
export function simStorage(
  { later, clock }: Kernel,
  process: SimProcess,
  storage: StateStorage,
  of: {
    readonly fate: (call: Call) => Fate;
    readonly latency: () => number;
    readonly die: (process: SimProcess) => void;
  },
): StateStorage {
  const { fate: fateOf, latency, die } = of;
  const call = <T>(kind: Call["kind"], act: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      process.calls++;
      const fate = process.cutOffUntil > clock() ? "cut-before" : fateOf({ process, kind });
      const answer = (give: () => void): void => later(latency(), process, give);
      if (fate === "dies-before") return die(process);
      const slow = fate === "slow" ? 40 * latency() : 0;
      later(latency() + slow, undefined, () => {
        if (fate === "cut-before") return answer(() => reject(new Error("the storage could not be reached")));
        const acted = fate === "repeated" ? act().then(act) : act();
        acted.then(
          (result) => {
            if (fate === "dies-after") die(process);
            else if (fate === "cut-after") answer(() => reject(new Error("the answer of the storage was lost")));
            else answer(() => resolve(result));
          },
          (error: unknown) => answer(() => reject(error)),
        );
      });
    });
  return {
    append: (...given) => call("append", () => storage.append(...given)),
    read: (...given) => call("read", () => storage.read(...given)),
    head: (...given) => call("head", () => storage.head(...given)),
    forget: (...given) => call("append", () => storage.forget(...given)),
    worlds: (...given) => storage.worlds(...given),
  };
}
