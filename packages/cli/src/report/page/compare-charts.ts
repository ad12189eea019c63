import type { ChartData, ChartLine, Payload } from "../browser/payload.ts";
import { thin } from "../chart/thin.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { MOST_POINTS } from "./chart-payload.ts";

/** Two runs over one axis: what became of 1, and how far it was below its peak. */
export interface ComparedCharts {
  readonly payload: Payload;
  readonly growth: ChartData;
  readonly underwater: ChartData;
}

type Values = readonly (number | null)[];

/**
 * Where both know their times the axis has the times of both: between its own points a run keeps its last value, before and after them it
 * has none. Otherwise both are drawn by the number of the period.
 */
export function comparedCharts(a: Tearsheet, b: Tearsheet): ComparedCharts {
  const time = a.times !== undefined && b.times !== undefined;
  const [xa, xb] = [a, b].map((sheet) => (time ? (sheet.times ?? []) : sheet.view.run.equity.map((_, i) => i))) as [
    readonly number[],
    readonly number[],
  ];
  const all = [...new Set([...xa, ...xb])].sort((one, other) => one - other);
  const growth = [spread(all, xa, growthOf(a)), spread(all, xb, growthOf(b))] as const;
  const fall = [spread(all, xa, a.underwater), spread(all, xb, b.underwater)] as const;
  const places = all.length <= MOST_POINTS ? undefined : thin(all, [...growth, ...fall], Math.floor(MOST_POINTS / 10));
  const at = <T>(values: readonly T[]): readonly T[] => places?.map((place) => values[place] as T) ?? values;
  const chart = (id: string, height: number, [first, second]: readonly [Values, Values], how: Kind): ChartData => ({
    id,
    height,
    lines: [line("A", at(first), "accent", how), { ...line("B", at(second), "other", how), dashed: true }],
    zero: how === "percent",
    logarithmic: how === "ratio" && [...first, ...second].every((value) => value === null || value > 0),
    trades: [],
  });
  const charts = {
    growth: chart("growth", 300, growth, "ratio"),
    underwater: chart("underwater", 140, fall, "percent"),
  };
  return { ...charts, payload: { time, x: at(all), charts: [charts.growth, charts.underwater] } };
}

type Kind = "ratio" | "percent";

function line(label: string, values: Values, color: ChartLine["color"], format: Kind): ChartLine {
  const short = values.map((value) => (value === null ? null : Number(value.toPrecision(9))));
  return { label, values: short, format, color, area: false };
}

function growthOf({ view }: Tearsheet): readonly number[] {
  const { equity } = view.run;
  const start = equity[0] ?? 1;
  return equity.map((value) => value / start);
}

/** @param xs ascending, each of them in `all` */
function spread(all: readonly number[], xs: readonly number[], values: readonly number[]): Values {
  const last = xs.at(-1) ?? Number.NEGATIVE_INFINITY;
  let i = -1;
  return all.map((x) => {
    while (i + 1 < xs.length && (xs[i + 1] as number) <= x) i++;
    return i < 0 || x > last ? null : (values[i] ?? null);
  });
}
