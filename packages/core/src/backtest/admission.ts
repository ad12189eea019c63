import type { Desk, RejectionReason } from "./decision-rule.ts";

/**
 * The quantity that an order may bring a symbol to: what it wants, or flat where a short is refused. Undefined when the order is refused as a
 * whole. Refusals are logged.
 */
export function admit(desk: Desk, s: number, to: number): number | undefined {
  const { instruments, called } = desk;
  if (called[s] === 1) {
    reject(desk, s, to, "margin-call");
    return undefined;
  }
  if (to >= 0 || instruments[s]!.shortable !== false) return to;
  reject(desk, s, to, "not-shortable");
  return 0;
}

function reject({ instruments, log, now }: Desk, s: number, quantity: number, reason: RejectionReason): void {
  log.rejected.push({ symbol: instruments[s]!.symbol, time: now.stamp, reason, quantity });
}
