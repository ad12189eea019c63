import fc from "fast-check";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import { observed } from "../data/calendar/observed.ts";
import type { Panel } from "../data/panel.ts";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { ohlcv } from "../schema/schema.ts";
import { createBacktest } from "./backtest.ts";
import type { Brokerage, Instrument } from "./brokerage.ts";
import type { FeeModel } from "./fee.ts";
import { type Case, MINUTE, ORIGIN, type Story } from "./naive-account.test.helper.ts";
import type { OrderEvent } from "./order-log.ts";
import type { BacktestResult } from "./result.ts";

/** The account under test, told the same. */
export function run(
  given: Case,
  cuts: readonly number[] = [],
  points: "bars" | "sessions" = "bars",
  orders?: OrderEvent[],
): BacktestResult {
  const panel: Panel = {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1m",
    calendar: aroundTheClock,
    series: given.stories.map(({ symbol, bars, actions }) => ({
      symbol,
      tags: [],
      stamps: Float64Array.from(bars, ({ t }) => t),
      columns: {
        open: Float64Array.from(bars, ({ open }) => open),
        high: Float64Array.from(bars, ({ open, close }) => Math.max(open, close)),
        low: Float64Array.from(bars, ({ open, close }) => Math.min(open, close)),
        close: Float64Array.from(bars, ({ close }) => close),
        volume: Float64Array.from(bars, ({ volume }) => volume),
      },
      ...(actions !== undefined && { actions }),
    })),
  };
  // Rows become known only as far as the run was advanced, as an execution gives them.
  let heard = Number.NEGATIVE_INFINITY;
  let known = cuts.length === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const series = given.stories.map(({ symbol, bars, warm }) => ({
    symbol,
    stamps: Float64Array.from(bars, ({ t }) => t),
    values: new Float64Array(bars.length),
    base: 0,
    origin: 0,
    firstValid: Math.min(warm, bars.length),
    computed: 0,
  }));
  const compute = (): void => {
    for (const [k, { bars }] of given.stories.entries()) {
      const one = series[k]!;
      one.computed = bars.filter(({ t }) => t <= known).length;
      // A slice forgets what came before it, and holds anything beyond its end.
      one.base = Math.max(
        0,
        bars.findIndex(({ t }) => t > heard),
      );
      one.values = Float64Array.from(bars.slice(one.base), ({ t, target }) => (t <= known ? target : -1e9));
    }
  };
  compute();
  const backtest = createBacktest({
    decision: {
      kind: given.weights ? "targetWeights" : "targetPositions",
      interval: "1m",
      target: { kind: "panel", ref: { node: 1, column: "target" } },
    },
    columns: () => ({ scope: "symbol", series }),
    panel,
    instruments: given.stories.map(
      ({ symbol, lot, shortable, borrowRate }): Instrument => ({
        symbol,
        currency: "USD",
        lot,
        tick: 0,
        ...(shortable !== undefined && { shortable }),
        ...(borrowRate !== undefined && { borrowRate }),
      }),
    ),
    brokerage: given.brokerage,
    equity: given.equity,
    share: given.share,
    calendar: observed,
    points,
    ...(orders !== undefined && { orders }),
  });
  for (const cut of cuts) {
    known = Math.max(known, cut);
    compute();
    backtest.advance(cut);
    heard = Math.max(heard, cut);
    backtest.result();
  }
  known = Number.POSITIVE_INFINITY;
  compute();
  backtest.advance(Number.POSITIVE_INFINITY);
  return backtest.result();
}

const price = fc.integer({ min: 50, max: 20_000 }).map((cents) => cents / 100);
const fee: fc.Arbitrary<FeeModel> = fc.oneof(
  fc.constant<FeeModel>({ kind: "none" }),
  fc.constantFrom(0.0002, 0.01).map((fraction): FeeModel => ({ kind: "percent", fraction })),
  fc.constantFrom(0, 1, 25).map((minimum): FeeModel => ({ kind: "per-share", amount: 0.01, minimum })),
);
export const plainBrokerage: fc.Arbitrary<Brokerage> = fc.record({
  fee,
  slippage: fc.constantFrom<Brokerage["slippage"]>({ kind: "none" }, { kind: "percent", fraction: 0.003 }),
  fill: fc.constant("next-open" as const),
  act: fc.constantFrom<Brokerage["act"]>({ kind: "change" }, { kind: "every-bar" }, { kind: "band", fraction: 0.2 }),
  maxStale: fc.constantFrom(0, 2, 5),
});

const HOURS = 60 * MINUTE;

const someVolume = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(5, 40, 300, 100_000) },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN) },
);

/** Random walks would hardly ever flip, cut or ruin; jumpy prices and targets do all of it. */
function story(symbol: string, weights: boolean, step: number): fc.Arbitrary<Story> {
  const targets = weights
    ? [0, 0.3, 0.5, 1, 1.7, -0.4, -1, -2, Number.NaN]
    : [0, 1, 2.5, 10, 40, -1, -7.3, -60, Number.NaN];
  const bar = fc.record({
    open: fc.oneof({ weight: 12, arbitrary: price }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    close: fc.oneof({ weight: 12, arbitrary: price }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    target: fc.constantFrom(...targets),
    here: fc.boolean().chain((rare) => (rare ? fc.boolean() : fc.constant(true))),
    stay: fc.boolean(),
    volume: someVolume,
  });
  return fc
    .record({
      lot: fc.constantFrom(0, 1, 0.1, 10),
      warm: fc.nat({ max: 4 }),
      from: fc.nat({ max: 6 }),
      bars: fc.array(bar, { maxLength: 25 }),
    })
    .map(({ lot, warm, from, bars }): Story => {
      let before = 0;
      const told = bars.map(({ target, stay, ...rest }, i) => {
        before = stay ? before : target;
        return { ...rest, t: ORIGIN + (from + i + 1) * step, target: before };
      });
      return { symbol, lot, warm, bars: told.filter(({ here }) => here).map(({ here: _, ...rest }) => rest) };
    });
}

function caseOf(
  weights: boolean,
  brokerage: fc.Arbitrary<Brokerage>,
  stories: (symbol: string) => fc.Arbitrary<Story>,
) {
  return fc.record({
    stories: fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(...["A", "B", "C", "D"].slice(0, n).map(stories))),
    weights: fc.constant(weights),
    brokerage,
    equity: fc.constantFrom(1000, 100_000),
    share: fc.constantFrom(1, 0.5),
  });
}

export const anyCase: fc.Arbitrary<Case> = fc
  .boolean()
  .chain((weights) => caseOf(weights, plainBrokerage, (symbol) => story(symbol, weights, MINUTE)));

const anyFee: fc.Arbitrary<FeeModel> = fc.oneof(
  fee,
  fc.constantFrom<FeeModel>(
    { kind: "percent", fraction: 0.01, minimum: 3, maximum: 20 },
    { kind: "per-share", amount: 0.02, maximum: 5 },
    { kind: "maker-taker", maker: -0.001, taker: 0.004, minimum: 1 },
  ),
  fc.record({
    kind: fc.constant("tiered" as const),
    of: fc.constantFrom("notional", "shares"),
    over: fc.constant("month" as const),
    tiers: fc.constant([
      { upTo: 20, rate: 0.01 },
      { upTo: 3000, rate: 0.005 },
      { upTo: 1e9, rate: 0.001 },
    ]),
    maker: fc.constant(-0.001),
    taker: fc.constantFrom(0, 0.002),
    minimum: fc.constantFrom(0, 2),
  }),
);

/** Everything that targets can meet. */
const anyBrokerage: fc.Arbitrary<Brokerage> = fc
  .record(
    {
      fee: anyFee,
      slippage: fc.constantFrom<Brokerage["slippage"]>(
        { kind: "none" },
        { kind: "percent", fraction: 0.003 },
        { kind: "spread", width: 0.2, part: 0.5 },
        { kind: "volume-share", coefficient: 0.1, fallback: 0.01 },
      ),
      fill: fc.constantFrom<Brokerage["fill"]>("next-open", "next-close"),
      act: fc.constantFrom<Brokerage["act"]>(
        { kind: "change" },
        { kind: "every-bar" },
        { kind: "band", fraction: 0.2 },
      ),
      maxStale: fc.constant(5),
      timeInForce: fc.constantFrom("day", "gtc", "ioc", "fok"),
      volumeCap: fc.constantFrom<NonNullable<Brokerage["volumeCap"]>>(
        { share: 0.25 },
        { units: 7 },
        { share: 0.5, units: 30 },
      ),
      funding: fc.constantFrom<Pick<Brokerage, "margin" | "settlement">>(
        {},
        { settlement: { sessions: 1 } },
        { settlement: { sessions: 2 } },
        { margin: { long: { initial: 0.5, maintenance: 0.45 }, short: { initial: 0.6, maintenance: 0.6 } } },
        {
          margin: {
            long: { initial: 0.2, maintenance: 0.2 },
            short: { initial: 0.5, maintenance: 0.4 },
            leverage: 1.5,
          },
        },
      ),
      borrow: fc.constant({ rate: 0.4 }),
      interest: fc.constant({
        credit: [
          { from: 0, rate: 0.01 },
          { from: 500, rate: 0.2 },
        ],
        debit: 0.5,
      }),
    },
    { requiredKeys: ["fee", "slippage", "fill", "act", "maxStale", "funding"] },
  )
  .map(({ funding, ...rest }) => ({ ...rest, ...funding }));

/** Bars of some hours, so that nights pass between them; what companies do falls anywhere. */
function eventful(symbol: string, weights: boolean): fc.Arbitrary<Story> {
  const action = fc.record({
    at: fc.nat({ max: 31 }),
    between: fc.boolean(),
    what: fc.constantFrom<CorporateAction>(
      { time: 0, kind: "split", ratio: 2 },
      { time: 0, kind: "split", ratio: 0.3 },
      { time: 0, kind: "dividend", amount: 0.75 },
    ),
  });
  const more = fc.record(
    {
      actions: fc.array(action, { maxLength: 4 }),
      shortable: fc.boolean(),
      borrowRate: fc.constantFrom(0, 2),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(story(symbol, weights, 9 * HOURS), more, fc.boolean()).map(
    ([told, { actions, ...rest }, calm]): Story => ({
      ...told,
      // Prices that jump ruin a position at once; these only call it.
      bars: calm ? told.bars.map((bar) => ({ ...bar, open: calmed(bar.open), close: calmed(bar.close) })) : told.bars,
      ...rest,
      ...(actions !== undefined && {
        actions: actions
          .map(({ at, between, what }) => ({ ...what, time: ORIGIN + at * 9 * HOURS - (between ? HOURS : 0) }))
          .sort((a, b) => a.time - b.time),
      }),
    }),
  );
}

const calmed = (from: number) => 8 + (Math.round(from * 100) % 400) / 100;

export const eventfulCase: fc.Arbitrary<Case> = fc
  .boolean()
  .chain((weights) => caseOf(weights, anyBrokerage, (symbol) => eventful(symbol, weights)));
