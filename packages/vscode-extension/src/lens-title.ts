import type { PreviewResult } from "@qmtl/core";
import type { LastRun } from "./results.ts";

/** What the one line above a strategy says: where a click submits it, and what came of it last. */
export function lensTitle(of: {
  readonly world: string | undefined;
  readonly last: LastRun | undefined;
  readonly preview: PreviewResult | undefined;
  /** Ms UTC. */
  readonly now: number;
}): string {
  const { world, last, preview, now } = of;
  const parts = [`Submit to ${world ?? "a world"}`];
  if (preview !== undefined) parts.push(previewText(preview));
  else if (last !== undefined) {
    const figure = last.sharpe === null ? "" : `, Sharpe ${formatRatio(last.sharpe)}`;
    parts.push(`last: ${last.status}${figure}, ${agoText(now - last.at)}`);
  }
  return parts.join(" · ");
}

function previewText({ metrics, variants }: PreviewResult): string {
  const figure = (name: string): string => {
    const value = metrics[name];
    return typeof value === "number" ? formatRatio(value) : "undefined";
  };
  return `preview: Sharpe ${figure("sharpe")} · ${variantsText(variants)} · deflated Sharpe ${figure("deflated_sharpe")}`;
}

/** Looking costs: what was tried deflates what was found. */
export function variantsText(variants: number): string {
  return `${variants} ${variants === 1 ? "variant" : "variants"} tried`;
}

export function formatRatio(value: number): string {
  return value.toFixed(2);
}

/** `just now`, `2 min ago`, `3 h ago`, `5 d ago`. */
export function agoText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
