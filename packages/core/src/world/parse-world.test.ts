import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expressionFaults } from "../policy/compile-policy.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { isQmtlError, type QmtlErrorJson } from "../schema/error.ts";
import { configDigest, instrumentsOf } from "./config.ts";
import { checkWorld, parseWorld, type WorldText } from "./parse-world.ts";
import { worldFileJsonSchema } from "./world-file.ts";

const EXAMPLE = `id: sp500-trend
as_of: 2020-04-17
account: { equity: 1000000, currency: USD }
data:
  presets:
    - id: daily
      preset: samples.sp500
      interval: 1d
      calendar: XNYS
      universe: { symbols: [{ id: SPX, tags: [us-index], currency: USD, lot: 0.0001, tick: 0.01 }] }
      window: { warmup_bars: 400, min_history: 1000 }
      gaps: mark
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} }, fill: next-open }
policy:
  gates: { trades: "num_trades >= 10.0", drawdown: "max_drawdown <= 0.4" }
  score: "sharpe - 0.2 * ulcer_index"
  constraints: { correlation: { max_pairwise: 0.8 } }
  top_k: { total: 3 }
  hysteresis: { enter: 0.3, exit: 0.2, promote_after: 2, demote_after: 2, min_dwell: 3 }
allocator: { use: equal }
max_mode: compute-only
`;

const FX = "preset: samples.fx, symbol: EURUSD, interval: 1d, calendar: 24x7";

/** The example in euros, converted by these entries. */
function foreign(fx: string): string {
  return changed("brokerage", `  fx:\n${fx}\nbrokerage: { fee: { none: {} }, slippage: { none: {} } }`).replace(
    "tags: [us-index], currency: USD",
    "tags: [us-index], currency: EUR",
  );
}

/** The example with one line replaced (or removed, by `undefined`), found by its beginning. */
function changed(start: string, line: string | undefined): string {
  const lines = EXAMPLE.split("\n");
  const at = lines.findIndex((candidate) => candidate.startsWith(start));
  if (at < 0) throw new Error(`the example has no line ${start}`);
  lines.splice(at, 1, ...(line === undefined ? [] : [line]));
  return lines.join("\n");
}

function mistakesOf(text: string, checkExpression?: WorldText["checkExpression"]): readonly QmtlErrorJson[] {
  try {
    parseWorld({ file: "worlds/w.yml", text, ...(checkExpression && { checkExpression }) });
  } catch (error) {
    if (!isQmtlError(error)) throw error;
    expect(error.code).toBe("world.invalid");
    expect(error.place.file).toBe("worlds/w.yml");
    for (const detail of error.details) {
      expect(detail.next).toBeTruthy();
      expect(detail.place?.line).toBeGreaterThan(0);
      expect(detail.place?.column).toBeGreaterThan(0);
    }
    return error.details;
  }
  throw new Error("the world was accepted");
}

/** `code path line:column` of every mistake. */
function summary(text: string, checkExpression?: WorldText["checkExpression"]): readonly string[] {
  return mistakesOf(text, checkExpression).map(
    ({ code, place }) => `${code} ${place?.path ?? "-"} ${place?.line}:${place?.column}`,
  );
}

test("reads the documented example, with every default filled in", () => {
  const { config, positions } = parseWorld({ file: "worlds/sp500-trend.yml", text: EXAMPLE });
  expect(config).toEqual({
    id: "sp500-trend",
    knowledge: { kind: "pinned", asOf: Date.UTC(2020, 3, 18) },
    account: { equity: 1_000_000, currency: "USD" },
    presets: [
      {
        id: "daily",
        preset: "samples.sp500",
        interval: "1d",
        calendar: "XNYS",
        universe: { symbols: [{ id: "SPX", tags: ["us-index"], currency: "USD", lot: 0.0001, tick: 0.01 }] },
        window: { warmup_bars: 400, min_history: 1000 },
        gaps: "mark",
      },
    ],
    brokerage: {
      fee: { kind: "percent", fraction: 0.0002 },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    policy: {
      gates: { trades: "num_trades >= 10.0", drawdown: "max_drawdown <= 0.4" },
      score: "sharpe - 0.2 * ulcer_index",
      constraints: { correlation: { maxPairwise: 0.8 } },
      topK: { total: 3 },
      hysteresis: { enter: 0.3, exit: 0.2, promoteAfter: 2, demoteAfter: 2, minDwell: 3 },
      minPeriods: 20,
    },
    evaluators: [{ use: "standard", config: {} }],
    allocator: { use: "equal", config: {} },
    maxMode: "compute-only",
    allowLive: false,
    apply: "auto",
    campaign: {
      backtest: { minSamples: 0 },
      paper: { window: 60, minSamples: 20 },
      live: { window: 60, minSamples: 20 },
      bounds: { minRatio: 0.5, maxShortfall: 2 },
      promoteAfter: 1,
      demoteAfter: 1,
      minDwell: 0,
      cooldown: 0,
    },
    runners: { gateTtl: 15_000, freezeTimeout: 30_000 },
    edges: { openAfterApply: false },
  });
  expect(positions["data.presets[0].interval"]).toEqual({
    key: { line: 8, column: 7, endLine: 8, endColumn: 15 },
    value: { line: 8, column: 17, endLine: 8, endColumn: 19 },
  });
  expect(() => canonicalJson(config)).not.toThrow();
});

test("a following world has its lag, and paper as its highest mode unless the file says otherwise", () => {
  const text = changed("as_of", "follow: { max_lag: 36h }").replace("max_mode: compute-only\n", "");
  const { config } = parseWorld({ file: "w.yml", text });
  expect(config.knowledge).toEqual({ kind: "following", maxLag: 36 * 3_600_000 });
  expect(config.policy.maxLag).toBe(36 * 3_600_000);
  expect(config.maxMode).toBe("paper");
  expect(parseWorld({ file: "w.yml", text: EXAMPLE.replace("max_mode: compute-only\n", "") }).config.maxMode).toBe(
    "compute-only",
  );
});

const LIVE = EXAMPLE.replace(/^as_of:.*$/m, "follow: { max_lag: 36h }").replace(
  "max_mode: compute-only",
  "max_mode: live\nallow_live: true",
);

test("a campaign is part of the configuration, field by field", () => {
  const text = `${LIVE}campaign:
  backtest: { min_samples: 250 }
  paper: { window: 40, min_samples: 30, slots: 5 }
  live: { window: 20, min_samples: 10, slots: 2 }
  bounds: { min_ratio: 0.4, max_shortfall: 1.5, max_drawdown: 0.2 }
  promote_after: 3
  demote_after: 2
  min_dwell: 5
  cooldown: 1.5d
  canary: { fraction: 0.5, scale: 0.25, periods: 20 }
`;
  const { config } = parseWorld({ file: "w.yml", text });
  expect(config.campaign).toEqual({
    backtest: { minSamples: 250 },
    paper: { window: 40, minSamples: 30, slots: 5 },
    live: { window: 20, minSamples: 10, slots: 2 },
    bounds: { minRatio: 0.4, maxShortfall: 1.5, maxDrawdown: 0.2 },
    promoteAfter: 3,
    demoteAfter: 2,
    minDwell: 5,
    cooldown: 129_600_000,
    canary: { fraction: 0.5, scale: 0.25, periods: 20 },
  });
  expect(configDigest(config)).not.toBe(configDigest(parseWorld({ file: "w.yml", text: LIVE }).config));
});

test.each([
  ["campaign: { promote_after: 0 }", "campaign.promote_after"],
  ["campaign: { paper: { window: 10 } }", "campaign.paper.window"],
  ["campaign: { live: { min_samples: 61 } }", "campaign.live.min_samples"],
  ["campaign: { paper: { window: 10, min_samples: 11 } }", "campaign.paper.min_samples"],
  ["campaign: { bounds: { max_drawdown: 1 } }", "campaign.bounds.max_drawdown"],
  ["campaign: { canary: { scale: 0, periods: 1 } }", "campaign.canary.scale"],
  ["campaign: { canary: { scale: 0.5 } }", "campaign.canary.periods"],
  ["campaign: { cooldown: 1w }", "campaign.cooldown"],
  ["campaign: { soak: 3 }", "campaign.soak"],
])("of a campaign, %s is refused where it stands", (line, path) => {
  const lines = LIVE.trimEnd().split("\n").length;
  expect(mistakesOf(`${LIVE}${line}\n`)).toEqual([
    expect.objectContaining({ place: expect.objectContaining({ path, line: lines + 1 }) }),
  ]);
});

test("a campaign that could have no effect is refused", () => {
  const paper = LIVE.replace("max_mode: live\nallow_live: true", "max_mode: paper");
  expect(summary(`${EXAMPLE}campaign: { cooldown: 3d }\n`)).toEqual([
    expect.stringMatching(/^world\.conflict campaign /),
  ]);
  expect(summary(`${paper}campaign: { live: { slots: 1 }, canary: { scale: 0.5, periods: 3 } }\n`)).toEqual([
    expect.stringMatching(/^world\.conflict campaign\.live /),
    expect.stringMatching(/^world\.conflict campaign\.canary /),
  ]);
  expect(
    parseWorld({ file: "w.yml", text: `${paper}campaign: { paper: { slots: 1 } }\n` }).config.campaign.paper.slots,
  ).toBe(1);
});

test("what a world asks of its runners and edges is part of its configuration", () => {
  const text = `${EXAMPLE}runners: { gate_ttl: 3s, freeze_timeout_ms: 500 }\nedges: { open_after_apply: true }\n`;
  const { config } = parseWorld({ file: "w.yml", text });
  expect(config.runners).toEqual({ gateTtl: 3000, freezeTimeout: 500 });
  expect(config.edges).toEqual({ openAfterApply: true });
  expect(configDigest(config)).not.toBe(configDigest(parseWorld({ file: "w.yml", text: EXAMPLE }).config));
});

test.each([
  ["runners: { gate_ttl: 15 }", "runners.gate_ttl"],
  ["runners: { gate_ttl: 200ms }", "runners.gate_ttl"],
  ["runners: { gate_ttl: 2h }", "runners.gate_ttl"],
  ["runners: { freeze_timeout_ms: 10 }", "runners.freeze_timeout_ms"],
  ["runners: { freeze_timeout_ms: 1.5 }", "runners.freeze_timeout_ms"],
  ["runners: { ttl: 15s }", "runners.ttl"],
  ["edges: { open_after_apply: perhaps }", "edges.open_after_apply"],
])("%s is refused where it stands", (line, path) => {
  const lines = EXAMPLE.trimEnd().split("\n").length;
  const mistakes = mistakesOf(`${EXAMPLE}${line}\n`);
  expect(mistakes).toEqual([expect.objectContaining({ place: expect.objectContaining({ path, line: lines + 1 }) })]);
});

test.each([
  [
    "fee: { percent: 0.0002 }",
    "fee: { per_share: { amount: 0.005, minimum: 1 } }",
    { fee: { kind: "per-share", amount: 0.005, minimum: 1 } },
  ],
  ["fee: { percent: 0.0002 }", "fee: { per_share: { amount: 0.005 } }", { fee: { kind: "per-share", amount: 0.005 } }],
  ["fee: { percent: 0.0002 }", "fee: { none: {} }", { fee: { kind: "none" } }],
  ["slippage: { none: {} }", "slippage: { percent: 0.001 }", { slippage: { kind: "percent", fraction: 0.001 } }],
  [
    "fee: { percent: 0.0002 }",
    "fee: { per_notional: { fraction: 0.001, minimum: 1, maximum: 20 } }",
    { fee: { kind: "percent", fraction: 0.001, minimum: 1, maximum: 20 } },
  ],
  [
    "fee: { percent: 0.0002 }",
    "fee: { maker_taker: { maker: -0.0001, taker: 0.0004 } }",
    { fee: { kind: "maker-taker", maker: -0.0001, taker: 0.0004 } },
  ],
  [
    "fee: { percent: 0.0002 }",
    "fee: { tiered: { of: shares, over: month, tiers: [{ up_to: 300000, rate: 0.0035 }, { rate: 0.002 }], maker: -0.002, minimum: 1 } }",
    {
      fee: {
        kind: "tiered",
        of: "shares",
        over: "month",
        tiers: [
          { upTo: 300_000, rate: 0.0035 },
          { upTo: Number.MAX_VALUE, rate: 0.002 },
        ],
        maker: -0.002,
        taker: 0,
        minimum: 1,
      },
    },
  ],
  [
    "slippage: { none: {} }",
    "slippage: { spread: { width: 0.02 } }",
    { slippage: { kind: "spread", width: 0.02, part: 0.5 } },
  ],
  [
    "slippage: { none: {} }",
    "slippage: { volume_share: { coefficient: 0.1, fallback: 0.0005 } }",
    { slippage: { kind: "volume-share", coefficient: 0.1, fallback: 0.0005 } },
  ],
  [
    "slippage: { none: {} }",
    "slippage: { square_root: { coefficient: 0.7, fallback: 0.001 } }",
    { slippage: { kind: "square-root", coefficient: 0.7, fallback: 0.001, window: 20 } },
  ],
  ["fill: next-open", "fill: market-on-close, time_in_force: day", { fill: "market-on-close", timeInForce: "day" }],
  ["fill: next-open", "path: open-low-high-close", { path: "open-low-high-close" }],
  ["fill: next-open", "volume_cap: { share: 0.1, units: 500 }", { volumeCap: { share: 0.1, units: 500 } }],
  [
    "fill: next-open",
    "margin: { long: { initial: 0.5, maintenance: 0.25 }, short: { initial: 0.5, maintenance: 0.3 }, leverage: 1.8 }",
    {
      margin: {
        long: { initial: 0.5, maintenance: 0.25 },
        short: { initial: 0.5, maintenance: 0.3 },
        leverage: 1.8,
      },
    },
  ],
  ["fill: next-open", "settlement: { sessions: 2 }", { settlement: { sessions: 2 } }],
  [
    "fill: next-open",
    "borrow: { rate: 0.01 }, interest: { credit: [{ from: 0, rate: 0.01 }, { from: 10000, rate: 0.02 }], debit: 0.06 }",
    {
      borrow: { rate: 0.01 },
      interest: {
        credit: [
          { from: 0, rate: 0.01 },
          { from: 10_000, rate: 0.02 },
        ],
        debit: 0.06,
      },
    },
  ],
  ["fill: next-open", "act: { every-bar: {} }", { act: { kind: "every-bar" } }],
  ["fill: next-open", "act: { band: 0.05 }, max_stale: 2", { act: { kind: "band", fraction: 0.05 }, maxStale: 2 }],
])("brokerage: %s -> %s", (from, to, expected) => {
  expect(parseWorld({ file: "w.yml", text: EXAMPLE.replace(from, to) }).config.brokerage).toMatchObject(expected);
});

test("a brokerage that leaves everything out is a plain cash account, and what a symbol says of borrowing is kept", () => {
  const { brokerage } = parseWorld({ file: "w.yml", text: EXAMPLE }).config;
  expect(Object.keys(brokerage)).toEqual(["fee", "slippage", "fill", "act", "maxStale"]);
  const text = EXAMPLE.replace("tick: 0.01", "tick: 0.01, shortable: false, borrow_rate: 0.2");
  const { presets } = parseWorld({ file: "w.yml", text }).config;
  expect(instrumentsOf(presets)).toEqual([
    { symbol: "SPX", currency: "USD", lot: 0.0001, tick: 0.01, shortable: false, borrowRate: 0.2 },
  ]);
});

describe("a brokerage that can't be is refused at its line", () => {
  const flow = (fields: string) =>
    changed("brokerage:", `brokerage: { fee: { none: {} }, slippage: { none: {} }, ${fields} }`);
  test.each([
    [
      "maximum below minimum",
      "fee: { per_share: { amount: 1, minimum: 2, maximum: 1 } }",
      "world.conflict brokerage.fee.per_share.maximum",
    ],
    [
      "a negative taker",
      "fee: { maker_taker: { maker: 0, taker: -0.1 } }",
      "world.out-of-range brokerage.fee.maker_taker.taker",
    ],
    [
      "a rebate of more than all",
      "fee: { maker_taker: { maker: -1, taker: 0 } }",
      "world.out-of-range brokerage.fee.maker_taker.maker",
    ],
    [
      "no tier",
      "fee: { tiered: { of: shares, over: order, tiers: [] } }",
      "world.out-of-range brokerage.fee.tiered.tiers",
    ],
    [
      "tiers that fall",
      "fee: { tiered: { of: shares, over: order, tiers: [{ up_to: 9, rate: 1 }, { up_to: 9, rate: 2 }] } }",
      "world.conflict brokerage.fee.tiered.tiers[1].up_to",
    ],
    [
      "an endless tier before another",
      "fee: { tiered: { of: shares, over: order, tiers: [{ rate: 1 }, { up_to: 9, rate: 2 }] } }",
      "world.missing-key brokerage.fee.tiered.tiers[0].up_to",
    ],
    [
      "an absurd slippage",
      "slippage: { volume_share: { coefficient: 0.1, fallback: 1 } }",
      "world.out-of-range brokerage.slippage.volume_share.fallback",
    ],
    [
      "a window of two",
      "slippage: { square_root: { coefficient: 1, fallback: 0, window: 2 } }",
      "world.out-of-range brokerage.slippage.square_root.window",
    ],
    ["another path", "path: optimistic", "world.wrong-value brokerage.path"],
    ["a date in a world", "time_in_force: gtd", "world.wrong-value brokerage.time_in_force"],
    ["a cap of all and more", "volume_cap: { share: 1.5 }", "world.out-of-range brokerage.volume_cap.share"],
    ["a cap of nothing", "volume_cap: {}", "world.conflict brokerage.volume_cap"],
    [
      "keeping dearer than opening",
      "margin: { long: { initial: 0.2, maintenance: 0.3 }, short: { initial: 1, maintenance: 1 } }",
      "world.conflict brokerage.margin.long.maintenance",
    ],
    [
      "settlement beside margin",
      "margin: { long: { initial: 1, maintenance: 1 }, short: { initial: 1, maintenance: 1 } }, settlement: { sessions: 2 }",
      "world.conflict brokerage.settlement",
    ],
    ["half a session", "settlement: { sessions: 1.5 }", "world.wrong-type brokerage.settlement.sessions"],
    ["a lender who pays", "borrow: { rate: -0.01 }", "world.out-of-range brokerage.borrow.rate"],
    [
      "credit tiers that fall",
      "interest: { credit: [{ from: 5, rate: 0 }, { from: 1, rate: 0 }] }",
      "world.conflict brokerage.interest.credit[1].from",
    ],
    ["a field that there is not", "leverage: 2", "world.unknown-key brokerage.leverage"],
  ])("%s", (_what, fields, expected) => {
    const text = fields.startsWith("fee")
      ? flow("fill: next-open").replace("fee: { none: {} }", fields)
      : fields.startsWith("slippage")
        ? flow("fill: next-open").replace("slippage: { none: {} }", fields)
        : flow(fields);
    const [only, ...more] = summary(text);
    expect(more).toEqual([]);
    expect(only).toMatch(/ 13:\d+$/);
    expect(only?.replace(/ 13:\d+$/, "")).toBe(expected);
  });
});

test("a policy preset is filled in, and the file's own values win one by one", () => {
  const text = `${EXAMPLE.slice(0, EXAMPLE.indexOf("policy:"))}policy: { preset: moderate, gates: { trades: "num_trades >= 5" }, hysteresis: { min_dwell: 7 } }\nallocator: { use: equal }\n`;
  const { policy } = parseWorld({ file: "w.yml", text }).config;
  const plain = parseWorld({ file: "w.yml", text: text.replace(/, gates.*\n/, " }\n") }).config.policy;
  expect(policy.gates).toEqual({ ...plain.gates, trades: "num_trades >= 5" });
  expect(Object.keys(plain.gates).length).toBeGreaterThan(0);
  expect(policy.hysteresis).toEqual({ ...plain.hysteresis, minDwell: 7 });
  expect(policy.constraints).toEqual(plain.constraints);
});

describe("refuses", () => {
  test("every mistake at once, each with its place", () => {
    const text = `id: Sp500 Trend
as_of: 2020-02-31
accunt: { equity: 1 }
data:
  presets:
    - id: daily
      preset: sp500
      interval: 2d
      calendar: NYSE
      universe: { symbols: [{ id: SPX, currency: usd, lot: -1 }, { tags: [x y] }] }
      gaps: fill
brokerage: { fee: { percent: 2, none: {} }, slippage: { pct: 1 }, fill: last-close }
policy:
  gates: { "a b": "x > 1", empty: "  " }
  score: 3
  top_k: { total: 0 }
  hysteresis: { enter: 0.1, exit: 0.2, promote_after: 1.5 }
allocator: equal
max_mode: papr
allow_live: yes
`;
    expect(summary(text)).toEqual([
      "world.missing-key account 1:1",
      "world.wrong-value id 1:5",
      "world.wrong-value as_of 2:8",
      "world.unknown-key accunt 3:1",
      "world.wrong-value data.presets[0].preset 7:15",
      "world.wrong-value data.presets[0].interval 8:17",
      "world.wrong-value data.presets[0].calendar 9:17",
      "world.wrong-value data.presets[0].universe.symbols[0].currency 10:50",
      "world.out-of-range data.presets[0].universe.symbols[0].lot 10:60",
      "world.missing-key data.presets[0].universe.symbols[1].id 10:66",
      "world.missing-key data.presets[0].universe.symbols[1].currency 10:66",
      "world.wrong-value data.presets[0].universe.symbols[1].tags[0] 10:75",
      "world.wrong-value data.presets[0].gaps 11:13",
      "world.conflict brokerage.fee 12:19",
      "world.unknown-key brokerage.slippage.pct 12:57",
      "world.wrong-value brokerage.fill 12:73",
      'world.wrong-value policy.gates["a b"] 14:12',
      "world.wrong-value policy.gates.empty 14:35",
      "world.wrong-type policy.score 15:10",
      "world.out-of-range policy.top_k.total 16:19",
      "world.conflict policy.hysteresis.exit 17:35",
      "world.wrong-type policy.hysteresis.promote_after 17:55",
      "world.wrong-type allocator 18:12",
      "world.wrong-value max_mode 19:11",
      "world.wrong-type allow_live 20:13",
    ]);
    const nexts = new Map(mistakesOf(text).map(({ place, next }) => [place?.path, next]));
    expect(nexts.get("accunt")).toBe("Did you mean `account`?");
    expect(nexts.get("max_mode")).toBe("Did you mean paper?");
    expect(nexts.get("brokerage.fee")).toBe(
      "Give exactly one of { percent: … }, { per_notional: … }, { per_share: … }, { maker_taker: … }, { tiered: … }, { none: … }.",
    );
  });

  test.each<[name: string, text: string, mistakes: readonly string[]]>([
    ["neither as_of nor follow", changed("as_of", undefined), ["world.missing-key as_of 1:1"]],
    ["both", changed("as_of", "as_of: 2020-04-17\nfollow: { max_lag: 1d }"), ["world.conflict follow 3:9"]],
    [
      "a lag of nothing",
      changed("as_of", "follow: { max_lag: 0d }").replace("compute-only", "paper"),
      ["world.wrong-value follow.max_lag 2:20"],
    ],
    [
      "a lag at the top",
      changed("as_of", "max_lag: 1d"),
      ["world.missing-key as_of 1:1", "world.unknown-key max_lag 2:1"],
    ],
    ["paper in a pinned world", changed("max_mode", "max_mode: paper"), ["world.conflict max_mode 21:11"]],
    ["live allowed in a pinned world", `${EXAMPLE}allow_live: true\n`, ["world.conflict allow_live 22:13"]],
    [
      "live allowed without effect",
      `${changed("as_of", "follow: { max_lag: 1d }").replace("max_mode: compute-only\n", "")}allow_live: true\n`,
      ["world.conflict allow_live 21:13"],
    ],
    [
      "another currency",
      EXAMPLE.replace("tags: [us-index], currency: USD", "tags: [us-index], currency: EUR"),
      ["world.conflict data.presets[0].universe.symbols[0].currency 10:68"],
    ],
    [
      "rates that no symbol needs, of the account's own currency, and twice",
      foreign(
        `    - { currency: EUR, ${FX} }\n    - { currency: USD, ${FX} }\n    - { currency: GBP, ${FX} }\n    - { currency: EUR, ${FX} }`,
      ),
      [
        "world.conflict data.fx[1].currency 15:19",
        "world.conflict data.fx[2].currency 16:19",
        "world.duplicate data.fx[3].currency 17:19",
      ],
    ],
    [
      "rates without a symbol, and with a gap policy that can't be",
      foreign("    - { currency: EUR, preset: samples.fx, interval: 1d, calendar: 24x7, gaps: mark }"),
      ["world.missing-key data.fx[0].symbol 14:7", "world.wrong-value data.fx[0].gaps 14:80"],
    ],
    [
      "a symbol twice",
      EXAMPLE.replace("[{ id: SPX,", "[{ id: SPX, currency: USD }, { id: SPX,"),
      ["world.duplicate data.presets[0].universe.symbols[1].id 10:63"],
    ],
    [
      "a tag twice",
      EXAMPLE.replace("[us-index]", "[us-index, us-index]"),
      ["world.duplicate data.presets[0].universe.symbols[0].tags[1] 10:57"],
    ],
    [
      "an evaluator twice",
      `${EXAMPLE}evaluators: [{ use: standard }, { use: standard }]\n`,
      ["world.duplicate evaluators[1].use 22:40"],
    ],
    ["no evaluators", `${EXAMPLE}evaluators: []\n`, ["world.out-of-range evaluators 22:13"]],
    [
      "less history than warm-up",
      EXAMPLE.replace("min_history: 1000", "min_history: 10"),
      ["world.conflict data.presets[0].window.min_history 11:48"],
    ],
    [
      "an unknown key beside a choice",
      EXAMPLE.replace("{ percent: 0.0002 }", "{ percent: 0.0002, minimum: 1 }"),
      ["world.unknown-key brokerage.fee.minimum 13:38"],
    ],
    [
      "an unknown key beside a wrong choice",
      EXAMPLE.replace("{ percent: 0.0002 }", "{ percent: x, minimum: 1 }"),
      ["world.wrong-type brokerage.fee.percent 13:30", "world.unknown-key brokerage.fee.minimum 13:33"],
    ],
    [
      "max_stale at a preset",
      EXAMPLE.replace("gaps: mark", "max_stale: 3"),
      ["world.unknown-key data.presets[0].max_stale 12:7"],
    ],
    ["a policy without score", changed("  score", undefined), ["world.missing-key policy.score 14:1"]],
    ["exit above enter", EXAMPLE.replace("exit: 0.2", "exit: 0.4"), ["world.conflict policy.hysteresis.exit 19:35"]],
    [
      "a correlation above 1",
      EXAMPLE.replace("max_pairwise: 0.8", "max_pairwise: 8"),
      ["world.out-of-range policy.constraints.correlation.max_pairwise 17:47"],
    ],
    ["infinity", EXAMPLE.replace("equity: 1000000", "equity: .inf"), ["world.not-finite account.equity 3:20"]],
    ["not a number", EXAMPLE.replace("equity: 1000000", "equity: .nan"), ["world.not-finite account.equity 3:20"]],
    ["a list", "- a\n", ["world.wrong-type - 1:1"]],
    ["nothing", "# nothing\n", ["world.empty - 1:1"]],
    ["broken YAML", `${EXAMPLE}apply: [auto\n`, ["world.yaml-syntax - 23:1"]],
    ["a key twice", `${EXAMPLE}allocator: { use: equal }\n`, ["world.duplicate-key allocator 22:1"]],
    [
      "a reserved key",
      EXAMPLE.replace("gates: {", "gates: { __proto__: a,"),
      ["world.reserved-key policy.gates.__proto__ 15:12"],
    ],
    [
      "a merge key",
      EXAMPLE.replace("allocator: {", "allocator: { <<: {},"),
      ['world.yaml-feature allocator["<<"] 20:14'],
    ],
    [
      "an anchor and an alias",
      EXAMPLE.replace("equity: 1000000", "equity: &e 1").replace("total: 3", "total: *e"),
      ["world.yaml-feature - 3:20", "world.yaml-feature - 18:19"],
    ],
    ["a tag", EXAMPLE.replace("1000000", "!!float 1"), ["world.yaml-feature - 3:20"]],
    ["a directive", `%YAML 1.1\n---\n${EXAMPLE}`, ["world.yaml-feature - 1:1"]],
    ["two documents", `${EXAMPLE}---\n${EXAMPLE}`, ["world.yaml-feature - 22:1"]],
    ["a key that is no text", `${EXAMPLE}[1, 2]: x\n`, ["world.yaml-syntax - 22:1"]],
  ])("%s", (_, text, mistakes) => {
    expect(summary(text)).toEqual(mistakes);
  });

  test("a key twice names both lines", () => {
    const [mistake] = mistakesOf(`${EXAMPLE}allocator: { use: equal }\n`);
    expect(mistake?.message).toBe("`allocator` is written twice, first at line 20");
  });

  test("a second preset whose symbol is another instrument", () => {
    const second =
      "    - { id: hourly, preset: samples.panel, interval: 1h, calendar: 24x7, universe: { symbols: [{ id: SPX, currency: USD, lot: 1, tick: 0.01 }] } }";
    const text = EXAMPLE.replace("brokerage:", `${second}\nbrokerage:`);
    expect(summary(text)).toEqual(["world.conflict data.presets[1].universe.symbols[0].lot 13:127"]);
    expect(summary(text.replace("id: hourly", "id: daily"))[0]).toBe("world.duplicate data.presets[1].id 13:13");
  });
});

test("rates of a currency are a series of one symbol, by its closes unless it says otherwise", () => {
  const { config } = parseWorld({ file: "w.yml", text: foreign(`    - { currency: EUR, ${FX} }`) });
  expect(config.fx).toEqual([
    {
      currency: "EUR",
      column: "close",
      series: {
        ...{ id: "fx.EUR", preset: "samples.fx", interval: "1d", calendar: "24x7", gaps: "refuse" },
        universe: { symbols: [{ id: "EURUSD", tags: [], currency: "USD" }] },
      },
    },
  ]);
  expect("fx" in parseWorld({ file: "w.yml", text: EXAMPLE }).config).toBe(false);
});

describe("expressions", () => {
  const problemAt =
    (word: string): NonNullable<WorldText["checkExpression"]> =>
    ({ text }) =>
      text.includes(word)
        ? [{ message: `unknown metric ${word}`, offset: text.indexOf(word), length: word.length }]
        : [];

  test.each<[name: string, written: string, place: string]>([
    ["plain", "score: sharpe - 0.2 * ulcer", "16:25"],
    ["double-quoted", 'score: "sharpe - 0.2 * ulcer"', "16:26"],
    ["double-quoted with an escape before it", 'score: "sharpe -\\t0.2 * ulcer"', "16:27"],
    ["double-quoted with escapes of all lengths", 'score: "\\x20\\u0020\\U00000020ulcer"', "16:31"],
    ["single-quoted with a quote in it", "score: 'a''b ulcer'", "16:16"],
    ["single-quoted", "score: 'sharpe - 0.2 * ulcer'", "16:26"],
    ["literal block", "score: |\n    sharpe\n    - 0.2 * ulcer", "18:13"],
    ["folded block", "score: >-\n    sharpe\n    - 0.2 * ulcer", "18:13"],
    ["plain over two lines", "score: sharpe\n    - 0.2 * ulcer", "17:13"],
  ])("a problem in a score written %s stands at its word", (_, written, place) => {
    const text = changed("  score", `  ${written}`);
    expect(summary(text, problemAt("ulcer"))).toEqual([`world.expression policy.score ${place}`]);
    expect(() => parseWorld({ file: "w.yml", text, checkExpression: problemAt("nothing of this") })).not.toThrow();
  });

  test("the policy's own compiler fits", () => {
    const metrics = ["sharpe", "ulcer_index", "num_trades", "max_drawdown"].map(
      (name) => ({ name, formula: "", unit: "ratio", better: "higher" }) as const,
    );
    const check: NonNullable<WorldText["checkExpression"]> = (expression) => expressionFaults(expression, metrics);
    expect(() => parseWorld({ file: "w.yml", text: EXAMPLE, checkExpression: check })).not.toThrow();
    expect(summary(EXAMPLE.replace("max_drawdown", "max_drawdwn"), check)).toEqual([
      "world.expression policy.gates.drawdown 15:53",
    ]);
  });

  test("gates are checked by name, together with the other mistakes", () => {
    const seen: unknown[] = [];
    const text = EXAMPLE.replace("total: 3", "total: x");
    expect(
      summary(text, (expression) => {
        seen.push(expression);
        return expression.name === "drawdown" ? [{ message: "no", offset: 0 }] : [];
      }),
    ).toEqual(["world.expression policy.gates.drawdown 15:53", "world.wrong-type policy.top_k.total 18:19"]);
    expect(seen).toEqual([
      { kind: "gate", name: "trades", text: "num_trades >= 10.0" },
      { kind: "gate", name: "drawdown", text: "max_drawdown <= 0.4" },
      { kind: "score", text: "sharpe - 0.2 * ulcer_index" },
    ]);
  });
});

describe("hostile text ends in one mistake", () => {
  const many = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join("");
  test.each<[name: string, text: string, code: string]>([
    ["100,000 lists on one line", "[".repeat(100_000), "world.too-deep"],
    ["100,000 maps on one line", "{a: ".repeat(60_000), "world.too-deep"],
    ["deep list items", "- ".repeat(100_000), "world.too-deep"],
    ["deep explicit keys", "? ".repeat(100_000), "world.too-deep"],
    ["deep compact maps", "a: ".repeat(80_000), "world.too-deep"],
    ["deep block maps", many(600, (i) => `${" ".repeat(i)}a:\n`), "world.too-deep"],
    [
      "deep lists under keys of their column",
      many(200, (i) => `${"  ".repeat(i)}a:\n${"  ".repeat(i)}- b:\n`),
      "world.too-deep",
    ],
    ["40,000 keys", many(40_000, (i) => `key${i}: 1\n`), "world.too-large"],
    ["6,000 keys", many(6_000, (i) => `key${i}: 1\n`), "world.too-many-keys"],
    ["commas", `[${",".repeat(250_000)}]`, "world.too-many-keys"],
    ["items", "- a\n".repeat(60_000), "world.too-many-keys"],
    ["closing brackets", "]".repeat(250_000), "world.yaml-syntax"],
    ["unknown escapes", `a: "${"\\q".repeat(120_000)}"`, "world.yaml-syntax"],
    ["escapes without digits", `a: "${"\\xZ".repeat(80_000)}"`, "world.yaml-syntax"],
    ["quotes", '"'.repeat(250_000), "world.too-many-keys"],
    ["documents", "---\n".repeat(60_000), "world.yaml-feature"],
    ["a bomb of aliases", `a: &a [x]\n${many(50, (i) => `b${i}: &b${i} [*a, *a, *a]\n`)}`, "world.yaml-feature"],
    ["a large file", `id: ${"x".repeat(300_000)}`, "world.too-large"],
  ])("%s", (_, text, code) => {
    const mistakes = mistakesOf(text);
    expect(mistakes[0]?.code).toBe(code);
    expect(mistakes.length).toBeLessThanOrEqual(code === "world.yaml-feature" ? 100 : 1);
  });

  test("no text makes the reader throw anything but its own error, or take another shape", () => {
    const piece = fc.constantFrom(
      "id",
      ":",
      " ",
      "\n",
      "  ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ",",
      '"',
      "'",
      "|",
      ">",
      "&a",
      "*a",
      "!!x",
      "#",
      "? ",
      "%",
      "---",
      "\\",
      "\t",
      "1",
      "~",
      "\u0000",
      "é",
      "policy",
      "<<",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
        (text) => {
          const { mistakes, config } = checkWorld({ file: "w.yml", text });
          expect(config).toBeUndefined();
          expect(mistakes.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a character taken out of the example anywhere still gives a world or mistakes with places", () => {
    for (let i = 0; i < EXAMPLE.length; i += 3) {
      const { mistakes, config } = checkWorld({ file: "w.yml", text: EXAMPLE.slice(0, i) + EXAMPLE.slice(i + 1) });
      expect(config === undefined).toBe(mistakes.length > 0);
      for (const { line, column } of mistakes) expect(line > 0 && column > 0).toBe(true);
    }
  });
});

test("limits of risk are kept as they are written, and belong to the world's digest", () => {
  const plain = parseWorld({ file: "w.yml", text: EXAMPLE }).config;
  const text = `${EXAMPLE}risk: { gross: 1.5, net: 1, position: 0.4, position_value: 50000, drawdown: 0.2, excess: refuse }\n`;
  const { config } = parseWorld({ file: "w.yml", text });
  expect(plain.risk).toBeUndefined();
  expect(config.risk).toEqual({
    gross: 1.5,
    net: 1,
    position: 0.4,
    positionValue: 50_000,
    drawdown: 0.2,
    excess: "refuse",
  });
  expect(configDigest(config)).not.toBe(configDigest(plain));
});

test.each([
  ["a limit that another one makes idle", "risk: { gross: 1, net: 1.5 }", ["world.conflict risk.net 22:24"]],
  ["no limit at all", "risk: { excess: cut }", ["world.wrong-value risk 22:7"]],
  ["a drawdown of everything", "risk: { drawdown: 1 }", ["world.out-of-range risk.drawdown 22:19"]],
  ["a limit that is none", "risk: { gross: 1, leverage: 2 }", ["world.unknown-key risk.leverage 22:19"]],
])("risk: %s is refused where it stands", (_what, line, mistakes) => {
  expect(summary(`${EXAMPLE}${line}\n`)).toEqual(mistakes);
});

test("editors get a JSON Schema that names every field", () => {
  const schema = JSON.parse(JSON.stringify(worldFileJsonSchema()));
  expect(Object.keys(schema.properties)).toEqual([
    "id",
    "as_of",
    "follow",
    "account",
    "data",
    "brokerage",
    "policy",
    "evaluators",
    "allocator",
    "risk",
    "max_mode",
    "allow_live",
    "apply",
    "campaign",
    "runners",
    "edges",
  ]);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toEqual(["id", "account", "data", "brokerage", "policy", "allocator"]);
});
