import { formatTick } from "../browser/format.ts";
import type { ChartData, ChartLine, Payload } from "../browser/payload.ts";
import { numberTicks, timeTicks } from "../browser/ticks.ts";
import { type Html, html } from "../page/html.ts";
import { thin } from "./thin.ts";

/** Columns that a static chart tells apart: the extremes of each are drawn. */
export const STATIC_COLUMNS = 700;
/** Trades that a static chart marks; the table has them all. */
const MARKED_TRADES = 400;
const WIDTH = 1000;

type Axes = Pick<Payload, "time" | "x">;

/**
 * A chart as inline SVG that is as wide as its place: lines stretch with it, labels and dots keep their size. It needs no script, and what
 * it looks like is the style sheet's affair.
 *
 * @param label what it shows, for those who don't see it
 */
export function staticChart(data: ChartData, axes: Axes, label: string): Html {
  const y = verticalScale(data);
  const x = horizontalScale(axes);
  const { height } = data;
  const ticks = numberTicks(y.low, y.high, height / 44);
  const format = data.lines[0]?.format ?? "ratio";
  const across = (value: number): string => fixed(x.place(value));
  const down = (value: number): string => fixed(y.place(value));
  return html`<div class="static">
<svg class="axis-y" width="56" height="${height}" aria-hidden="true">${ticks.map(
    (value) =>
      html`<text x="48" y="${fixed(Math.min(height - 3, Math.max(9, y.place(value) + 4)))}" text-anchor="end">${formatTick(value, format)}</text>`,
  )}</svg>
<svg class="plot" height="${height}" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">
${data.trades
  .slice(0, MARKED_TRADES)
  .map(
    ({ from, to, side }) =>
      html`<path class="held ${side}" d="M${across(from)} 0H${across(to)}V${height}H${across(from)}Z"/>`,
  )}
<path class="grid" d="${ticks.map((value) => `M0 ${down(value)}H${WIDTH}`).join("")}${x.ticks.map(({ value }) => `M${across(value)} 0V${height}`).join("")}"/>
${data.zero ? html`<path class="zero" d="M0 ${down(0)}H${WIDTH}"/>` : undefined}
${data.lines.map((line) => linePaths(line, axes.x, across, down))}
${data.trades
  .slice(0, MARKED_TRADES)
  .map(
    ({ from, to, entry, exit, open }) =>
      html`<path class="entry" d="M${across(from)} ${down(entry)}h0"/>${open ? undefined : html`<path class="exit" d="M${across(to)} ${down(exit)}h0"/>`}`,
  )}
</svg>
<svg class="axis-x" width="100%" height="20" aria-hidden="true">${x.ticks
    .filter(({ value }) => x.place(value) > 0.02 * WIDTH && x.place(value) < 0.995 * WIDTH)
    .map(
      ({ value, label: text }) =>
        html`<text x="${fixed((x.place(value) / WIDTH) * 100)}%" y="14" text-anchor="middle">${text}</text>`,
    )}</svg>
</div>`;
}

function linePaths(
  { values, color, area, dashed }: ChartLine,
  xs: readonly number[],
  across: (value: number) => string,
  down: (value: number) => string,
): Html {
  let path = "";
  let fill = "";
  let since: string | undefined;
  let at = "";
  const close = (): void => {
    if (since !== undefined) fill += `L${at} ${down(0)}L${since} ${down(0)}Z`;
    since = undefined;
  };
  for (const i of thin(xs, [values], STATIC_COLUMNS)) {
    const value = values[i] ?? null;
    if (value === null) {
      close();
      continue;
    }
    at = across(xs[i] as number);
    const step = `${since === undefined ? "M" : "L"}${at} ${down(value)}`;
    since ??= at;
    path += step;
    if (area) fill += step;
  }
  close();
  return html`${area ? html`<path class="area ${color}" d="${fill}"/>` : undefined}<path class="line ${color}${dashed === true ? " dashed" : ""}" d="${path}"/>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  /** In SVG units. */
  readonly place: (value: number) => number;
}

/** Over all values and trades, with some air. */
function verticalScale({ lines, trades, zero, height }: ChartData): Scale {
  let [low, high] = zero ? [0, 0] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const reach = (value: number | null): void => {
    if (value === null) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { values } of lines) for (const value of values) reach(value);
  for (const { entry, exit } of trades) {
    reach(entry);
    reach(exit);
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 10, high + Math.abs(high) / 10];
  const air = (high - low) * 0.05;
  // A line that 0 bounds on one side stands on it.
  const [bottom, top] = [zero && low === 0 ? 0 : low - air, zero && high === 0 ? 0 : high + air];
  return { low: bottom, high: top, place: (value) => ((top - value) / (top - bottom)) * height };
}

function horizontalScale({ time, x }: Axes): Pick<Scale, "place"> & {
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
} {
  const [low, high] = [x[0] ?? 0, x.at(-1) ?? 1];
  const span = high > low ? high - low : 1;
  return {
    ticks: time
      ? timeTicks(low, high, 12)
      : numberTicks(low, high, 10).map((value) => ({ value, label: String(value) })),
    place: (value) => ((value - low) / span) * WIDTH,
  };
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
