import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { QmtlError } from "@qmtl/core/schema";
import { type Doing, isBusy, storageFailure } from "./failure.ts";

export interface Patience {
  readonly signal: AbortSignal;
  /** Most milliseconds in all. */
  readonly limit: number;
}

const GOLDEN = 0.618033988749895;

/**
 * Runs a synchronous piece of work, and again while another connection holds the lock. The pauses grow, and differ between
 * attempts and processes without chance, so that writers do not march in step.
 *
 * @throws `storage.busy` after the limit, `storage.cancelled`, or what the work failed with, coded
 */
export async function whenFree<T>(work: () => T, doing: Doing, { signal, limit }: Patience): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw cancelled(doing, signal);
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw storageFailure(error, doing);
      if (performance.now() - started >= limit) throw busy(doing, limit, error);
    }
    await sleep(pause(attempt), undefined, { signal }).catch(() => undefined);
  }
}

/** Milliseconds: 1 to 100. */
function pause(attempt: number): number {
  const spread = 0.5 + (((attempt + process.pid) * GOLDEN) % 1);
  return Math.max(1, Math.min(100, 2 * 1.5 ** Math.min(attempt, 12) * spread));
}

export function cancelled({ what, file }: Doing, signal: AbortSignal): QmtlError {
  return new QmtlError({
    code: "storage.cancelled",
    message: `Can't ${what}: it was cancelled`,
    place: { file },
    class: "failed",
    cause: signal.reason,
  });
}

function busy({ what, file }: Doing, limit: number, cause: unknown): QmtlError {
  return new QmtlError({
    code: "storage.busy",
    message: `Can't ${what}: others kept ${file} locked for ${limit} ms`,
    place: { file },
    next: "Nothing was written. End the process that holds the file, or try again when fewer write at once.",
    class: "failed",
    cause,
  });
}
