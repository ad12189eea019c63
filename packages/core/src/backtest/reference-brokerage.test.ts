import fc from "fast-check";
import { expect, test } from "vitest";
import { fillAt } from "./fill-log.ts";
import { MINUTE, naive, ORIGIN } from "./naive-account.test.helper.ts";
import { eventfulCase, run } from "./reference-account.test.helper.ts";
import { tradesOf } from "./trades.ts";

const near = (a: number, b: number, scale: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, scale);

test("every cost and limit of a brokerage agrees with an account written for the eye", () => {
  const seen = {
    cut: 0,
    ended: 0,
    ruined: 0,
    rejected: 0,
    expired: 0,
    calls: 0,
    splits: 0,
    partial: 0,
    dividends: 0,
    borrowed: 0,
  };
  fc.assert(
    fc.property(eventfulCase, (given) => {
      const expected = naive(given);
      const got = run(given);
      const scale = Math.max(given.equity, ...expected.curve.map(({ equity, gross }) => Math.abs(equity) + gross));
      expect(Array.from(got.times)).toEqual(expected.curve.map(({ t }) => t));
      expected.curve.forEach(({ t, equity }, i) => {
        if (!near(got.equity[i]!, equity, scale)) expect([t, got.equity[i]!]).toEqual([t, equity]);
      });
      expect(got.cash).toBeCloseTo(expected.cash, 6 - Math.ceil(Math.log10(scale) - 3));
      for (const name of ["fees", "slippage", "borrow", "interest", "dividends"] as const)
        expect([name, near(got.costs[name], expected.costs[name], scale)]).toEqual([name, true]);
      for (const [symbol, quantity] of expected.held)
        expect(got.positions.find((position) => position.symbol === symbol)?.quantity ?? 0).toBeCloseTo(quantity, 6);
      expect({
        undecided: got.counters.undecided,
        ended: got.counters.ended.length,
        ruined: got.ruined !== undefined,
        cut: got.counters.cuts.reduce((sum, { orders }) => sum + orders, 0),
        rejected: got.counters.rejected.length,
        expired: got.counters.expired.reduce((sum, { orders }) => sum + orders, 0),
        calls: got.counters.marginCalls.length,
        splits: got.splits.length,
      }).toEqual({
        undecided: expected.undecided,
        ended: expected.ended,
        ruined: expected.ruined,
        cut: expected.cut,
        rejected: expected.rejected,
        expired: expected.expired,
        calls: expected.calls,
        splits: expected.splits,
      });
      for (const name of ["cut", "ended", "rejected", "expired", "calls", "splits"] as const)
        seen[name] += expected[name];
      seen.ruined += expected.ruined ? 1 : 0;
      seen.partial += got.counters.partial.length;
      seen.dividends += got.dividends.length;
      seen.borrowed += got.costs.borrow > 0 ? 1 : 0;
    }),
    { numRuns: 1500, seed: 41 },
  );
  // The cases must have met what they are made for.
  for (const [what, count] of Object.entries(seen)) expect([what, count > 10]).toEqual([what, true]);
});

test("no money is made or lost on the way: positions, fees, borrowing, interest and dividends are all there is", () => {
  fc.assert(
    fc.property(eventfulCase, (given) => {
      const got = run(given);
      const fills = Array.from(got.fills.time, (_, i) => fillAt(got, i));
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      const { fees, slippage, borrow, interest, dividends } = got.costs;
      const scale = Math.max(given.equity, sum(fills.map(({ quantity, price }) => Math.abs(quantity * price))));
      const gained = got.finalEquity - got.initialEquity;
      const spent = sum(fills.map((fill) => fill.quantity * fill.price + fill.fee));
      expect(near(got.initialEquity - spent - borrow + interest + dividends, got.cash, scale)).toBe(true);
      const traded =
        sum(fills.map(({ realized }) => realized)) + sum(got.positions.map(({ unrealized }) => unrealized));
      expect(near(traded - fees - borrow + interest + dividends, gained, scale)).toBe(true);
      const trades = tradesOf(got);
      expect(near(sum(trades.map(({ profit }) => profit)) - borrow + interest + dividends, gained, scale)).toBe(true);
      expect(near(sum(fills.map(({ fee }) => fee)), fees, scale)).toBe(true);
      expect(near(sum(fills.map((fill) => fill.slippage)), slippage, scale)).toBe(true);
      for (const { symbol } of given.stories) {
        const bought = sum(fills.filter((fill) => fill.symbol === symbol).map(({ quantity }) => quantity));
        const held = got.positions.find((position) => position.symbol === symbol)?.quantity ?? 0;
        expect(Math.abs(bought - held)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(held)));
      }
      expect(sum(got.dividends.map(({ amount, quantity }) => amount * quantity))).toBeCloseTo(dividends, 6);
    }),
    { numRuns: 500, seed: 43 },
  );
});

test("how it is advanced can't be seen", () => {
  fc.assert(
    fc.property(eventfulCase, fc.array(fc.nat({ max: 32 }), { maxLength: 12 }), (given, at) => {
      const cuts = [...at].sort((a, b) => a - b).map((i) => ORIGIN + i * 9 * 60 * MINUTE);
      expect(run(given, [ORIGIN, ...cuts])).toEqual(run(given));
    }),
    { numRuns: 200, seed: 47 },
  );
});

test("with cash alone nobody pays what has not come in", () => {
  fc.assert(
    fc.property(eventfulCase, (given) => {
      if (given.brokerage.margin !== undefined) return;
      const got = run(given);
      // Forced closings, and what is owed for nights and dividends, are paid whatever they cost.
      if (got.counters.ended.length > 0 || got.ruined !== undefined) return;
      if (got.costs.borrow > 0 || got.costs.interest < 0 || got.costs.dividends < 0) return;
      let cash = got.initialEquity;
      for (let i = 0; i < got.fills.time.length; i++) {
        const fill = fillAt(got, i);
        cash -= fill.quantity * fill.price + fill.fee;
        if (i + 1 < got.fills.time.length && got.fills.time[i + 1] === fill.time) continue;
        expect(cash + got.costs.interest + got.costs.dividends).toBeGreaterThan(-1e-9 * got.initialEquity);
      }
    }),
    { numRuns: 300, seed: 53 },
  );
});
