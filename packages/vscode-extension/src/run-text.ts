import type { RunRow } from "@qmtl/cli";
import { agoText, formatRatio } from "./lens-title.ts";

/** `Sharpe 0.61 · drawdown 12.3 % · 2 min ago`. */
export function runText({ sharpe, maxDrawdown, at }: RunRow, now: number): string {
  return [
    sharpe === null ? "Sharpe undefined" : `Sharpe ${formatRatio(sharpe)}`,
    maxDrawdown === null ? undefined : `drawdown ${(maxDrawdown * 100).toFixed(1)} %`,
    agoText(now - Date.parse(at)),
  ]
    .filter((text) => text !== undefined)
    .join(" · ");
}
