import type { FillKind } from "./fill-log.ts";

/** Orders that wait for their symbol's next bar; at most one per symbol, a newer one replaces it. */
export interface Pending {
  count: number;
  readonly kind: (FillKind | undefined)[];
  /** The quantity to hold afterwards. */
  readonly to: Float64Array;
  /** Stamp at which it was decided. */
  readonly decided: Float64Array;
}

export function createPending(symbols: number): Pending {
  return {
    count: 0,
    kind: new Array<FillKind | undefined>(symbols).fill(undefined),
    to: new Float64Array(symbols),
    decided: new Float64Array(symbols),
  };
}

export function place(pending: Pending, s: number, kind: FillKind, to: number, decided: number): void {
  if (pending.kind[s] === undefined) pending.count++;
  pending.kind[s] = kind;
  pending.to[s] = to;
  pending.decided[s] = decided;
}

export function cancel(pending: Pending, s: number): void {
  if (pending.kind[s] === undefined) return;
  pending.kind[s] = undefined;
  pending.count--;
}
