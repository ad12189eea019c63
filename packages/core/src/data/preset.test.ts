import { describe, expect, test } from "vitest";
import type { PresetDescription } from "../plugin/contract/data-provider.ts";
import { ohlcv } from "../schema/schema.ts";
import { type DataPreset, resolvePreset, selectSymbols } from "./preset.ts";

const offer: PresetDescription = {
  name: "daily",
  description: "bars",
  schema: ohlcv,
  intervals: ["1d", "1w"],
  symbols: ["AAA", "BBB"],
  stamp: "end",
  calendar: "XNYS",
};
const preset: DataPreset = {
  id: "main",
  preset: "acme.daily",
  interval: "1d",
  calendar: "XNYS",
  universe: { symbols: [{ id: "AAA", tags: [], currency: "USD" }] },
};
const symbols = (...ids: string[]) => ({ symbols: ids.map((id) => ({ id, tags: [], currency: "USD" })) });
const resolve = (change: Partial<DataPreset>, offers = [offer]) =>
  resolvePreset({ preset: { ...preset, ...change }, use: "acme", offers });

describe("resolvePreset", () => {
  test("finds the provider's offer", () => {
    expect(resolve({})).toBe(offer);
    expect(resolve({ universe: symbols("ZZZ") }, [{ ...offer, symbols: "any" }]).name).toBe("daily");
  });

  test.each<[string, Partial<DataPreset>, object]>([
    ["preset", { preset: "acme.hourly" }, { code: "data.unknown-preset", next: "acme offers acme.daily." }],
    ["interval", { interval: "1h" }, { code: "data.missing-interval", next: "It has 1d, 1w." }],
    [
      "symbol",
      { universe: symbols("AAA", "CCC") },
      { code: "data.unknown-symbol", next: "It has AAA, BBB (bars).", place: { preset: "main", symbol: "CCC" } },
    ],
    ["universe", { universe: symbols() }, { code: "data.invalid-universe" }],
    ["universe", { universe: symbols("AAA", "AAA") }, { code: "data.invalid-universe" }],
  ])("refuses an unknown %s with the list of what exists", (_, change, error) => {
    expect(() => resolve(change)).toThrow(expect.objectContaining(error));
  });

  test("names twenty of many symbols", () => {
    const many = Array.from({ length: 30 }, (_, i) => `S${i}`);
    expect(() => resolve({ universe: symbols("X") }, [{ ...offer, symbols: many }])).toThrow(
      expect.objectContaining({ next: expect.stringMatching(/S19 and 10 more/) }),
    );
  });
});

describe("selectSymbols", () => {
  const universe = [{ tags: ["etf", "sector"] }, { tags: ["etf"] }, { tags: ["bond"] }];
  test("wants one tag or all of them, in the universe's order", () => {
    expect(selectSymbols(universe, ["sector", "etf"], "any")).toEqual(universe.slice(0, 2));
    expect(selectSymbols(universe, ["sector", "etf"], "all")).toEqual(universe.slice(0, 1));
    expect(selectSymbols(universe, ["crypto"], "any")).toEqual([]);
  });
});
