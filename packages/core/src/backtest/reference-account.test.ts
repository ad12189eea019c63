import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observed } from "../data/calendar/observed.ts";
import { fillAt } from "./fill-log.ts";
import { MINUTE, naive, ORIGIN, type Story } from "./naive-account.test.helper.ts";
import { anyCase, run } from "./reference-account.test.helper.ts";
import { sampleSessions } from "./sample-sessions.ts";
import { tradesOf } from "./trades.ts";

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
        expect(near(got.costs.fees, expected.costs.fees, scale)).toBe(true);
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
