import type { ColumnBatch, DataProvider, SeriesKey, TimeRange } from "../plugin/contract/data-provider.ts";
import type { Plugin } from "../plugin/contract/plugin.ts";
import { batchCheck, checkPresets, checkRanges, followCheck } from "../plugin/host/guard-provider.ts";
import { claim, claimRefused, claimSame } from "./claim.ts";
import { failCase, openPlugin, promptly, type Setting, uncancelled } from "./opened.ts";
import { pluginCases } from "./plugin-cases.ts";
import type { TestRunner } from "./runner.ts";

export interface DataProviderSuite extends Setting {
  readonly plugin: Plugin<"data-provider", unknown>;
  /** Series that the configuration makes readable, whose source is clean: ordered, without duplicates. At least two rows each. */
  readonly series: readonly SeriesKey[];
  /** For a series of a preset that is `live`: lets one more row come into its source. Called while the series is followed. */
  readonly grow?: (series: SeriesKey) => void | Promise<void>;
}

/** The last instant that a date can say: everything is known by then. */
const EVER = 8.64e15;

/** Rows of any number of batches, joined. */
interface Rows {
  readonly time: number[];
  readonly columns: Record<string, (number | string)[]>;
}

/**
 * The laws of a data provider on series that have data.
 *
 * @example
 * import { describe, test } from "vitest";
 * dataProviderSuite({ describe, test }, {
 *   plugin: dataSamples, config: {}, root: ".",
 *   series: [{ preset: "sp500", symbol: "SPX", interval: "1d" }],
 * });
 */
export function dataProviderSuite(runner: TestRunner, suite: DataProviderSuite): void {
  const { plugin } = suite;
  runner.describe(`data provider ${plugin.name}`, () => {
    const { test } = runner;
    pluginCases(runner, plugin, () => suite);

    /** Opens the plugin once per case and runs the body for every series. */
    const each = async (body: (provider: DataProvider, series: SeriesKey, whole: TimeRange) => Promise<void>) => {
      const { instance, close } = await openPlugin(plugin, suite);
      claim(suite.series.length > 0, "the suite was given no series");
      for (const series of suite.series) {
        const ranges = checkRanges(await instance.coverage(series, uncancelled()), failCase);
        const [first, last] = [ranges[0], ranges.at(-1)];
        claim(first !== undefined && last !== undefined, `${nameOf(series)} has no coverage`);
        await body(instance, series, { from: first.from, to: last.to });
      }
      await close();
    };
    const once = async (body: (provider: DataProvider) => void | Promise<void>) => {
      const { instance, close } = await openPlugin(plugin, suite);
      await body(instance);
      await close();
    };
    const read = (provider: DataProvider, series: SeriesKey, range: TimeRange, asOf = EVER): Promise<Rows> =>
      promptly(plugin as unknown as Plugin, "read", () => readRows(provider, series, range, asOf));

    test("DP-01 describes its presets soundly, those of the series among them", () =>
      once((provider) => {
        const presets = checkPresets(provider.presets(), failCase);
        claimSame(provider.presets(), presets, "the second description");
        for (const { preset, symbol, interval } of suite.series) {
          const own = presets.find(({ name }) => name === preset);
          claim(own !== undefined, `there is no preset ${preset}`);
          claim(own.intervals.includes(interval), `the preset ${preset} does not name the interval ${interval}`);
          claim(own.symbols === "any" || own.symbols.includes(symbol), `the preset ${preset} does not name ${symbol}`);
        }
      }));

    test("DP-02 covers half-open ranges, ascending and disjoint", () => each(async () => undefined));

    test("DP-03 reads batches that fit the preset, inside the range asked for", () =>
      each(async (provider, series, whole) => {
        const rows = await read(provider, series, whole);
        claim(rows.time.length >= 2, `${nameOf(series)} has ${rows.time.length} rows; a suite needs at least two`);
      }));

    test("DP-04 reads in ascending order, without duplicates over all batches", () =>
      each(async (provider, series, whole) => {
        const { time } = await read(provider, series, whole);
        time.forEach((at, i) => {
          const before = time[i - 1];
          claim(before === undefined || at > before, `${nameOf(series)} has ${at} after ${before}`);
        });
      }));

    test("DP-05 includes the row at the start of a range and excludes the one at its end", () =>
      each(async (provider, series, whole) => {
        const rows = await read(provider, series, whole);
        for (const at of cutsOf(rows)) {
          const left = await read(provider, series, { from: whole.from, to: at });
          const right = await read(provider, series, { from: at, to: whole.to });
          claim(right.time[0] === at, `a read from ${at} begins at ${right.time[0]}`);
          claim(!left.time.includes(at), `a read up to ${at} holds the row at ${at}`);
          claimSame(joined(left, right), rows, `${nameOf(series)} read in two parts, cut at ${at}`);
        }
      }));

    test("DP-06 gives no rows where none were asked for", () =>
      each(async (provider, series, whole) => {
        const { time } = await read(provider, series, whole);
        const first = time[0] ?? whole.from;
        for (const range of [
          { from: first, to: first },
          { from: first + 1, to: first + 1 },
        ])
          claim((await read(provider, series, range)).time.length === 0, "an empty range has rows");
      }));

    test("DP-07 covers exactly what it reads", () =>
      each(async (provider, series, whole) => {
        const ranges = await provider.coverage(series, uncancelled());
        const span = Math.max(whole.to - whole.from, 1);
        const { time } = await read(provider, series, { from: whole.from - span, to: whole.to + span });
        for (const at of time)
          claim(
            ranges.some(({ from, to }) => at >= from && at < to),
            `the row at ${at} is not covered`,
          );
        for (const { from, to } of ranges)
          claim(
            time.some((at) => at >= from && at < to),
            `the covered range ${from} to ${to} has no row`,
          );
      }));

    test("DP-08 reads the same bits again", () =>
      each(async (provider, series, whole) => {
        claimSame(
          await read(provider, series, whole),
          await read(provider, series, whole),
          `${nameOf(series)} read again`,
        );
      }));

    test("DP-09 shows nothing from after the instant of knowledge", () =>
      each(async (provider, series, whole) => {
        const rows = await read(provider, series, whole);
        let known = 0;
        for (const asOf of cutsOf(rows)) {
          const { time } = await read(provider, series, whole, asOf);
          claim(
            time.every((at) => at <= asOf),
            `knowledge of ${asOf} shows the row at ${time.at(-1)}`,
          );
          claim(time.length >= known, `knowledge of ${asOf} shows fewer rows than an earlier one`);
          known = time.length;
        }
      }));

    test("DP-10 names the revision of its source, the same while nothing changes", () =>
      each(async (provider, series) => {
        const revision = await provider.revision(series, uncancelled());
        claim(typeof revision === "string" && revision !== "", "the revision is no text");
        const { instance, close } = await openPlugin(plugin, suite);
        const again = await instance.revision(series, uncancelled());
        await close();
        claim(revision === again, `the revision was ${revision}, then ${again}`);
      }));

    test("DP-11 ends promptly when it is cancelled, and gives nothing more", () =>
      each(async (provider, series, whole) => {
        const aborted = AbortSignal.abort();
        const before = promptly(plugin as unknown as Plugin, "read", () =>
          countBatches(provider, series, whole, aborted),
        );
        claim((await before) === 0, "a read that was cancelled before it began gave rows");
        const controller = new AbortController();
        const after = promptly(plugin as unknown as Plugin, "read", () =>
          countBatches(provider, series, whole, controller.signal, () => controller.abort()),
        );
        const batches = await after;
        claim(batches <= 1, `a read that was cancelled in its first batch gave ${batches}`);
      }));

    test("DP-12 can be left in the middle, and read again", () =>
      each(async (provider, series, whole) => {
        const rows = await read(provider, series, whole);
        const query = { ...series, range: whole, asOf: EVER };
        for await (const batch of provider.read(query, uncancelled())) if (batch.time.length > 0) break;
        claimSame(await read(provider, series, whole), rows, "the read after one that was left");
      }));

    test("DP-13 gives batches of their own: a later one does not change an earlier one", () =>
      each(async (provider, series, whole) => {
        const kept: { readonly batch: ColumnBatch; readonly copy: Rows }[] = [];
        for await (const batch of provider.read({ ...series, range: whole, asOf: EVER }, uncancelled()))
          kept.push({ batch, copy: rowsOf([batch]) });
        for (const { batch, copy } of kept) claimSame(rowsOf([batch]), copy, "a batch after later ones were read");
      }));

    test("DP-14 serves two reads at once", () =>
      each(async (provider, series, whole) => {
        const rows = await read(provider, series, whole);
        const both = await Promise.all([read(provider, series, whole), read(provider, series, whole)]);
        for (const one of both) claimSame(one, rows, "one of two reads at once");
      }));

    test("DP-15 refuses a preset, a symbol and an interval that it does not have", () =>
      each(async (provider, series, whole) => {
        const own = provider.presets().find(({ name }) => name === series.preset);
        const strangers: SeriesKey[] = [{ ...series, preset: "no-such-preset" }];
        if (own?.symbols !== "any") strangers.push({ ...series, symbol: "NO-SUCH-SYMBOL" });
        if (own?.intervals.includes("100ms") === false) strangers.push({ ...series, interval: "100ms" });
        for (const stranger of strangers) {
          await claimRefused(() => provider.coverage(stranger, uncancelled()), `the coverage of ${nameOf(stranger)}`);
          await claimRefused(() => readRows(provider, stranger, whole, EVER), `a read of ${nameOf(stranger)}`);
          await claimRefused(() => provider.revision(stranger, uncancelled()), `the revision of ${nameOf(stranger)}`);
        }
      }));

    test("DP-16 follows live data if it claims to, and can't if it does not", () =>
      once(({ supports, follow }) => {
        claim(typeof supports.live === "boolean", "it does not say whether it is live");
        if (supports.live) claim(typeof follow === "function", "it claims to be live and has no method follow");
        else claim(follow === undefined, "it has a method follow and does not claim to be live");
      }));

    /** The same for the series that can be followed. */
    const eachLive = (body: (provider: DataProvider, series: SeriesKey, rows: Rows) => Promise<void>) =>
      each(async (provider, series, whole) => {
        const own = provider.presets().find(({ name }) => name === series.preset);
        if (own?.live !== true) return;
        claim(provider.supports.live, `the preset ${series.preset} is live, and the provider does not claim to be`);
        await body(provider, series, await read(provider, series, whole));
      });

    test("DP-17 follows from any instant: first what is there, as it is read", () =>
      eachLive(async (provider, series, rows) => {
        const last = rows.time.length - 1;
        for (const at of [-1, 0, Math.floor(last / 2), last - 1]) {
          const after = rows.time[at] ?? Number.NEGATIVE_INFINITY;
          const wanted = last - at;
          const followed = await promptly(plugin as unknown as Plugin, "follow", () =>
            followRows(provider, series, after, wanted),
          );
          claimSame(followed, tailOf(rows, at + 1), `${nameOf(series)} followed after ${after}`);
        }
      }));

    test("DP-18 waits for what comes, and ends promptly when it is cancelled", () =>
      eachLive(async (provider, series, rows) => {
        const controller = new AbortController();
        const follow = provider.follow!({ ...series, after: rows.time.at(-1)! }, { signal: controller.signal });
        const iterator = follow[Symbol.asyncIterator]();
        const next = iterator.next().then(
          ({ done }) => (done === true ? "ended" : "gave a row"),
          () => "ended",
        );
        const early = await Promise.race([
          next,
          new Promise<string>((resolve) => setImmediate(() => resolve("waits"))),
        ]);
        claim(early === "waits", `following after the last row ${early} without a new one`);
        controller.abort();
        const late = await promptly(plugin as unknown as Plugin, "follow", () => next);
        claim(late === "ended", `following ${late} after it was cancelled`);
      }));

    test("DP-19 gives a row that comes in while it follows, once", () =>
      eachLive(async (provider, series, rows) => {
        const { grow } = suite;
        claim(grow !== undefined, `the preset ${series.preset} is live, and the suite was given no way to let it grow`);
        const after = rows.time.at(-1)!;
        const controller = new AbortController();
        const follow = provider.follow!({ ...series, after }, { signal: controller.signal });
        const iterator = follow[Symbol.asyncIterator]();
        const next = iterator.next();
        await grow(series);
        const step = await promptly(plugin as unknown as Plugin, "follow", () => next);
        claim(step.done !== true, "following ended although nobody cancelled it");
        const columns = provider.presets().find(({ name }) => name === series.preset)?.schema.columns;
        const { time } = followCheck(columns, { after })(step.value, failCase);
        claim(time.length === 1, `one row came in, and ${time.length} were given`);
        controller.abort();
      }));
  });
}

async function readRows(provider: DataProvider, series: SeriesKey, range: TimeRange, asOf: number): Promise<Rows> {
  const columns = provider.presets().find(({ name }) => name === series.preset)?.schema.columns;
  const check = batchCheck(columns, { range });
  const batches: ColumnBatch[] = [];
  for await (const batch of provider.read({ ...series, range, asOf }, uncancelled()))
    batches.push(check(batch, failCase));
  return rowsOf(batches);
}

/** The first rows that are followed, as many as are wanted. */
async function followRows(provider: DataProvider, series: SeriesKey, after: number, wanted: number): Promise<Rows> {
  const columns = provider.presets().find(({ name }) => name === series.preset)?.schema.columns;
  const check = followCheck(columns, { after });
  const controller = new AbortController();
  const batches: ColumnBatch[] = [];
  let rows = 0;
  for await (const batch of provider.follow!({ ...series, after }, { signal: controller.signal })) {
    batches.push(check(batch, failCase));
    rows += batch.time.length;
    if (rows >= wanted) break;
  }
  controller.abort();
  return rowsOf(batches);
}

function tailOf({ time, columns }: Rows, from: number): Rows {
  return {
    time: time.slice(from),
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from)])),
  };
}

async function countBatches(
  provider: DataProvider,
  series: SeriesKey,
  range: TimeRange,
  signal: AbortSignal,
  onBatch: () => void = () => undefined,
): Promise<number> {
  let count = 0;
  try {
    for await (const batch of provider.read({ ...series, range, asOf: EVER }, { signal })) {
      if (batch.time.length === 0) continue;
      count += 1;
      onBatch();
    }
  } catch (error) {
    // However a cancelled read ends, what counts is what it gave before.
    if (!signal.aborted) throw error;
  }
  return count;
}

function rowsOf(batches: readonly ColumnBatch[]): Rows {
  const rows: Rows = { time: [], columns: {} };
  for (const { time, columns } of batches) {
    for (const at of time) rows.time.push(at);
    for (const [name, values] of Object.entries(columns)) {
      const column = rows.columns[name] ?? [];
      for (const value of values) column.push(value);
      rows.columns[name] = column;
    }
  }
  return rows;
}

/** An empty read may have no batch at all, and so no columns. */
function joined(left: Rows, right: Rows): Rows {
  const columns = Object.keys(left.columns).length === 0 ? right.columns : left.columns;
  return {
    time: [...left.time, ...right.time],
    columns: Object.fromEntries(
      Object.keys(columns).map((name) => [name, [...(left.columns[name] ?? []), ...(right.columns[name] ?? [])]]),
    ),
  };
}

/** The second row, one in the middle, the last. */
function cutsOf({ time }: Rows): readonly number[] {
  const at = [1, Math.floor(time.length / 2), time.length - 1];
  return [...new Set(at)].map((i) => time[i]).filter((value) => value !== undefined);
}

function nameOf({ preset, symbol, interval }: SeriesKey): string {
  return `${preset} ${symbol} ${interval}`;
}
