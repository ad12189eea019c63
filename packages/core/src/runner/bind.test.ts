import { describe, expect, test } from "vitest";
import type { DataPreset } from "../data/preset.ts";
import { f64, price } from "../schema/cell.ts";
import { ohlcv, schema } from "../schema/schema.ts";
import { bindStreams, type OfferedPreset } from "./bind.ts";
import type { StreamRequest } from "./inspect.ts";

const request = (change: Partial<StreamRequest> = {}): StreamRequest => ({
  node: 0,
  schema: ohlcv,
  tags: ["us"],
  match: "any",
  interval: "1d",
  gaps: undefined,
  columns: ["close"],
  ...change,
});

const offered = (
  id: string,
  change: Partial<DataPreset> = {},
  of: OfferedPreset["offer"]["schema"] = ohlcv,
): OfferedPreset => ({
  preset: {
    id,
    preset: `samples.${id}`,
    interval: "1d",
    calendar: "XNYS",
    universe: {
      symbols: [
        { id: "A", tags: ["us", "large"], currency: "USD" },
        { id: "B", tags: ["us"], currency: "USD" },
        { id: "C", tags: ["eu"], currency: "USD" },
      ],
    },
    ...change,
  },
  offer: { name: id, description: "", schema: of, intervals: ["1d"], symbols: "any", stamp: "end", calendar: "XNYS" },
});

const bind = (streams: readonly StreamRequest[], presets: readonly OfferedPreset[], dataPreset?: string) =>
  bindStreams({ world: "w", streams, presets, ...(dataPreset !== undefined && { dataPreset }) });

describe("a stream binds to the one preset that fits", () => {
  test("by interval, schema and tags, with its symbols in the universe's order", () => {
    const [one] = bind([request()], [offered("hourly", { interval: "1h" }), offered("daily")]);
    expect(one).toMatchObject({ preset: { id: "daily" }, symbols: ["A", "B"] });
    expect(bind([request({ tags: ["us", "large"], match: "all" })], [offered("daily")])[0]?.symbols).toEqual(["A"]);
  });

  test("two streams may bind to two presets", () => {
    const bound = bind(
      [request(), request({ node: 1, interval: "1h" })],
      [offered("daily"), offered("hourly", { interval: "1h" })],
    );
    expect(bound.map(({ preset }) => preset.id)).toEqual(["daily", "hourly"]);
  });

  test("several that fit are an error that names them, unless one is chosen", () => {
    const presets = [offered("one"), offered("two")];
    expect(() => bind([request()], presets)).toThrow(
      expect.objectContaining({ code: "data.several-presets", message: expect.stringContaining("one and two") }),
    );
    expect(bind([request()], presets, "two")[0]?.preset.id).toBe("two");
  });

  test("a chosen preset that does not fit settles nothing", () => {
    expect(() =>
      bind([request()], [offered("one"), offered("two"), offered("hourly", { interval: "1h" })], "hourly"),
    ).toThrow(expect.objectContaining({ code: "data.several-presets" }));
  });
});

describe("what fits nothing says why, preset by preset", () => {
  test.each<[string, StreamRequest, string, string]>([
    ["no such interval", request({ interval: "1h" }), "data.missing-interval", "daily (has 1d)"],
    ["no such tag", request({ tags: ["jp"] }), "data.no-preset", "daily (has tags [us, large, eu])"],
    [
      "another schema",
      request({ schema: schema("acme.rates@1", { rate: f64 }) }),
      "data.no-preset",
      "daily (has ohlcv@1)",
    ],
    [
      "a column more",
      request({ schema: { ...ohlcv, columns: { ...ohlcv.columns, vwap: price } } }),
      "data.no-preset",
      "daily (lacks column vwap)",
    ],
    [
      "another unit",
      request({ schema: { ...ohlcv, columns: { ...ohlcv.columns, volume: price } } }),
      "data.no-preset",
      "daily (has volume as f64<quantity>)",
    ],
  ])("%s", (_what, stream, code, reason) => {
    expect(() => bind([stream], [offered("daily")])).toThrow(
      expect.objectContaining({ code, place: { world: "w" }, next: expect.stringContaining(reason) }),
    );
  });

  test("a world without presets", () => {
    expect(() => bind([request()], [])).toThrow(
      expect.objectContaining({ next: expect.stringContaining("Declare one") }),
    );
  });

  test("an undeclared preset lists the declared ones", () => {
    expect(() => bind([request()], [offered("daily")], "nope")).toThrow(
      expect.objectContaining({ code: "data.undeclared-preset", next: "It declares daily." }),
    );
  });
});
