import { beforeEach, describe, expect, test } from "vitest";
import type { ColumnBatch, CorporateAction, DataProvider, ReadQuery } from "../../plugin/contract/data-provider.ts";
import { bool, categorical, f64 } from "../../schema/cell.ts";
import { schema } from "../../schema/schema.ts";
import { cutPanel } from "../cut.ts";
import { blocksAt, datasetCommit, datasetFingerprint } from "../dataset.ts";
import { hashBlocks } from "../fingerprint.ts";
import type { DataPreset } from "../preset.ts";
import { type MemoryObjects, memoryObjects } from "./memory-objects.test.fixture.ts";
import { type OpenDatasetInput, openDataset } from "./open-dataset.ts";

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 2);
const quotes = schema("t.quotes@1", { close: f64, live: bool, phase: categorical(["open", "shut"]) });

/** A source in memory, whose rows and revision tests may change. */
function source(days: Readonly<Record<string, number>>) {
  const state = { days: { ...days }, revision: "r1", reads: [] as ReadQuery[], change: (): void => undefined };
  const provider: DataProvider = {
    supports: { live: false, pointInTime: false },
    presets: () => [
      {
        name: "daily",
        description: "test bars",
        schema: quotes,
        intervals: ["1d"],
        symbols: Object.keys(state.days),
        stamp: "end",
        calendar: "24x7",
      },
    ],
    coverage: async () => [],
    async *read(query) {
      state.reads.push(query);
      for (let day = 0; day < state.days[query.symbol]!; day++) yield row(day, query.symbol);
      state.change();
    },
    revision: async () => state.revision,
  };
  return { state, provider };
}

function row(day: number, symbol: string): ColumnBatch {
  return {
    time: Float64Array.of(START + day * DAY),
    columns: {
      close: Float64Array.of(symbol.length + day),
      live: Uint8Array.of(day % 2),
      phase: [day % 3 === 0 ? "shut" : "open"],
    },
  };
}

const preset: DataPreset = {
  id: "main",
  preset: "mem.daily",
  interval: "1d",
  calendar: "24x7",
  universe: {
    symbols: [
      { id: "BB/USD", tags: ["b"], currency: "USD" },
      { id: "A", tags: ["a"], currency: "USD" },
    ],
  },
};

let objects: MemoryObjects;
let one: ReturnType<typeof source>;
const open = (change: Partial<OpenDatasetInput> = {}) =>
  openDataset({ provider: one.provider, use: "mem", preset, objects, signal: new AbortController().signal, ...change });

beforeEach(() => {
  objects = memoryObjects();
  one = source({ A: 60, "BB/USD": 40 });
});

describe("openDataset", () => {
  test("imports once, and reads the same bits from the store after that", async () => {
    const imported = await open();
    expect(one.state.reads).toHaveLength(2);
    expect(imported.symbols.map(({ symbol, imported }) => [symbol, imported])).toEqual([
      ["BB/USD", "new to the store"],
      ["A", "new to the store"],
    ]);
    const stored = await open();
    expect(one.state.reads).toHaveLength(2);
    expect(stored.panel).toEqual(imported.panel);
    expect(stored.symbols).toEqual(imported.symbols.map(({ imported: _, ...rest }) => rest));
    expect(stored.panel.series.map(({ symbol, tags, stamps }) => [symbol, tags, stamps.length])).toEqual([
      ["BB/USD", ["b"], 40],
      ["A", ["a"], 60],
    ]);
    expect(stored.symbols[1]?.coverage).toEqual([{ from: START - DAY, to: START + 59 * DAY }]);
    expect(stored.pointInTime).toBe(false);
  });

  test("imports again when the source changed, keeping the digest of what stayed", async () => {
    const before = await open();
    one.state.revision = "r2";
    one.state.days["A"] = 61;
    const after = await open();
    expect(after.symbols.map(({ imported }) => imported)).toEqual(["the source changed", "the source changed"]);
    expect(after.panel.series[1]?.stamps).toHaveLength(61);
    expect(after.symbols[0]?.manifest.columns).toEqual(before.symbols[0]?.manifest.columns);
    expect(objects.refsByName.size).toBe(2);
  });

  test.each(["manifest", "stamps", "column"])("imports again when its %s is damaged or gone", async (what) => {
    const { symbols } = await open();
    const { manifest, digest } = symbols[1]!;
    const target = what === "manifest" ? digest : what === "stamps" ? manifest.stamps : manifest.columns["close"]!;
    objects.objects.get(target)![3]! ^= 1;
    const healed = await open();
    expect(healed.symbols[1]?.imported).toMatch(/damaged/);
    expect(healed.symbols[1]?.digest).toBe(digest);
    expect((await open()).symbols[1]?.imported).toBeUndefined();
    objects.objects.delete(target);
    expect((await open()).symbols[1]?.imported).toMatch(/missing/);
  });

  test("reads again when the source changes while it is read, and refuses when it does so twice", async () => {
    let changes = 0;
    one.state.change = () => {
      if (changes++ === 0) one.state.revision = "r2";
    };
    expect((await open()).symbols[0]?.manifest.revision).toBe("r2");
    one.state.change = () => {
      one.state.revision = `r${changes++}`;
    };
    one.state.revision = "other";
    await expect(open()).rejects.toMatchObject({ code: "data.source-changed" });
    expect(await objects.refs("series/mem/", { signal: new AbortController().signal })).toHaveLength(2);
  });

  test("stores nothing of a series that is refused", async () => {
    one.state.days["A"] = 0;
    await expect(
      open({ preset: { ...preset, universe: { symbols: [preset.universe.symbols[1]!] } } }),
    ).rejects.toMatchObject({
      code: "data.no-rows",
    });
    expect(objects.objects.size).toBe(0);
    expect(objects.refsByName.size).toBe(0);
  });

  test("keeps the series of another calendar apart", async () => {
    await open();
    await open({ preset: { ...preset, calendar: "observed" } });
    expect(objects.refsByName.size).toBe(4);
    expect((await open()).symbols[0]?.imported).toBeUndefined();
  });

  test("asks providers with revisions for what was known, and keeps each answer apart", async () => {
    const provider = { ...one.provider, supports: { live: false, pointInTime: true } };
    const dataset = await open({ provider, asOf: START + DAY });
    expect(dataset.pointInTime).toBe(true);
    expect(one.state.reads.map(({ asOf }) => asOf)).toEqual([START + DAY, START + DAY]);
    await open({ provider, asOf: START + 2 * DAY });
    expect(one.state.reads).toHaveLength(4);
  });

  test("fails at once for what is not there", async () => {
    await expect(open({ preset: { ...preset, preset: "mem.hourly" } })).rejects.toMatchObject({
      code: "data.unknown-preset",
    });
    await expect(open({ preset: { ...preset, interval: "1h" } })).rejects.toMatchObject({
      code: "data.missing-interval",
    });
    await expect(open({ preset: { ...preset, calendar: "XLON" } })).rejects.toMatchObject({
      code: "data.unknown-calendar",
    });
    expect(one.state.reads).toHaveLength(0);
  });

  test("ends when it is cancelled", async () => {
    await expect(open({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(one.state.reads).toHaveLength(0);
  });
});

describe("fingerprints", () => {
  const asOf = START + 30 * DAY;

  test("cover the columns and symbols that a run reads", async () => {
    const dataset = await open();
    const close = datasetFingerprint([{ dataset, columns: ["close"] }], asOf);
    expect(datasetFingerprint([{ dataset, columns: ["live"] }], asOf)).not.toBe(close);
    expect(datasetFingerprint([{ dataset, columns: ["close"], symbols: ["A"] }], asOf)).not.toBe(close);
    expect(blocksAt({ dataset, columns: ["close"] }, "A", asOf).blocks).toEqual(
      hashBlocks({
        stamps: dataset.panel.series[1]!.stamps.subarray(0, 31),
        columns: { close: dataset.panel.series[1]!.columns["close"]!.subarray(0, 31) },
      }),
    );
    expect(() => blocksAt({ dataset }, "ZZZ", asOf)).toThrow(expect.objectContaining({ code: "data.unknown-symbol" }));
  });

  test("and commits stay when newer bars come in", async () => {
    const before = await open();
    one.state.revision = "r2";
    one.state.days["A"] = 80;
    const after = await open();
    expect(datasetCommit([after], asOf)).toBe(datasetCommit([before], asOf));
    expect(datasetCommit([after], asOf + DAY)).not.toBe(datasetCommit([before], asOf));
    const end = START + 100 * DAY;
    expect(datasetCommit([after], end)).not.toBe(datasetCommit([before], end));
  });
});

describe("corporate actions", () => {
  const split = { time: START + 20 * DAY, kind: "split", ratio: 2 } as const;
  const dividend = { time: START + 45 * DAY, kind: "dividend", amount: 0.5 } as const;
  const asOf = START + 59 * DAY;
  const withActions = (actions: readonly CorporateAction[]) => {
    one.provider.actions = async ({ symbol }) => (symbol === "A" ? actions : []);
  };

  test("come with their series, from the source and from the store, and are cut with it", async () => {
    withActions([split, dividend]);
    const imported = await open();
    expect(imported.panel.series.map(({ actions }) => actions)).toEqual([undefined, [split, dividend]]);
    expect((await open()).panel).toEqual(imported.panel);
    expect(cutPanel(imported.panel, START + 30 * DAY).series[1]?.actions).toEqual([split]);
    expect(cutPanel(imported.panel, split.time).series[1]?.actions).toEqual([]);
  });

  test("are in the fingerprint of every column, as they were known then", async () => {
    const fingerprint = async (actions: readonly CorporateAction[], at: number, columns = ["close"]) => {
      objects = memoryObjects();
      withActions(actions);
      return datasetFingerprint([{ dataset: await open(), columns }], at);
    };
    const none = await fingerprint([], asOf);
    const both = await fingerprint([split, dividend], asOf);
    expect(both).not.toBe(none);
    expect(await fingerprint([split, { ...dividend, amount: 0.6 }], asOf)).not.toBe(both);
    const before = START + 30 * DAY;
    expect(await fingerprint([split, { ...dividend, amount: 0.6 }], before)).toBe(await fingerprint([split], before));
    expect(await fingerprint([split], START)).toBe(await fingerprint([], START));
  });
});
