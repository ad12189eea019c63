import type uPlot from "uplot";
import { formatValue } from "./format.ts";
import type { Palette } from "./palette.ts";
import type { TradeMark } from "./payload.ts";

/** Shades the time that each trade was held, under the lines. */
export function drawHeld(u: uPlot, trades: readonly TradeMark[], palette: Palette): void {
  const { ctx, bbox } = u;
  clipped(u, () => {
    for (const { from, to, side } of trades) {
      if (!visible(u, from, to)) continue;
      const left = u.valToPos(from, "x", true);
      ctx.fillStyle = side === "long" ? palette.long : palette.short;
      ctx.fillRect(left, bbox.top, Math.max(1, u.valToPos(to, "x", true) - left), bbox.height);
    }
  });
}

/** An upward triangle where a trade was entered, a downward one where it was left. */
export function drawMarks(u: uPlot, trades: readonly TradeMark[], palette: Palette): void {
  const shown = trades.filter(({ from, to }) => visible(u, from, to));
  // Many marks must not cover the price.
  const size = (shown.length > 60 ? 3 : 5) * devicePixelRatio;
  clipped(u, () => {
    for (const { from, to, entry, exit, open } of shown) {
      triangle(u, from, entry, size, palette.entry);
      if (!open) triangle(u, to, exit, -size, palette.exit);
    }
  });
}

/** What was traded after one instant up to another. */
export function tradesWithin(trades: readonly TradeMark[], after: number, until: number): readonly string[] {
  const within = (time: number): boolean => time > after && time <= until;
  return trades.flatMap(({ from, to, entry, exit, side, quantity, profit, open }) => [
    ...(within(from) ? [`entered ${side} ${quantity} at ${formatValue(entry, "price")}`] : []),
    ...(within(to) && !open
      ? [`left ${side} at ${formatValue(exit, "price")}, profit ${formatValue(profit, "money")}`]
      : []),
  ]);
}

function visible(u: uPlot, from: number, to: number): boolean {
  const { min = 0, max = 0 } = u.scales["x"] ?? {};
  return to >= min && from <= max;
}

function clipped(u: uPlot, draw: () => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

/** @param size of its half side; negative points down, below the price it stands above */
function triangle(u: uPlot, x: number, y: number, size: number, color: string): void {
  const { ctx } = u;
  const [left, top] = [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
  ctx.beginPath();
  ctx.moveTo(left, top);
  ctx.lineTo(left - Math.abs(size), top + 1.8 * size);
  ctx.lineTo(left + Math.abs(size), top + 1.8 * size);
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
}
