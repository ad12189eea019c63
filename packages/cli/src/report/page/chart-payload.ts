import type { ChartData, ChartLine, Payload, TradeMark } from "../browser/payload.ts";
import { thin } from "../chart/thin.ts";
import type { Tearsheet } from "../tearsheet.ts";

/** More points than this are thinned before they go into the page. */
export const MOST_POINTS = 20_000;
/** More trades than this are not marked on a price. */
export const MOST_MARKS = 2_000;

export interface Charts {
  readonly payload: Payload;
  /** Points of the run; the payload may hold fewer. */
  readonly points: number;
  readonly equity: ChartData;
  /** Absent where there is nothing to draw: no drawdown, a run that is too short or does not vary, unknown exposure. */
  readonly underwater: ChartData | undefined;
  readonly sharpe: ChartData | undefined;
  readonly exposure: ChartData | undefined;
  /** One for each priced symbol. */
  readonly prices: readonly { readonly symbol: string; readonly chart: ChartData; readonly trades: number }[];
}

type Line = Omit<ChartLine, "values"> & { readonly values: readonly (number | null)[] };

/** The charts of a run over one axis: the first decision bar and the end of each period. */
export function chartsOf({ view, times, underwater, rollingSharpe }: Tearsheet): Charts {
  const { run } = view;
  const x = times ?? run.equity.map((_, i) => i);
  const later = (values: readonly (number | null)[]): readonly (number | null)[] => [null, ...values];
  const line = (label: string, values: Line["values"], format: Line["format"], color: Line["color"]): Line => ({
    label,
    values,
    format,
    color,
    area: color === "loss" || format === "percent",
  });
  const known = (values: readonly (number | null)[] | undefined): boolean =>
    values?.some((value) => value !== null) === true;
  const equity = line("equity", run.equity, run.evidence === "declared" ? "ratio" : "money", "accent");
  const fall = underwater.some((value) => value < 0) ? line("below peak", underwater, "percent", "loss") : undefined;
  const sharpe = known(rollingSharpe?.values)
    ? line("Sharpe", later(rollingSharpe?.values ?? []), "ratio", "accent")
    : undefined;
  const exposure = known(run.exposure) ? line("exposure", later(run.exposure), "percent", "muted") : undefined;
  const prices = times === undefined || run.trades.length === 0 ? [] : run.prices;
  const closes = prices.map(({ symbol, closes: all }) => line(symbol, later(all), "price", "muted"));

  const all = [equity, fall, sharpe, exposure, ...closes].filter((one) => one !== undefined);
  const places =
    x.length <= MOST_POINTS
      ? undefined
      : thin(
          x,
          all.map(({ values }) => values),
          Math.floor(MOST_POINTS / (2 + 2 * all.length)),
        );
  const at = <T>(values: readonly T[]): readonly T[] =>
    places === undefined ? values : places.map((place) => values[place] as T);
  const chart = (id: string, height: number, of: Line, more: Partial<ChartData> = {}): ChartData => ({
    id,
    height,
    lines: [{ ...of, values: at(of.values).map(short) }],
    zero: of.area,
    logarithmic: false,
    trades: [],
    ...more,
  });
  const charts = {
    equity: chart("equity", 300, equity, { logarithmic: run.equity.every((value) => value > 0) }),
    underwater: fall && chart("underwater", 140, fall),
    sharpe: sharpe && chart("sharpe", 180, sharpe, { zero: true }),
    exposure: exposure && chart("exposure", 120, exposure),
    prices: prices.map(({ symbol }, i) => {
      const trades = run.trades.filter((trade) => trade.symbol === symbol);
      return {
        symbol,
        trades: trades.length,
        chart: chart(`price-${i + 1}`, 260, closes[i] as Line, { trades: trades.slice(0, MOST_MARKS).map(mark) }),
      };
    }),
  };
  const drawn = [
    charts.equity,
    charts.underwater,
    charts.sharpe,
    charts.exposure,
    ...charts.prices.map((one) => one.chart),
  ];
  return {
    ...charts,
    points: x.length,
    payload: { time: times !== undefined, x: at(x), charts: drawn.filter((one) => one !== undefined) },
  };
}

function mark(trade: Tearsheet["view"]["run"]["trades"][number]): TradeMark {
  const { entryTime, exitTime, entryPrice, exitPrice, side, quantity, profit, open } = trade;
  return {
    from: entryTime,
    to: exitTime,
    entry: short(entryPrice) as number,
    exit: short(exitPrice) as number,
    side,
    quantity: short(quantity) as number,
    profit: short(profit) as number,
    open,
  };
}

/** Enough digits for any chart; the tables have them all. */
function short(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(9));
}
