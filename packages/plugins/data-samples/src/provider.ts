import { createHash } from "node:crypto";
import type { ColumnBatch, DataProvider, PresetDescription, SeriesKey, TimeRange } from "@qmtl/core/plugin";
import { INTERVALS, ohlcv, QmtlError } from "@qmtl/core/schema";
import { bookRows, bookSchema } from "./book.ts";
import type { SamplesConfig } from "./config.ts";
import { firstRow } from "./first-row.ts";
import { fxBars } from "./fx.ts";
import { aroundTheClock, type Grid, sessionGrid } from "./grid.ts";
import { keepRows } from "./kept-rows.ts";
import { newYorkSessions } from "./sessions.ts";
import { readSp500, sp500Version } from "./sp500.ts";
import { walkBars } from "./walk.ts";

/** Changes whenever a seeded series does. */
const GENERATION = "1";
const BATCH = 8_192;
/** Some 100 MB of bars. */
const KEPT_ROWS = 2_000_000;

const PRESETS: readonly PresetDescription[] = [
  {
    name: "sp500",
    description: "Daily bars of the S&P 500 index from 2000-01-03 to 2020-04-17: real",
    schema: ohlcv,
    intervals: ["1d"],
    symbols: ["SPX"],
    stamp: "session",
    calendar: "XNYS",
  },
  {
    name: "panel",
    description: "Seeded bars of any symbol at any interval in a market that never closes: synthetic",
    schema: ohlcv,
    intervals: INTERVALS,
    symbols: "any",
    stamp: "end",
    calendar: "24x7",
  },
  {
    name: "panel-xnys",
    description:
      "Seeded bars of any symbol at any interval in the sessions of the New York Stock Exchange to 2020-04-17: synthetic",
    schema: ohlcv,
    intervals: INTERVALS,
    symbols: "any",
    stamp: "end",
    calendar: "XNYS",
  },
  {
    name: "fx",
    description: "Seeded daily dollars for a euro from 1999 to 2024: synthetic",
    schema: ohlcv,
    intervals: ["1d"],
    symbols: ["EURUSD"],
    stamp: "end",
    calendar: "24x7",
  },
  {
    name: "book",
    description: "Seeded best bid and offer of any symbol at every second: synthetic",
    schema: bookSchema,
    intervals: ["1s"],
    symbols: "any",
    stamp: "end",
    calendar: "24x7",
  },
];

export function createProvider(config: SamplesConfig): DataProvider {
  let newYork: Promise<Grid> | undefined;
  function gridOf(preset: PresetDescription): Grid | Promise<Grid> {
    if (preset.name === "panel") return aroundTheClock;
    newYork ??= newYorkSessions().then(sessionGrid);
    return newYork;
  }

  const rowsOf = keepRows(KEPT_ROWS, async (series): Promise<ColumnBatch> => {
    const preset = requirePreset(series);
    if (preset.name === "sp500") return readSp500();
    if (preset.name === "book") return bookRows(series.symbol, config);
    if (preset.name === "fx") {
      const { end: time, ...rates } = fxBars(series.symbol, config);
      return { time, columns: rates };
    }
    const key = { symbol: series.symbol, interval: series.interval, grid: await gridOf(preset) };
    const { end, ...columns } = walkBars(key, config);
    return { time: end, columns };
  });

  return {
    supports: { live: false, pointInTime: false },
    presets: () => PRESETS,
    async coverage(series, { signal }): Promise<readonly TimeRange[]> {
      signal.throwIfAborted();
      const { time } = await rowsOf(series);
      const [first, last] = [time[0], time.at(-1)];
      return first === undefined || last === undefined ? [] : [{ from: first, to: last + 1 }];
    },
    async *read(query, { signal }) {
      signal.throwIfAborted();
      const rows = await rowsOf(query);
      const { range, asOf } = query;
      const { time } = rows;
      const from = firstRow(time.length, (row) => time[row]! >= range.from);
      const to = firstRow(time.length, (row) => time[row]! >= range.to || time[row]! > asOf);
      for (let start = from; start < to; start += BATCH) {
        signal.throwIfAborted();
        yield sliceBatch(rows, start, Math.min(start + BATCH, to));
      }
    },
    async revision(series) {
      const preset = requirePreset(series);
      if (preset.name === "sp500") return `vega-datasets@${await sp500Version()}`;
      const digest = createHash("sha256").update(JSON.stringify(config)).digest("hex");
      return `samples/${GENERATION}/${digest}`;
    },
  };
}

function sliceBatch({ time, columns, origin }: ColumnBatch, from: number, to: number): ColumnBatch {
  return {
    time: time.slice(from, to),
    columns: Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.slice(from, to)])),
    ...(origin !== undefined && { origin: { file: origin.file, lines: origin.lines.slice(from, to) } }),
  };
}

function requirePreset({ preset: name, symbol, interval }: SeriesKey): PresetDescription {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined)
    throw new QmtlError({
      code: "data.unknown-preset",
      message: `There is no preset ${JSON.stringify(`samples.${name}`)}`,
      next: `Use one of ${PRESETS.map((one) => `samples.${one.name}`).join(", ")}.`,
    });
  const place = { preset: `samples.${name}`, symbol };
  if (preset.symbols === "any" ? symbol === "" : !preset.symbols.includes(symbol))
    throw new QmtlError({
      code: "data.unknown-symbol",
      message: `samples.${name} has no symbol ${JSON.stringify(symbol)}`,
      place,
      next: preset.symbols === "any" ? "Name a symbol." : `It has ${preset.symbols.join(", ")}.`,
    });
  if (!preset.intervals.includes(interval))
    throw new QmtlError({
      code: "data.missing-interval",
      message: `samples.${name} has no bars of ${interval}`,
      place,
      next: `It has ${preset.intervals.join(", ")}.`,
    });
  return preset;
}
