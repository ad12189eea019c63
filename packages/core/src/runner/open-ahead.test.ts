import { describe, expect, test } from "vitest";
import type { DataPreset } from "../data/preset.ts";
import { memoryObjects } from "../data/seamless/memory-objects.test.fixture.ts";
import type { DataProvider } from "../plugin/contract/data-provider.ts";
import { f64 } from "../schema/cell.ts";
import { schema } from "../schema/schema.ts";
import type { WorldConfig } from "../world/config.ts";
import { openAhead } from "./open-ahead.ts";

const DAY = 86_400_000;
const daily = (id: string): DataPreset => ({
  id,
  preset: "mem.daily",
  interval: "1d",
  calendar: "24x7",
  universe: { symbols: [{ id: "A", tags: [], currency: "USD" }] },
});

/** A source of one bar, that can be held back. */
function source(held?: Promise<void>) {
  const reads: AbortSignal[] = [];
  const provider: DataProvider = {
    supports: { live: false, pointInTime: false },
    presets: () => [
      {
        name: "daily",
        description: "test bars",
        schema: schema("t.close@1", { close: f64 }),
        intervals: ["1d"],
        symbols: ["A"],
        stamp: "end",
        calendar: "24x7",
      },
    ],
    coverage: async () => [],
    async *read(_query, { signal }) {
      reads.push(signal);
      await held;
      yield { time: Float64Array.of(DAY), columns: { close: Float64Array.of(1) } };
    },
    revision: async () => "r1",
  };
  return { reads, provider };
}

function ahead(presets: readonly DataPreset[], { provider }: { readonly provider: DataProvider }, dataPreset?: string) {
  const config = { presets, knowledge: { kind: "following" } } as unknown as WorldConfig;
  return openAhead(dataPreset === undefined ? {} : { dataPreset }, {
    config,
    provider: () => ({ use: "mem", provider }),
    objects: memoryObjects(),
    signal: new AbortController().signal,
  });
}

describe("data that are opened ahead", () => {
  test("are those of the only preset, read once", async () => {
    const one = source();
    const { datasets } = ahead([daily("main")], one);
    const dataset = await datasets.get("main");
    expect(dataset?.panel.series[0]?.stamps).toEqual(Float64Array.of(DAY));
    expect(one.reads).toHaveLength(1);
  });

  test("are those of the preset that the request names", async () => {
    const { datasets } = ahead([daily("main"), daily("other")], source(), "other");
    expect([...datasets.keys()]).toEqual(["other"]);
    expect((await datasets.get("other"))?.preset.id).toBe("other");
  });

  test("are none where the strategy has a choice, or the request names what is not there", () => {
    expect(ahead([daily("main"), daily("other")], source()).datasets.size).toBe(0);
    expect(ahead([daily("main")], source(), "other").datasets.size).toBe(0);
  });

  test("tell what fails to whoever reads them, and to nobody else", async () => {
    const { provider } = source();
    const failing = { provider: { ...provider, revision: () => Promise.reject(new Error("no source")) } };
    const { datasets, abandon } = ahead([daily("main")], failing);
    await expect(datasets.get("main")).rejects.toThrow("no source");
    await abandon();
  });

  test("are abandoned: the reading is told, and has ended when that resolves", async () => {
    let release = (): void => {};
    const one = source(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const { datasets, abandon } = ahead([daily("main")], one);
    while (one.reads.length === 0) await new Promise(setImmediate);
    let ended = false;
    const abandoned = abandon().then(() => {
      ended = true;
    });
    expect(one.reads[0]?.aborted).toBe(true);
    expect(ended).toBe(false);
    release();
    await abandoned;
    await expect(datasets.get("main")).rejects.toMatchObject({ name: "AbortError" });
  });
});
