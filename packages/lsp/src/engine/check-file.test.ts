import { describe, expect, test } from "vitest";
import { checkFile, type Submission } from "./check-file.ts";

const MANIFEST = JSON.stringify({
  format: 1,
  package: "@acme/data",
  version: "1.0.0",
  plugins: [
    {
      export: "default",
      kind: "data-provider",
      name: "@acme/data",
      use: "acme",
      api: 1,
      description: "Data",
      brings: {
        kind: "data-provider",
        live: false,
        pointInTime: false,
        presets: [
          {
            name: "bars",
            description: "Bars",
            schema: {
              id: "ohlcv@1",
              columns: {
                open: { dtype: "f64", unit: "price" },
                high: { dtype: "f64", unit: "price" },
                low: { dtype: "f64", unit: "price" },
                close: { dtype: "f64", unit: "price" },
                volume: { dtype: "f64", unit: "quantity" },
              },
              fold: {},
            },
            intervals: ["1h", "1d"],
            symbols: ["SPX"],
            stamp: "end",
            calendar: "XNYS",
          },
        ],
      },
    },
    {
      export: "equal",
      kind: "allocator",
      name: "@acme/data/equal",
      use: "equal",
      api: 1,
      description: "Shares equally",
      brings: { kind: "allocator" },
    },
  ],
  nodes: [],
});

const world = (id: string, interval: string, more = ""): string => `id: ${id}
as_of: 2020-04-17
account: { equity: 1000, currency: USD }
data: { presets: [{ id: bars, preset: acme.bars, interval: ${interval}, calendar: XNYS, universe: { symbols: [{ id: SPX, currency: USD, tags: [index] }] } }] }
brokerage: { fee: { none: {} }, slippage: { none: {} } }
policy: { preset: moderate }
allocator: { use: equal }
${more}`;

const strategy = (name: string, interval: string, body = "bars.close"): string => `strategy({
  name: "${name}",
  params: { clock: param.choice("1d", ["1d", "1h"]) },
  graph({ params }) {
    const bars = stream({ schema: ohlcv, tags: ["index"], interval: ${interval} });
    const other = stream({ schema: ohlcv, tags: ["index"], interval: "1d" });
    const both = node({ name: "both", inputs: { close: ${body} }, output: { held: quantity }, compute: () => ({ held: 1 }) });
    return targetPositions(both.held);
  },
})`;

const IMPORTS = `import { ohlcv, quantity } from "@qmtl/core/schema";
import { node, param, strategy, stream, targetPositions } from "@qmtl/core/strategy";
`;

function check(texts: Readonly<Record<string, string>>, submission: Submission): readonly string[] {
  const files: Readonly<Record<string, string>> = {
    "qmtl.config.ts":
      'import { defineConfig, use } from "@qmtl/core/plugin";\nimport acme, { equal } from "@acme/data";\nexport default defineConfig({ plugins: [use(acme), use(equal)] });',
    "node_modules/@acme/data/qmtl.plugin.json": MANIFEST,
    "worlds/daily.yml": world("daily", "1d"),
    "worlds/hourly.yml": world("hourly", "1h"),
    ...texts,
  };
  return checkFile({ read: (path) => files[path] }, "strategies/s.ts", submission)
    .filter(({ severity }) => severity === "error")
    .map(({ code, place, message }) => `${code} ${place.file}:${place.start.line} ${message}`);
}

const DAILY = { "strategies/s.ts": `${IMPORTS}export default ${strategy("s", '"1d"')};` };

describe("a submission is checked", () => {
  test("as fine where it fits its world, whatever other worlds are like", () => {
    expect(check({ ...DAILY, "worlds/broken.yml": "id: [" }, { world: "daily" })).toEqual([]);
  });

  test("with the world that it is for", () => {
    const found = check(DAILY, { world: "hourly" });
    expect(found[0]).toMatch(/^P701 strategies\/s\.ts:7 No preset of world "hourly" has bars of 1d/);
  });

  test("by rules that look at the graph", () => {
    const text = `${IMPORTS}export default ${strategy("s", '"1d"', "other.clos")};`;
    expect(check({ "strategies/s.ts": text }, { world: "daily" })).toEqual([
      expect.stringMatching(/^S201 strategies\/s\.ts:9 /),
    ]);
  });

  test("with the params that are given", () => {
    const text = `${IMPORTS}export default ${strategy("s", "params.clock").replace(/\n {4}const other.*/, "")};`;
    const files = { "strategies/s.ts": text };
    expect(check(files, { world: "hourly", params: { clock: "1h" } })).toEqual([]);
    expect(check(files, { world: "hourly" })).toEqual([expect.stringMatching(/^P701 /)]);
  });

  test("as what the file exports by default", () => {
    const hourly = strategy("other", '"1h"').replace(/\n {4}const other.*/, "");
    const text = `${IMPORTS}export const other = ${hourly};\nexport default ${strategy("s", '"1d"')};`;
    expect(check({ "strategies/s.ts": text }, { world: "daily" })).toEqual([]);
  });

  test("with what is wrong in its world's file", () => {
    expect(check({ ...DAILY, "worlds/daily.yml": world("daily", "1d", "levrage: 2") }, { world: "daily" })).toEqual([
      expect.stringMatching(/^P701 worlds\/daily\.yml:8 A world has no field `levrage`/),
    ]);
  });

  test("and a comment does not help against a rule that guards what is live", () => {
    const text = `${IMPORTS}export default ${strategy("s", '"1d"').replace("held: 1", "held: Math.random()")};`;
    const commented = text.replace("    const both", "    // qmtl-ignore C403 -- the desk likes it\n    const both");
    expect(check({ "strategies/s.ts": commented }, { world: "daily" })).toEqual([expect.stringMatching(/^C403 /)]);
  });
});
