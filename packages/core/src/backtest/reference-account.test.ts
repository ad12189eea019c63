import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import { observed } from "../data/calendar/observed.ts";
import type { Panel } from "../data/panel.ts";
import { ohlcv } from "../schema/schema.ts";
import { createBacktest } from "./backtest.ts";
import type { Brokerage, FeeModel, Instrument } from "./brokerage.ts";
import { fillAt } from "./fill-log.ts";
import type { BacktestResult } from "./result.ts";
import { sampleSessions } from "./sample-sessions.ts";
import { tradesOf } from "./trades.ts";

/** One symbol as the naive account below sees it: a bar per stamp, or none. */
interface Story {
  readonly symbol: string;
  readonly lot: number;
  readonly bars: readonly {
    readonly t: number;
    readonly open: number;
    readonly close: number;
    readonly target: number;
  }[];
  /** Rows before it are not valid. */
  readonly warm: number;
}

interface Case {
  readonly stories: readonly Story[];
  readonly weights: boolean;
  readonly brokerage: Brokerage;
  readonly equity: number;
  readonly share: number;
}

const MINUTE = 60_000;
// So that the bars lie in two sessions.
const ORIGIN = Date.UTC(2024, 0, 1, 23, 50);

/**
 * The same account written for the eye: objects and maps, one stamp after the other, nothing kept that can be recomputed. It shares no
 * code with the account under test.
 */
function naive(given: Case) {
  const { stories, weights, brokerage, share } = given;
  const feeOf = (quantity: number, price: number) => {
    const { fee } = brokerage;
    if (quantity === 0 || fee.kind === "none") return 0;
    return fee.kind === "percent" ? quantity * price * fee.fraction : Math.max(fee.amount * quantity, fee.minimum);
  };
  const toLots = (quantity: number, lot: number) => {
    if (lot === 0) return quantity;
    return Math.trunc(quantity / lot + Math.sign(quantity) * 1e-9) * lot;
  };
  const clock = [...new Set(stories.flatMap(({ bars }) => bars.map(({ t }) => t)))].sort((a, b) => a - b);
  let cash = given.equity;
  const held = new Map<string, number>(stories.map(({ symbol }) => [symbol, 0]));
  const mark = new Map<string, number>();
  const last = new Map<string, number>();
  const pending = new Map<string, number>();
  const curve: { t: number; equity: number; gross: number }[] = [];
  let started = false;
  let ruined = false;
  let undecided = 0;
  let ended = 0;
  let cut = 0;
  let fees = 0;

  for (const t of clock) {
    for (const { symbol, bars } of stories) {
      const end = bars.at(-1)?.t ?? 0;
      if (end >= t) continue;
      pending.delete(symbol);
      const quantity = held.get(symbol)!;
      if (quantity === 0) continue;
      const fee = feeOf(Math.abs(quantity), mark.get(symbol)!);
      cash += quantity * mark.get(symbol)! - fee;
      fees += fee;
      held.set(symbol, 0);
      ended++;
    }
    const orders = stories.flatMap((story) => {
      const bar = story.bars.find((candidate) => candidate.t === t);
      const to = pending.get(story.symbol);
      if (bar === undefined || to === undefined || Number.isNaN(bar.open)) return [];
      pending.delete(story.symbol);
      const from = held.get(story.symbol)!;
      const slippage = brokerage.slippage.kind === "none" ? 0 : brokerage.slippage.fraction;
      const price = slippage === 0 ? bar.open : bar.open * (to > from ? 1 + slippage : 1 - slippage);
      return [{ ...story, from, to, price, closed: 0, closedFee: 0 }];
    });
    const afford = (fits: (quantity: number) => boolean, most: number, lot: number) => {
      if (lot > 0) {
        let lots = Math.round(most / lot);
        while (lots > 0 && !fits(lots * lot)) lots--;
        return lots * lot;
      }
      let [low, high] = [0, most];
      for (let i = 0; i < 200; i++) {
        const middle = (low + high) / 2;
        if (fits(middle)) low = middle;
        else high = middle;
      }
      return low > most * 1e-9 ? low : 0;
    };
    for (const order of orders)
      if (order.from > 0 && order.to < order.from) {
        const wish = order.from - Math.max(order.to, 0);
        if (feeOf(wish, order.price) - wish * order.price > Math.max(cash, 0)) {
          cut++;
          continue;
        }
        order.closed = wish;
        order.closedFee = feeOf(order.closed, order.price);
        cash += order.closed * order.price - order.closedFee;
        fees += order.closedFee;
        held.set(order.symbol, Math.max(order.to, 0));
      }
    for (const order of orders)
      if (order.from < 0 && order.to > order.from) {
        const wish = Math.min(order.to, 0) - order.from;
        const fits = (quantity: number) => quantity * order.price + feeOf(quantity, order.price) <= cash;
        order.closed = fits(wish) ? wish : afford(fits, wish, order.lot);
        if (order.closed !== wish) cut++;
        order.closedFee = feeOf(order.closed, order.price);
        cash -= order.closed * order.price + order.closedFee;
        fees += order.closedFee;
        held.set(order.symbol, order.closed === wish ? Math.min(order.to, 0) : order.from + order.closed);
      }
    let shorts = 0;
    for (const [symbol, quantity] of held) if (quantity < 0) shorts -= quantity * mark.get(symbol)!;
    for (const order of orders) {
      const from = held.get(order.symbol)!;
      const side = Math.sign(order.to);
      if (side === 0 || side * from < 0 || side * (order.to - from) <= 0) continue;
      const wish = Math.abs(order.to - from);
      const extra = (quantity: number) => feeOf(order.closed + quantity, order.price) - order.closedFee;
      const funds = cash - 2 * shorts;
      const fits = (quantity: number) => quantity === 0 || quantity * order.price + extra(quantity) <= funds;
      const quantity = fits(wish) ? wish : afford(fits, wish, order.lot);
      if (quantity !== wish) cut++;
      if (quantity === 0) continue;
      cash -= side * quantity * order.price + extra(quantity);
      fees += extra(quantity);
      held.set(order.symbol, quantity === wish ? order.to : from + side * quantity);
      if (side < 0) shorts += quantity * order.price;
    }
    for (const { symbol, bars } of stories) {
      const bar = bars.find((candidate) => candidate.t === t);
      if (bar !== undefined && !Number.isNaN(bar.close)) mark.set(symbol, bar.close);
    }
    const positions = [...held].map(([symbol, quantity]) => quantity * (mark.get(symbol) ?? 0));
    let equity = cash + positions.reduce((a, b) => a + b, 0);
    let gross = positions.reduce((a, b) => a + Math.abs(b), 0);
    if (equity <= 0 && gross > 0) {
      ruined = true;
      for (const [symbol, quantity] of held) {
        if (quantity === 0) continue;
        const fee = feeOf(Math.abs(quantity), mark.get(symbol)!);
        cash += quantity * mark.get(symbol)! - fee;
        fees += fee;
        held.set(symbol, 0);
      }
      pending.clear();
      equity = cash;
      gross = 0;
    }
    if (!ruined)
      for (const { symbol, bars, warm, lot } of stories) {
        const row = bars.findIndex((candidate) => candidate.t === t);
        if (row < warm) continue;
        started = true;
        const { target } = bars[row]!;
        if (Number.isNaN(target) || !mark.has(symbol)) {
          undecided++;
          continue;
        }
        if (brokerage.act.kind === "change" && target === (last.get(symbol) ?? 0)) continue;
        last.set(symbol, target);
        const wish = weights ? (target * share * equity) / mark.get(symbol)! : target * share;
        const to = toLots(wish, lot);
        const from = held.get(symbol)!;
        if (brokerage.act.kind === "band" && to * from > 0) {
          const bound = brokerage.act.fraction * Math.max(Math.abs(to), Math.abs(from));
          if (Math.abs(to - from) <= bound) {
            pending.delete(symbol);
            continue;
          }
        }
        const least = lot > 0 ? 1e-9 * lot : 1e-9 * Math.max(Math.abs(to), Math.abs(from));
        if (Math.abs(to - from) <= least) pending.delete(symbol);
        else pending.set(symbol, to);
      }
    if (started) curve.push({ t, equity, gross });
  }
  return { curve, cash, held, undecided, ended, cut, fees, ruined };
}

function run(given: Case, cuts: readonly number[] = [], points: "bars" | "sessions" = "bars"): BacktestResult {
  const panel: Panel = {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1m",
    calendar: aroundTheClock,
    series: given.stories.map(({ symbol, bars }) => ({
      symbol,
      tags: [],
      stamps: Float64Array.from(bars, ({ t }) => t),
      columns: {
        open: Float64Array.from(bars, ({ open }) => open),
        high: Float64Array.from(bars, ({ open, close }) => Math.max(open, close)),
        low: Float64Array.from(bars, ({ open, close }) => Math.min(open, close)),
        close: Float64Array.from(bars, ({ close }) => close),
        volume: new Float64Array(bars.length),
      },
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
    instruments: given.stories.map(({ symbol, lot }): Instrument => ({ symbol, currency: "USD", lot, tick: 0 })),
    brokerage: given.brokerage,
    equity: given.equity,
    share: given.share,
    calendar: observed,
    points,
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
const brokerage: fc.Arbitrary<Brokerage> = fc.record({
  fee,
  slippage: fc.constantFrom<Brokerage["slippage"]>({ kind: "none" }, { kind: "percent", fraction: 0.003 }),
  fill: fc.constant("next-open" as const),
  act: fc.constantFrom<Brokerage["act"]>({ kind: "change" }, { kind: "every-bar" }, { kind: "band", fraction: 0.2 }),
  maxStale: fc.constantFrom(0, 2, 5),
});

/** Random walks would hardly ever flip, cut or ruin; jumpy prices and targets do all of it. */
function story(symbol: string, weights: boolean): fc.Arbitrary<Story> {
  const targets = weights
    ? [0, 0.3, 0.5, 1, 1.7, -0.4, -1, -2, Number.NaN]
    : [0, 1, 2.5, 10, 40, -1, -7.3, -60, Number.NaN];
  const bar = fc.record({
    open: fc.oneof({ weight: 12, arbitrary: price }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    close: fc.oneof({ weight: 12, arbitrary: price }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    target: fc.constantFrom(...targets),
    here: fc.boolean().chain((rare) => (rare ? fc.boolean() : fc.constant(true))),
    stay: fc.boolean(),
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
      const told = bars.map(({ open, close, target, here, stay }, i) => {
        before = stay ? before : target;
        return { t: ORIGIN + (from + i + 1) * MINUTE, open, close, target: before, here };
      });
      return { symbol, lot, warm, bars: told.filter(({ here }) => here).map(({ here: _, ...rest }) => rest) };
    });
}

const anyCase: fc.Arbitrary<Case> = fc.boolean().chain((weights) =>
  fc.record({
    stories: fc
      .integer({ min: 1, max: 4 })
      .chain((n) => fc.tuple(...["A", "B", "C", "D"].slice(0, n).map((symbol) => story(symbol, weights)))),
    weights: fc.constant(weights),
    brokerage,
    equity: fc.constantFrom(1000, 100_000),
    share: fc.constantFrom(1, 0.5),
  }),
);

const near = (a: number, b: number, scale: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, scale);

describe("against an account written for the eye", () => {
  test("equity, exposure, cash, positions, fees and counters agree", () => {
    const seen = { cut: 0, ended: 0, ruined: 0, flips: 0, undecided: 0 };
    fc.assert(
      fc.property(anyCase, (given) => {
        const expected = naive(given);
        const got = run(given);
        const scale = Math.max(given.equity, ...expected.curve.map(({ equity }) => Math.abs(equity)));
        expect(Array.from(got.times)).toEqual(expected.curve.map(({ t }) => t));
        const exposures = got.exposure;
        expected.curve.forEach(({ equity, gross }, i) => {
          expect(near(got.equity[i]!, equity, scale)).toBe(true);
          if (equity > 1) expect(exposures[i]!).toBeCloseTo(gross / equity, 6);
        });
        expect(near(got.cash, expected.cash, scale)).toBe(true);
        expect(near(got.costs.fees, expected.fees, scale)).toBe(true);
        for (const [symbol, quantity] of expected.held)
          expect(got.positions.find((position) => position.symbol === symbol)?.quantity ?? 0).toBeCloseTo(quantity, 6);
        expect(got.counters.undecided).toBe(expected.undecided);
        expect(got.ruined !== undefined).toBe(expected.ruined);
        expect(got.counters.ended.length).toBe(expected.ended);
        expect(got.counters.cuts.reduce((sum, { orders }) => sum + orders, 0)).toBe(expected.cut);
        seen.cut += expected.cut;
        seen.ended += expected.ended;
        seen.ruined += expected.ruined ? 1 : 0;
        seen.undecided += expected.undecided;
        const trades = tradesOf(got);
        seen.flips += trades.filter((trade, i) => trades[i + 1]?.entryTime === trade.exitTime && !trade.open).length;
      }),
      { numRuns: 800, seed: 7 },
    );
    // The cases must have met what they are made for.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  test("the books balance", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const got = run(given);
        const fills = Array.from(got.fills.time, (_, i) => fillAt(got, i));
        const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
        const scale = Math.max(given.equity, sum(fills.map(({ quantity, price: at }) => Math.abs(quantity * at))));
        const gained = got.finalEquity - got.initialEquity;
        expect(near(sum(tradesOf(got).map(({ profit }) => profit)), gained, scale)).toBe(true);
        expect(near(sum(tradesOf(got).map(({ fees }) => fees)), got.costs.fees, scale)).toBe(true);
        expect(near(sum(fills.map((fill) => fill.fee)), got.costs.fees, scale)).toBe(true);
        expect(near(sum(fills.map((fill) => fill.slippage)), got.costs.slippage, scale)).toBe(true);
        const spent = sum(fills.map((fill) => fill.quantity * fill.price + fill.fee));
        expect(near(got.initialEquity - spent, got.cash, scale)).toBe(true);
        const realized = sum(fills.map((fill) => fill.realized));
        const unrealized = sum(got.positions.map((position) => position.unrealized));
        expect(near(realized + unrealized - got.costs.fees, gained, scale)).toBe(true);
        for (const { symbol, lot } of given.stories) {
          const bought = sum(fills.filter((fill) => fill.symbol === symbol).map(({ quantity }) => quantity));
          const held = got.positions.find((position) => position.symbol === symbol)?.quantity ?? 0;
          expect(near(bought, held, Math.abs(held))).toBe(true);
          if (lot > 0)
            for (const { quantity } of fills.filter((fill) => fill.symbol === symbol))
              expect(Math.abs(quantity / lot - Math.round(quantity / lot))).toBeLessThan(1e-9);
        }
        for (const trade of tradesOf(got)) {
          expect(trade.exitTime).toBeGreaterThanOrEqual(trade.entryTime);
          expect(trade.bars).toBeGreaterThanOrEqual(0);
          expect(trade.quantity).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  test("nobody pays what is not there", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const got = run(given);
        let cash = got.initialEquity;
        for (let i = 0; i < got.fills.time.length; i++) {
          const fill = fillAt(got, i);
          cash -= fill.quantity * fill.price + fill.fee;
          const next = i + 1 < got.fills.time.length ? fillAt(got, i + 1) : undefined;
          if (next?.time === fill.time) continue;
          // Forced closings are paid whatever they cost.
          if (fill.kind === "ended" || fill.kind === "ruined") return;
          expect(cash).toBeGreaterThan(-1e-9 * Math.max(1, got.initialEquity));
        }
      }),
      { numRuns: 400, seed: 13 },
    );
  });
});

describe("how it is advanced", () => {
  test("can't be seen in any bit of the result", () => {
    fc.assert(
      fc.property(anyCase, fc.array(fc.nat({ max: 34 }), { maxLength: 34 }), fc.boolean(), (given, at, between) => {
        const cuts = [...at].sort((a, b) => a - b).map((i) => ORIGIN + i * MINUTE + (between ? 7 : 0));
        expect(run(given, [ORIGIN, ...cuts])).toEqual(run(given));
      }),
      { numRuns: 400, seed: 17 },
    );
  });

  test("bar by bar neither", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const cuts = Array.from({ length: 34 }, (_, i) => ORIGIN + i * MINUTE);
        expect(run(given, cuts)).toEqual(run(given));
      }),
      { numRuns: 200, seed: 19 },
    );
  });
});

test("what is kept of the equity changes no session", () => {
  let sessions = 0;
  fc.assert(
    fc.property(anyCase, fc.array(fc.nat({ max: 34 }), { maxLength: 4 }), (given, at) => {
      const cuts = [...at].sort((a, b) => a - b).map((i) => ORIGIN + i * MINUTE);
      const whole = run(given, [ORIGIN, ...cuts]);
      const few = run(given, [ORIGIN, ...cuts], "sessions");
      expect(sampleSessions(few, observed)).toEqual(sampleSessions(whole, observed));
      expect({ ...few, times: 0, equity: 0, exposure: 0 }).toEqual({ ...whole, times: 0, equity: 0, exposure: 0 });
      sessions = Math.max(sessions, sampleSessions(few, observed).times.length);
    }),
    { numRuns: 400, seed: 29 },
  );
  expect(sessions).toBeGreaterThan(1);
});

describe("symbols that do not matter", () => {
  test("a symbol that is never traded changes no trade, wherever it stands in the universe", () => {
    fc.assert(
      fc.property(anyCase, fc.nat({ max: 4 }), (given, place) => {
        const [first] = given.stories;
        const idle: Story = { ...first!, symbol: "IDLE", bars: first!.bars.map((bar) => ({ ...bar, target: 0 })) };
        const stories = [...given.stories.slice(0, place), idle, ...given.stories.slice(place)];
        const alone = run(given);
        const beside = run({ ...given, stories });
        expect(tradesOf(beside)).toEqual(tradesOf(alone));
        expect(beside.cash).toBe(alone.cash);
        expect(beside.finalEquity).toBe(alone.finalEquity);
        expect(beside.equity).toEqual(alone.equity);
      }),
      { numRuns: 200, seed: 23 },
    );
  });
});
