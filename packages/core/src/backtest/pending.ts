import type { KindNumber } from "./fill-log.ts";

/** Orders that wait for their symbol's next bar; at most one per symbol, a newer one replaces it. */
export interface Pending {
  count: number;
  /** A `KIND`, or {@link NOTHING}. */
  readonly kind: Int8Array;
  /** The quantity to hold afterwards. */
  readonly to: Float64Array;
  /** Stamp at which it was decided. */
  readonly decided: Float64Array;
}

/** No order waits. */
export const NOTHING = -1;

export function createPending(symbols: number): Pending {
  return {
    count: 0,
    kind: new Int8Array(symbols).fill(NOTHING),
    to: new Float64Array(symbols),
    decided: new Float64Array(symbols),
  };
}

/** Counts what the caller wrote to `to` and `decided`. */
export function place(pending: Pending, s: number, kind: KindNumber): void {
  if (pending.kind[s] === NOTHING) pending.count++;
  pending.kind[s] = kind;
}

export function cancel(pending: Pending, s: number): void {
  if (pending.kind[s] === NOTHING) return;
  pending.kind[s] = NOTHING;
  pending.count--;
}
