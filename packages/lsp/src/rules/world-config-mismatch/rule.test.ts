import { describeRule } from "../rule.test.kit.ts";

const CONFIG = `//- qmtl.config.ts
import { defineConfig, use } from "@qmtl/core/plugin";
import acme, { judge, share } from "@acme/plugins";
export default defineConfig({ plugins: [use(acme), use(judge), use(share)] });
//- node_modules/@acme/plugins/qmtl.plugin.json
${JSON.stringify({
  format: 1,
  package: "@acme/plugins",
  version: "1.0.0",
  plugins: [
    {
      export: "default",
      kind: "data-provider",
      name: "@acme/plugins",
      use: "acme",
      api: 1,
      description: "Data",
      brings: {
        kind: "data-provider",
        live: false,
        pointInTime: false,
        presets: [
          {
            name: "daily",
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
            intervals: ["1d"],
            symbols: ["SPX", "NDX"],
            stamp: "end",
            calendar: "XNYS",
          },
        ],
      },
    },
    {
      export: "judge",
      kind: "evaluator",
      name: "@acme/plugins/judge",
      use: "judge",
      api: 1,
      description: "Judges",
      config: {
        type: "object",
        properties: { minPeriods: { type: "integer", minimum: 2, default: 20 } },
        additionalProperties: false,
      },
      brings: {
        kind: "evaluator",
        metrics: [{ name: "sharpe", formula: "mean / deviation", unit: "ratio", better: "higher" }],
      },
    },
    {
      export: "share",
      kind: "allocator",
      name: "@acme/plugins/share",
      use: "share",
      api: 1,
      description: "Shares",
      brings: { kind: "allocator" },
    },
  ],
  nodes: [],
})}`;

const world = (lines: Readonly<Record<string, string>> = {}): string => `//- worlds/w.yml
id: w
as_of: 2020-04-17
account: { equity: 1000, currency: USD }
data:
  presets:
    - id: d
${lines["preset"] ?? "      preset: acme.daily"}
${lines["interval"] ?? "      interval: 1d"}
      calendar: XNYS
${lines["universe"] ?? "      universe: { symbols: [{ id: SPX, currency: USD, tags: [us-index, large] }] }"}
brokerage: { fee: { none: {} }, slippage: { none: {} } }
policy:
${lines["gates"] ?? '  gates: { good: "sharpe > 1.0" }'}
  score: sharpe
  top_k: { total: 1 }
  hysteresis: { enter: 0.2, exit: 0.1 }
${lines["evaluators"] ?? "evaluators: [{ use: judge }]"}
${lines["allocator"] ?? "allocator: { use: share }"}`;

const strategy = (stream: string, symbol = '"SPX"'): string => `//- strategies/s.ts
import { bookTop, fraction, ohlcv } from "@qmtl/core/schema";
import { cast, pick, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "s",
  graph() {
${stream}
    const one = pick(bars, ${symbol});
    return targetWeights({ SPX: cast(one.close, fraction) });
  },
});`;

const FITS = '    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });';

describeRule("P701", {
  flagged: {
    "an unknown metric in a gate": `${CONFIG}
${world({ gates: '  gates: { good: "sharp > 1.0" }\n  #               ^^^^^ P701 sharp' })}`,
    "a plugin that the project does not use": `${CONFIG}
${world({ allocator: "allocator: { use: shar }\n#                 ^^^^ P701 There is no allocator" })}`,
    "configuration that a plugin does not take": `${CONFIG}
${world({
  evaluators:
    "evaluators: [{ use: judge, config: { minPeriods: 1, size: 3 } }]\n#                                                ^ P701 at least 2\n#                                                   ^^^^ P701 not known here",
})}`,
    "a preset that nobody offers": `${CONFIG}
${world({ preset: "      preset: acme.dayly\n#             ^^^^^^^^^^ P701 There is no preset" })}`,
    "an interval that the provider lacks": `${CONFIG}
${world({ interval: "      interval: 1h\n#               ^^ P701 has no bars of 1h" })}`,
    "a symbol that the provider lacks": `${CONFIG}
${world({ universe: "      universe: { symbols: [{ id: SPY, currency: USD }] }\n#                                 ^^^ P701 There is no symbol" })}`,
    "another name than the file's": `//- worlds/w.yml
id: other
#^^^^^^^ P701 The file is w.yml
`
      .replace("#^^^^^^^", "#   ^^^^^")
      .concat(world().split("\n").slice(2).join("\n")),
    "an interval that no world has": `${CONFIG}
${world()}
${strategy('    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1h" });\n    //                                                                 ^^^^ P701 has bars of 1h')}`,
    "a schema that no preset has": `${CONFIG}
${world()}
${strategy('    const bars = stream({ schema: bookTop, tags: ["us-index"], interval: "1d" });\n    //           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ P701 fits no data preset')}`.replace(
      "one.close",
      "one.bid",
    ),
    "a symbol that no world has": `${CONFIG}
${world()}
${strategy(FITS, '"SPY");\n    //                     ^^^^^ P701 There is no symbol "SPY"\n    void (0')}`,
    "what is no manifest": `//- qmtl.plugin.json
{ "format": 2, "package": "x", "version": "1.0.0", "plugins": [], "nodes": [] }
#           ^ P701`,
  },
  clean: {
    "a strategy in its world": `${CONFIG}
${world()}
${strategy(FITS)}`,
    "tags of which one is enough": `${CONFIG}
${world()}
${strategy('    const bars = stream({ schema: ohlcv, tags: ["us-index", "bonds"], interval: "1d" });')}`,
    "plugins without a manifest": `//- qmtl.config.ts
import { defineConfig, use } from "@qmtl/core/plugin";
import other from "@acme/other";
export default defineConfig({ plugins: [use(other)] });
${world()}`,
    "a project whose worlds can't be read": `//- worlds/w.yml
id: w
${strategy('    const bars = stream({ schema: ohlcv, tags: ["nowhere"], interval: "1h" });').replace("//- worlds/w.yml", "")}`.replace(
      "//- worlds/w.yml\nid: w\n",
      "",
    ),
  },
  fixed: {
    "a slip in a provider": [`${CONFIG}\n${world({ preset: "      preset: acmee.daily" })}`, world()],
    "a slip in a key": [
      `${CONFIG}\n${world({ allocator: "allocator: { use: share }\nmax_mod: validate" })}`,
      world({ allocator: "allocator: { use: share }\nmax_mode: validate" }),
    ],
    "a word that is none of those it may be": [
      `${CONFIG}\n${world({ allocator: "max_mode: backtest\nallocator: { use: share }" })}`,
      world({ allocator: "max_mode: validate\nallocator: { use: share }" }),
    ],
    "an interval that its preset lacks": [`${CONFIG}\n${world({ interval: "      interval: 1h" })}`, world()],
    "an interval that no preset has": [`${CONFIG}\n${world()}\n${strategy(FITS.replace("1d", "1h"))}`, strategy(FITS)],
    "a symbol that the world does not have": [`${CONFIG}\n${world()}\n${strategy(FITS, '"VIX"')}`, strategy(FITS)],
    "a slip in a world": [`${CONFIG}\n${world({ preset: "      preset: acme.dialy" })}`, `${world()}`],
    "a slip in a tag": [
      `${CONFIG}\n${world()}\n${strategy('    const bars = stream({ schema: ohlcv, tags: ["us-indx"], interval: "1d" });')}`,
      strategy(FITS),
    ],
  },
});
