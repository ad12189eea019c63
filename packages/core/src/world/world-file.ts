import * as z from "zod";
import { CALENDAR_IDS } from "../data/calendar/calendars.ts";
import { parseInstant } from "../data/instant.ts";
import { POLICY_PRESETS, type PolicyPresetName } from "../policy/presets.ts";
import { isQmtlError } from "../schema/error.ts";
import { INTERVALS } from "../schema/interval.ts";
import { MODES } from "./mode.ts";

const word = (pattern: RegExp, says: string) => z.string().regex(pattern, { error: says });

const worldId = word(
  /^[a-z0-9][a-z0-9._-]{0,127}$/,
  "must be lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit",
);
const presetId = word(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "must be letters, digits, `.`, `_` and `-`, starting with a letter or digit",
);
const tag = word(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "must be letters, digits, `.`, `_` and `-`, starting with a letter or digit",
);
const symbolId = word(/^[^\s\p{C}]{1,64}$/u, "must be 1 to 64 characters without spaces");
const CURRENCY = /^[A-Z][A-Z0-9]{2,9}$/;

export function isCurrency(text: unknown): text is string {
  return typeof text === "string" && CURRENCY.test(text);
}

const currency = word(CURRENCY, "must be a currency in capitals, such as USD");
const use = word(/^[a-z][a-z0-9-]*$/, "must be a plugin's word: lower-case letters, digits and `-`");
const gateName = word(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "must be letters, digits, `_` and `-`, starting with a letter");
const expression = z.string().refine((text) => text.trim() !== "", { error: "must be an expression over metrics" });
const fraction = z.number().min(0).lt(1);
const money = z.number().min(0);
const count = z.int().min(0);

const DURATION = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * `36h` or `1.5d` in whole milliseconds; a day counts 24 hours, and there are no weeks: `1w` is an interval of sessions. `undefined` for
 * anything that is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  return parts === null ? undefined : Math.round(Number(parts[1]) * (UNITS[parts[2] ?? ""] ?? Number.NaN));
}

const duration = z
  .string()
  .regex(DURATION, { error: "must be a duration such as 36h or 4d" })
  .refine((text) => parseDuration(text) !== 0, { error: "must be longer than nothing" });

/** Short enough that a crashed runner does not hold an apply for long, long enough that a busy machine renews in time. */
const gateTtl = duration.refine((text) => between(parseDuration(text), 300, 3_600_000), {
  error: "must be 300ms to 1h",
});

const instant = z.string().superRefine((text, context) => {
  try {
    parseInstant(text);
  } catch (error) {
    if (!isQmtlError(error)) throw error;
    context.addIssue({
      code: "custom",
      message: "must be a date (2020-04-17: the end of that UTC day) or a date-time with its offset",
    });
  }
});

/** A choice written as its one key: `{ percent: 0.0002 }`, `{ none: {} }`. */
const none = z.strictObject({ none: z.strictObject({}) });
const percent = z.strictObject({ percent: fraction });

const perOrder = { minimum: money.optional(), maximum: money.optional() };

const tier = z.strictObject({ up_to: z.number().gt(0).optional(), rate: money });

/** Of a fee: what the venue gives is below zero. */
const venueRate = z.number().gt(-1).lte(1);

const fee = z.union([
  percent,
  z.strictObject({ per_notional: z.strictObject({ fraction, ...perOrder }) }),
  z.strictObject({ per_share: z.strictObject({ amount: money, ...perOrder }) }),
  z.strictObject({ maker_taker: z.strictObject({ maker: venueRate, taker: fraction, ...perOrder }) }),
  z.strictObject({
    tiered: z.strictObject({
      of: z.enum(["notional", "shares"]),
      over: z.enum(["order", "month"]),
      tiers: z.array(tier).min(1, { error: "must name at least one tier" }),
      maker: z.number().gt(-1e6).lt(1e6).default(0),
      taker: money.default(0),
      ...perOrder,
    }),
  }),
  none,
]);

const impact = { coefficient: money, fallback: fraction };

const slippage = z.union([
  percent,
  z.strictObject({ spread: z.strictObject({ width: money, part: z.number().min(0).max(1).default(0.5) }) }),
  z.strictObject({ volume_share: z.strictObject(impact) }),
  z.strictObject({ square_root: z.strictObject({ ...impact, window: z.int().min(3).max(10_000).default(20) }) }),
  none,
]);

const marginRates = z.strictObject({ initial: z.number().gt(0).max(10), maintenance: z.number().min(0).max(10) });

const annualRate = z.number().min(0).max(10);

const symbol = z.strictObject({
  id: symbolId,
  tags: z.array(tag).default([]),
  currency,
  lot: z.number().min(0).optional(),
  tick: z.number().min(0).optional(),
  shortable: z.boolean().optional(),
  borrow_rate: z.number().min(0).max(10).optional(),
});

const source = word(
  /^[a-z][a-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9._-]*$/,
  "must be a provider's word and its preset, such as samples.sp500",
);

const preset = z.strictObject({
  id: presetId,
  preset: source,
  interval: z.enum(INTERVALS),
  calendar: z.enum(CALENDAR_IDS),
  universe: z.strictObject({ symbols: z.array(symbol).min(1, { error: "must name at least one symbol" }) }),
  window: z.strictObject({ warmup_bars: count.optional(), min_history: count.optional() }).optional(),
  gaps: z.enum(["refuse", "mark", "absent"]).default("refuse"),
});

/** Rates of a currency: what a unit of it is worth in the account's. */
const fx = z.strictObject({
  currency,
  preset: source,
  symbol: symbolId,
  interval: z.enum(INTERVALS),
  calendar: z.enum(CALENDAR_IDS),
  column: word(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "must be the name of a column").default("close"),
  gaps: z.enum(["refuse", "absent"]).default("refuse"),
});

const brokerage = z.strictObject({
  fee,
  slippage,
  fill: z.enum(["next-open", "next-close", "market-on-open", "market-on-close"]).default("next-open"),
  time_in_force: z.enum(["day", "gtc", "ioc", "fok"]).optional(),
  path: z.enum(["pessimistic", "open-high-low-close", "open-low-high-close"]).optional(),
  act: z
    .union([
      z.strictObject({ change: z.strictObject({}) }),
      z.strictObject({ "every-bar": z.strictObject({}) }),
      z.strictObject({ band: z.number().gt(0).lt(1) }),
    ])
    .default({ change: {} }),
  volume_cap: z
    .strictObject({ share: z.number().gt(0).max(1).optional(), units: z.number().gt(0).optional() })
    .optional(),
  margin: z
    .strictObject({ long: marginRates, short: marginRates, leverage: z.number().gt(0).max(1000).optional() })
    .optional(),
  settlement: z.strictObject({ sessions: z.int().min(0).max(30) }).optional(),
  borrow: z.strictObject({ rate: annualRate }).optional(),
  interest: z
    .strictObject({
      credit: z.array(z.strictObject({ from: money, rate: annualRate })).default([]),
      debit: annualRate.default(0),
    })
    .optional(),
  max_stale: z.int().min(1).default(5),
});

const policy = z.strictObject({
  preset: z.enum(Object.keys(POLICY_PRESETS) as PolicyPresetName[]).optional(),
  gates: z.record(gateName, expression).optional(),
  score: expression.optional(),
  constraints: z
    .strictObject({ correlation: z.strictObject({ max_pairwise: z.number().min(0).max(1) }).optional() })
    .optional(),
  top_k: z.strictObject({ total: z.int().min(1) }).optional(),
  hysteresis: z
    .strictObject({
      enter: z.number().optional(),
      exit: z.number().optional(),
      promote_after: z.int().min(1).optional(),
      demote_after: z.int().min(1).optional(),
      min_dwell: count.optional(),
    })
    .optional(),
  min_periods: z.int().min(2).optional(),
});

const multiple = z.number().gt(0).max(1000);

const risk = z
  .strictObject({
    gross: multiple.optional(),
    net: multiple.optional(),
    position: multiple.optional(),
    position_value: z.number().gt(0).max(1e15).optional(),
    drawdown: z.number().gt(0).lt(1).optional(),
    volatility: z.number().gt(0).max(100).optional(),
    correlation: z.number().gt(-1).lt(1).optional(),
    excess: z.enum(["cut", "refuse"]).default("cut"),
  })
  .refine(({ excess: _, ...limits }) => Object.values(limits).some((limit) => limit !== undefined), {
    error: "must name at least one limit",
  });

const plugin = z.strictObject({ use, config: z.record(z.string(), z.unknown()).default({}) });

const samples = { window: z.int().min(2).max(100_000), min_samples: z.int().min(2).max(100_000) };

const realised = z.strictObject({
  window: samples.window.default(60),
  min_samples: samples.min_samples.default(20),
  slots: count.optional(),
});

const campaign = z.strictObject({
  backtest: z.strictObject({ min_samples: count.default(0) }).prefault({}),
  paper: realised.prefault({}),
  live: realised.prefault({}),
  bounds: z
    .strictObject({
      min_ratio: z.number().min(0).max(10).default(0.5),
      max_shortfall: z.number().gt(0).max(100).default(2),
      max_drawdown: z.number().gt(0).lt(1).optional(),
    })
    .prefault({}),
  promote_after: z.int().min(1).default(1),
  demote_after: z.int().min(1).default(1),
  min_dwell: count.default(0),
  cooldown: duration.optional(),
  canary: z
    .strictObject({
      fraction: z.number().gt(0).max(1).default(1),
      scale: z.number().gt(0).lte(1),
      periods: z.int().min(1),
    })
    .optional(),
});

const runners = z.strictObject({
  gate_ttl: gateTtl.default("15s"),
  freeze_timeout_ms: z.int().min(50).max(3_600_000).default(30_000),
});

const edges = z.strictObject({ open_after_apply: z.boolean().default(false) });

/** A world file as it is written. What needs two fields at once is checked by `cross-check.ts`. */
export const worldFile = z.strictObject({
  id: worldId,
  as_of: instant.optional(),
  follow: z.strictObject({ max_lag: duration }).optional(),
  account: z.strictObject({ equity: z.number().gt(0).max(1e15), currency }),
  data: z.strictObject({
    presets: z.array(preset).min(1, { error: "must declare at least one preset" }),
    fx: z.array(fx).min(1, { error: "must declare the rates of at least one currency" }).optional(),
  }),
  brokerage,
  policy,
  evaluators: z
    .array(plugin)
    .min(1, { error: "must name at least one evaluator" })
    .default([{ use: "standard", config: {} }]),
  allocator: plugin,
  risk: risk.optional(),
  max_mode: z.enum(MODES).optional(),
  allow_live: z.boolean().default(false),
  apply: z.enum(["auto", "manual"]).default("auto"),
  campaign: campaign.prefault({}),
  runners: runners.prefault({}),
  edges: edges.prefault({}),
});

function between(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (value >= least && value <= most);
}

export type WorldFile = z.output<typeof worldFile>;

/** JSON Schema (2020-12) of a world file, for editors and documentation. */
export function worldFileJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: "QMTL world", ...z.toJSONSchema(worldFile, { io: "input" }) };
}
