import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ColumnBatch, SeriesKey } from "@qmtl/core/plugin";
import { dataProviderSuite } from "@qmtl/core/plugin-testing";
import type { Interval } from "@qmtl/core/schema";
import { describe, expect, test } from "vitest";
import { samplesConfig } from "./config.ts";
import { aroundTheClock, sessionGrid } from "./grid.ts";
import dataSamples from "./index.ts";
import { createProvider } from "./provider.ts";
import { newYorkSessions } from "./sessions.ts";
import { sp500Dates } from "./sp500.ts";

const at = (text: string) => Date.parse(text);
const { signal } = new AbortController();
const shortPanel = { panel: { start: "2019-11-01", end: "2020-01-01" } };
const gridOf = async (preset: string) => (preset === "panel" ? aroundTheClock : sessionGrid(await newYorkSessions()));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface Rows {
  readonly time: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
  readonly batches: readonly ColumnBatch[];
}

async function read(key: SeriesKey, config: unknown = {}, range = { from: -8.64e15, to: 8.64e15 }): Promise<Rows> {
  const provider = createProvider(samplesConfig.parse(config));
  const batches: ColumnBatch[] = [];
  for await (const batch of provider.read({ ...key, range, asOf: 8.64e15 }, { signal })) batches.push(batch);
  const names = Object.keys(batches[0]?.columns ?? {});
  return {
    time: batches.flatMap(({ time }) => [...time]),
    columns: Object.fromEntries(names.map((name) => [name, batches.flatMap(({ columns }) => [...columns[name]!])])),
    batches,
  };
}
const panel = (symbol: string, interval: Interval, preset = "panel"): SeriesKey => ({ preset, symbol, interval });
const numbers = (rows: Rows, name: string) => rows.columns[name] as readonly number[];

describe("samples.sp500", () => {
  test("has a row for each of the dates that the calendar XNYS of the core is tested against", async () => {
    const { time } = await read({ preset: "sp500", symbol: "SPX", interval: "1d" });
    const dates = time.map((noon) => new Date(noon).toISOString().slice(0, 10));
    expect(dates).toHaveLength(5_105);
    expect(sha256(dates.join("\n"))).toBe("b6a3631cff0256d2778c1a6a0971d95b90671489c0edef6da23b43e56175faf0");
    expect(dates).toEqual(await sp500Dates());
  });

  test("gives the file's cells, each with its line", async () => {
    const { batches, columns } = await read({ preset: "sp500", symbol: "SPX", interval: "1d" });
    const { file, lines } = batches[0]!.origin!;
    const text = (await readFile(file, "utf8")).split("\n");
    expect(text[lines[1]! - 1]).toMatch(/^2000-01-04,1455.219971,1455.219971,1397.430054,1399.420044,/);
    expect(Object.keys(columns)).toEqual(["open", "high", "low", "close", "volume"]);
    expect([columns["open"]![1], columns["high"]![1], columns["low"]![1]]).toEqual([
      1455.219971, 1455.219971, 1397.430054,
    ]);
    expect([columns["close"]![1], columns["volume"]![1]]).toEqual([1399.420044, 1_009_000_000]);
  });

  test("knows one symbol at one interval", async () => {
    await expect(read({ preset: "sp500", symbol: "DJI", interval: "1d" })).rejects.toMatchObject({
      code: "data.unknown-symbol",
      next: "It has SPX.",
    });
    await expect(read({ preset: "sp500", symbol: "SPX", interval: "1h" })).rejects.toMatchObject({
      code: "data.missing-interval",
      next: "It has 1d.",
    });
    await expect(read({ preset: "dow", symbol: "SPX", interval: "1d" })).rejects.toMatchObject({
      code: "data.unknown-preset",
    });
  });
});

describe("seeded panels", () => {
  test("are the same bits on every machine", async () => {
    const { batches } = await read(panel("KO", "1d", "panel-xnys"));
    const hash = createHash("sha256");
    for (const { time, columns } of batches) {
      for (const cells of [time, columns["close"], columns["high"], columns["volume"]])
        for (const value of cells as Float64Array) {
          const bytes = Buffer.alloc(8);
          bytes.writeDoubleLE(value);
          hash.update(bytes);
        }
    }
    expect(hash.digest("hex").slice(0, 16)).toBe("1f0a03fe8be24e5f");
  });

  test.each(["panel", "panel-xnys"])(
    "%s has every bar of its grid, and bars that hold their bounds",
    async (preset) => {
      const grid = await gridOf(preset);
      const [from, to] = [at("2019-01-01T00:00:00Z"), at("2020-01-01T00:00:00Z")];
      const hours = [...grid.ends("1h", from, to)];
      for (const interval of ["1h", "1d", "1w", "1mo"] as const) {
        const rows = await read(panel("BTC", interval, preset), { panel: { start: "2019-01-01", end: "2020-01-01" } });
        const ends = interval === "1h" ? hours : [...new Set(hours.map((end) => grid.barEnd(interval, end)))];
        expect(rows.time).toEqual(ends.filter((end) => end >= rows.time[0]! && end <= to));
        const [open, high, low, close] = ["open", "high", "low", "close"].map((name) => numbers(rows, name));
        const holds = rows.time.every(
          (_, i) =>
            low![i]! > 0 && low![i]! <= Math.min(open![i]!, close![i]!) && high![i]! >= Math.max(open![i]!, close![i]!),
        );
        expect(holds).toBe(true);
      }
    },
  );

  test.each<[string, Interval, Interval]>([
    ["panel", "1h", "1d"],
    ["panel-xnys", "1h", "1d"],
    ["panel", "1d", "1w"],
    ["panel-xnys", "1d", "1mo"],
    ["panel", "1m", "15m"],
    ["panel", "1s", "30s"],
  ])("of %s agree between %s and %s", async (preset, fine, coarse) => {
    const config = fine === "1s" ? { panel: { start: "2019-12-31", end: "2020-01-01" } } : shortPanel;
    const parts = await read(panel("BTC", fine, preset), config);
    const whole = await read(panel("BTC", coarse, preset), config);
    const grid = await gridOf(preset);
    const rowsByEnd = new Map<number, number[]>();
    parts.time.forEach((stamp, row) => {
      const end = grid.barEnd(coarse, stamp);
      rowsByEnd.set(end, [...(rowsByEnd.get(end) ?? []), row]);
    });
    expect(whole.time.length).toBeGreaterThan(1);
    whole.time.forEach((end, i) => {
      const inside = rowsByEnd.get(end)!;
      const cells = (name: string) => inside.map((row) => numbers(parts, name)[row]!);
      expect(numbers(whole, "open")[i]).toBe(cells("open")[0]);
      expect(numbers(whole, "close")[i]).toBe(cells("close").at(-1));
      expect(numbers(whole, "high")[i]).toBe(Math.max(...cells("high")));
      expect(numbers(whole, "low")[i]).toBe(Math.min(...cells("low")));
      expect(numbers(whole, "volume")[i]).toBe(cells("volume").reduce((sum, x) => sum + x, 0));
    });
  });

  test("don't change their past when they get longer", async () => {
    const short = await read(panel("BTC", "1h"), shortPanel);
    const long = await read(panel("BTC", "1h"), { panel: { start: "2019-11-01", end: "2020-03-01" } });
    expect(long.time.slice(0, short.time.length)).toEqual(short.time);
    expect(numbers(long, "close").slice(0, short.time.length)).toEqual(numbers(short, "close"));
  });

  test("begin with whole bars", async () => {
    const { time } = await read(panel("BTC", "1w"), { panel: { start: "2024-01-03", end: "2024-02-01" } });
    expect(time[0]).toBe(at("2024-01-15T00:00:00Z"));
  });

  test("differ by symbol and seed, and move together as configured", async () => {
    const close = async (symbol: string, config: object) => numbers(await read(panel(symbol, "1d"), config), "close");
    const returns = (prices: readonly number[]) => prices.slice(1).map((price, i) => price / prices[i]! - 1);
    const correlation = async (of: number) => {
      const config = { panel: { correlation: of } };
      return pearson(returns(await close("A", config)), returns(await close("B", config)));
    };
    expect(await close("A", {})).not.toEqual(await close("B", {}));
    expect(await close("A", {})).not.toEqual(await close("A", { seed: 2 }));
    expect(await correlation(0.8)).toBeCloseTo(0.8, 1);
    expect(Math.abs(await correlation(0))).toBeLessThan(0.06);
  });

  test("have the configured volatility on average", async () => {
    const yearly: number[] = [];
    for (const symbol of ["A", "B", "C", "D", "E", "F"]) {
      const prices = numbers(await read(panel(symbol, "1d", "panel-xnys"), { panel: { volatility: 0.2 } }), "close");
      const moves = prices.slice(1).map((price, i) => price / prices[i]! - 1);
      yearly.push(Math.sqrt((moves.reduce((sum, x) => sum + x * x, 0) / moves.length) * 252));
    }
    expect(yearly.reduce((sum, x) => sum + x, 0) / yearly.length).toBeCloseTo(0.2, 1);
  });

  test("start late and end early where a listing says so, with the same prices", async () => {
    const listings = { XLC: { from: "2019-11-20", to: "2019-12-10" } };
    const listed = await read(panel("XLC", "1d"), { panel: { ...shortPanel.panel, listings } });
    const whole = await read(panel("XLC", "1d"), shortPanel);
    expect([listed.time[0], listed.time.at(-1)]).toEqual([at("2019-11-21T00:00:00Z"), at("2019-12-10T00:00:00Z")]);
    const from = whole.time.indexOf(listed.time[0]!);
    expect(numbers(listed, "close")).toEqual(numbers(whole, "close").slice(from, from + listed.time.length));
  });

  test("refuse a range that is empty or too long to hold", async () => {
    await expect(read(panel("A", "1d"), { panel: { start: "2025-01-01" } })).rejects.toMatchObject({
      code: "samples.empty-range",
    });
    await expect(read(panel("A", "1d", "panel-xnys"), { panel: { start: "2021-01-01" } })).rejects.toMatchObject({
      code: "samples.empty-range",
      message: "The samples of A on the calendar XNYS would begin at 2021-01-01 and end at 2020-04-18",
    });
    await expect(read(panel("A", "100ms"), { panel: { start: "2015-01-01" } })).rejects.toMatchObject({
      code: "samples.too-long",
    });
  });
});

describe("samples.book", () => {
  test("has a book for every second, in one of three phases", async () => {
    const rows = await read({ preset: "book", symbol: "BTC-PERP", interval: "1s" });
    expect(rows.time).toHaveLength(86_400);
    expect(rows.time[0]).toBe(at("2024-12-31T00:00:01Z"));
    const [bid, ask] = [numbers(rows, "bid"), numbers(rows, "ask")];
    expect(bid.every((price, i) => price < ask[i]!)).toBe(true);
    expect(numbers(rows, "bidSize").every((size) => size > 0)).toBe(true);
    const phases = rows.columns["phase"]!;
    expect(phases.slice(0, 61)).toEqual([...Array(60).fill("auction"), "open"]);
    expect(new Set(phases)).toEqual(new Set(["open", "auction", "halted"]));
    const halted = phases.indexOf("halted");
    expect(bid[halted + 1]).toBe(bid[halted]);
  });
});

describe("the configuration", () => {
  test.each([
    { seed: -1 },
    { seed: 1.5 },
    { panel: { start: "2024-02-30" } },
    { panel: { start: "1990-01-01" } },
    { panel: { correlation: 2 } },
    { panel: { listings: { A: { since: "2024-01-01" } } } },
    { unknown: true },
  ])("refuses %j", (config) => {
    expect(samplesConfig.safeParse(config).success).toBe(false);
  });
});

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = mean(a.map((x, i) => (x - ma) * (b[i]! - mb)));
  return covariance / Math.sqrt(mean(a.map((x) => (x - ma) ** 2)) * mean(b.map((x) => (x - mb) ** 2)));
}

dataProviderSuite(
  { describe, test },
  {
    plugin: dataSamples,
    root: ".",
    config: { panel: { start: "2020-02-01", end: "2020-03-01" }, book: { start: "2024-02-29", end: "2024-03-01" } },
    series: [
      { preset: "sp500", symbol: "SPX", interval: "1d" },
      { preset: "panel", symbol: "BTC", interval: "1h" },
      { preset: "panel-xnys", symbol: "KO", interval: "30m" },
      { preset: "book", symbol: "BTC-PERP", interval: "1s" },
    ],
  },
);
