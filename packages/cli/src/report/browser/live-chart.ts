import uPlot from "uplot";
import { formatTick, formatValue, formatX } from "./format.ts";
import { faint, type Palette } from "./palette.ts";
import type { ChartData, ChartLine, Payload } from "./payload.ts";
import { numberTicks, type Tick, timeTicks } from "./ticks.ts";
import { drawHeld, drawMarks, tradesWithin } from "./trade-marks.ts";

export interface LiveChartOptions {
  readonly data: ChartData;
  readonly axes: Pick<Payload, "time" | "x">;
  readonly place: HTMLElement;
  readonly readout: HTMLElement;
  readonly palette: () => Palette;
  readonly logarithmic: boolean;
  /** The reader has chosen another range. */
  readonly zoomed: (from: number, to: number) => void;
}

/** Charts under this key share one cursor. */
const CURSOR = "run";
/** Room beside the plot, in CSS pixels; the static chart has the same. */
const LEFT = 56;
const RIGHT = 20;

/** One interactive chart in a place that has a width. */
export function createLiveChart(options: LiveChartOptions): uPlot {
  const { data, axes, place, readout, palette, logarithmic, zoomed } = options;
  const { time, x } = axes;
  const format = data.lines[0]?.format ?? "ratio";
  const text = (): string => palette().text;
  const grid = { stroke: () => palette().grid, width: 1 };
  const axis = { stroke: text, font: "12px system-ui, sans-serif", grid, ticks: { show: false } };
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: data.height + 26,
      ms: 1,
      tzDate: (stamp) => uPlot.tzDate(new Date(stamp), "Etc/UTC"),
      padding: [6, RIGHT, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: true, dist: 6 },
        // Ranges are passed on by the page, so that buttons and keys do the same as a drag.
        sync: { key: CURSOR, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        points: { size: 7, width: 2, fill: () => palette().text },
      },
      scales: {
        x: { time },
        y: logarithmic ? { distr: 3 } : { range: (_, low, high) => reach(low, high, data.zero) },
      },
      axes: [
        {
          ...axis,
          size: 26,
          splits: (u) => ticksOf(u, time).map(({ value }) => value),
          values: (u) => ticksOf(u, time).map((tick) => tick.label),
        },
        { ...axis, size: LEFT, space: 40, values: (_, splits) => splits.map((value) => label(value, format)) },
      ],
      series: [{}, ...data.lines.map((line) => series(line, palette))],
      hooks: {
        drawAxes: [(u) => drawHeld(u, data.trades, palette()), (u) => zeroLine(u, data.zero, palette())],
        draw: [(u) => drawMarks(u, data.trades, palette())],
        setCursor: [(u) => tell(u.cursor.idx ?? undefined)],
        setScale: [
          (u, key) => {
            const { min, max } = u.scales[key] ?? {};
            if (key === "x" && min !== undefined && max !== undefined) zoomed(min, max);
          },
        ],
      },
    },
    [x as number[], ...data.lines.map(({ values }) => values as (number | null)[])],
    place,
  );
  return chart;

  function tell(at: number | undefined): void {
    const i = at ?? x.length - 1;
    const values = data.lines.map(({ label: name, values: all, format: how }) => {
      const value = all[i] ?? null;
      return `${name} ${value === null ? "none" : formatValue(value, how)}`;
    });
    const trades = at === undefined ? [] : tradesWithin(data.trades, x[i - 1] ?? Number.NEGATIVE_INFINITY, x[i] ?? 0);
    readout.textContent = [formatX(x[i] ?? 0, time), ...values, ...trades].join(" · ");
  }
}

function series({ values, color, area, dashed, label: name }: ChartLine, palette: () => Palette): uPlot.Series {
  // A few points alone would be an invisible line.
  const few = values.filter((value) => value !== null).length < 3;
  return {
    label: name,
    stroke: () => palette()[color],
    width: 1.5,
    points: { show: few },
    ...(dashed === true && { dash: [7, 4] }),
    ...(area && { fill: () => faint(palette()[color]), fillTo: 0 }),
  };
}

/** What the static chart would name of the range in view, as many as there is room for. */
function ticksOf(u: uPlot, time: boolean): readonly Tick[] {
  const { min = 0, max = 0 } = u.scales["x"] ?? {};
  const most = Math.max(2, Math.floor((u.width - LEFT - RIGHT) / 56));
  if (time) return timeTicks(min, max, most);
  return numberTicks(min, max, most).map((value) => ({ value, label: String(value) }));
}

function label(value: number | null, format: ChartLine["format"]): string {
  return value === null ? "" : formatTick(value, format);
}

function reach(low: number | null, high: number | null, zero: boolean): [number, number] {
  let [bottom, top] = [low ?? 0, high ?? 1];
  if (zero) [bottom, top] = [Math.min(0, bottom), Math.max(0, top)];
  if (bottom === 0 && top === 0) return [0, 1];
  const air = (top - bottom || Math.abs(top) || 1) * 0.05;
  return [zero && bottom === 0 ? 0 : bottom - air, zero && top === 0 ? 0 : top + air];
}

function zeroLine(u: uPlot, zero: boolean, palette: Palette): void {
  if (!zero) return;
  const { ctx, bbox } = u;
  const y = Math.round(u.valToPos(0, "y", true));
  ctx.save();
  ctx.strokeStyle = palette.zero;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
