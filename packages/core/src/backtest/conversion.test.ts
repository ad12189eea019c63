import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CurrencyRates } from "../data/currency-rates.ts";
import type { Account } from "./broker.ts";
import { addRates, convertClose, createConversion, passRates } from "./conversion.ts";
import { fillAt } from "./fill-log.ts";
import { at, type Bar, start, type Told } from "./told.test.helper.ts";

const euros = (...known: readonly (readonly [hour: number, rate: number])[]): CurrencyRates => ({
  currency: "EUR",
  stamps: Float64Array.from(known, ([hour]) => at(hour)),
  values: Float64Array.from(known, ([, rate]) => rate),
});
const bar = (open: number, close = open): Bar => [open, Math.max(open, close), Math.min(open, close), close];

function run(told: Told) {
  const backtest = start({ instrument: { currency: "EUR" }, lot: 1, ...told });
  backtest.advance(Number.POSITIVE_INFINITY);
  return backtest.result();
}

/** Worked out by hand: prices in euros, ten thousand dollars. */
describe("an account in dollars that trades a symbol in euros", () => {
  const bars = [bar(100), bar(102, 104), bar(104), bar(103, 110), bar(108)];
  const long = { enter: [1, 0, 0, 0, 0], exit: [0, 0, 0, 1, 0], size: 0.5 } as const;
  const rates = [euros([1, 1.1], [2, 1.2], [3, 1], [3.5, 1.05], [4, 1.25])];

  test("sizes at the close's rate, fills at the rate known before the bar, and marks at the bar's end", () => {
    const result = run({ bars, long, rates });
    // 0.5 x 10000 / (100 x 1.1) = 45.45; bought at 102 x 1.1 = 112.2, sold at 108 x 1.25 = 135.
    const fills = Array.from(result.fills.time, (_, i) => fillAt(result, i));
    expect(fills.map(({ time, quantity, price }) => [time, quantity, price])).toEqual([
      [at(2), 45, expect.closeTo(112.2, 12)],
      [at(5), -45, 135],
    ]);
    const cash = 10_000 - 45 * 112.2;
    // At 104 x 1.2; at 104 x 1; at 110 x 1.25.
    const marked = [10_000, cash + 45 * 124.8, cash + 45 * 104, cash + 45 * 137.5, cash + 45 * 135];
    expect([...result.equity]).toEqual(marked.map((equity) => expect.closeTo(equity, 9)));
    expect(result.fills.realized[1]).toBeCloseTo(45 * (135 - 112.2), 9);
  });

  test("pays fees of the converted value, and converts dividends, splits and what is left of a lot", () => {
    const fee = { kind: "percent", fraction: 0.01 } as const;
    const actions = [
      { kind: "dividend", time: at(2.5), amount: 2 },
      { kind: "split", time: at(2.5), ratio: 1.5 },
    ] as const;
    const adjusted = [bar(100), bar(102, 105), bar(70), bar(70), bar(70)];
    const result = run({
      bars: adjusted,
      long: { ...long, exit: [0, 0, 0, 0, 0] },
      rates,
      brokerage: { fee },
      actions,
    });
    expect(result.fills.fee[0]).toBeCloseTo(0.01 * 45 * 112.2, 9);
    // 45 x 2 euros, and half a unit of the 67.5 at 105 / 1.5, both at 1.2 as known before.
    expect(result.costs.dividends).toBeCloseTo(45 * 2 * 1.2, 9);
    expect(result.splits).toMatchObject([{ before: 45, after: 67, cash: expect.closeTo(0.5 * 70 * 1.2, 9) }]);
    const cash = 10_000 - 45 * 112.2 * 1.01 + 108 + 42;
    expect(result.equity.at(-1)).toBeCloseTo(cash + 67 * 70 * 1.25, 9);
  });

  test("marks at the rate of the bar, however long after the last one it comes", () => {
    const stamps = [at(1), at(2), at(6)];
    const late = run({ bars: [bar(100), bar(100), bar(100)], stamps, long: { enter: [1, 0, 0], size: 0.5 }, rates });
    expect(late.equity.at(-1)).toBeCloseTo(10_000 - 45 * 110 + 45 * 125, 9);
  });

  test("decides nothing before the first rate", () => {
    const result = run({ bars, long: { enter: [1, 0, 1, 0, 0], size: 0.5 }, rates: [euros([2, 1.2])] });
    expect(result.counters).toMatchObject({ undecided: 1, decisions: 1 });
    expect([...result.fills.time]).toEqual([at(4)]);
  });
});

test("what is held follows the rate where its symbol has no bar, and what is quoted in the account's currency does not", () => {
  const instruments = ["EUR", "USD"].map((currency) => ({ symbol: currency, currency, lot: 0, tick: 0 }));
  const conversion = createConversion(instruments, [euros([1, 1.1], [2, 1.2])])!;
  const account = { mark: new Float64Array(2) } as Partial<Account> as Account;
  convertClose(conversion, 0, 50, account);
  expect([...account.mark]).toEqual([0, 0]);
  passRates(conversion, at(1), account);
  convertClose(conversion, 1, 50, account);
  expect([...account.mark]).toEqual([50 * 1.1, 50]);
  passRates(conversion, at(2), account);
  expect([...account.mark]).toEqual([60, 50]);
  addRates(conversion, [euros([3, 2])]);
  passRates(conversion, at(3), account);
  expect([...account.mark]).toEqual([100, 50]);
  expect(() => addRates(conversion, [euros([3, 1])])).toThrowError(
    expect.objectContaining({ code: "backtest.invalid-rate" }),
  );
});

test("levels and ticks are those of the quote", () => {
  const bars: readonly Bar[] = [bar(100), [100, 101, 95, 96], bar(96), [96, 97, 89, 90], bar(90)];
  const long = { enter: [1, 0, 0, 0, 0], size: 0.5, limit: [97.5, 0, 0, 0, 0], stop: [91, 0, 0, 0, 0] } as const;
  const result = run({ bars, long, rates: [euros([1, 2])], tick: 0.5 });
  expect([...result.fills.price]).toEqual([195, 182]);
});

test("what is known later changes nothing before, in one step, bar by bar and as rates come in", () => {
  const rate = fc.double({ min: 0.5, max: 2, noNaN: true });
  const price = fc.double({ min: 50, max: 150, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(rate, { minLength: 12, maxLength: 12 }),
      fc.array(price, { minLength: 12, maxLength: 12 }),
      (rates, prices) => {
        const known = (upTo: number) => [euros(...rates.slice(0, upTo).map((value, i) => [i + 1, value] as const))];
        const bars = prices.map((value) => bar(value));
        const long = {
          enter: prices.map((_, i) => (i % 4 === 0 ? 1 : 0)),
          exit: prices.map((_, i) => (i % 4 === 2 ? 1 : 0)),
        } as const;
        const whole = start({ bars, long, rates: known(12), instrument: { currency: "EUR" } });
        const short = start({ bars, long, rates: known(6), instrument: { currency: "EUR" } });
        const states = [whole, short].map((backtest) => {
          backtest.advance(at(6));
          return backtest.result();
        });
        expect(states[0]).toEqual(states[1]);
        const once = start({ bars, long, rates: known(12), instrument: { currency: "EUR" } });
        once.advance(at(12));
        for (let i = 7; i <= 12; i++) whole.advance(at(i));
        expect(whole.result()).toEqual(once.result());
      },
    ),
    { numRuns: 30 },
  );
});

test.each<[what: string, code: string, rates: readonly CurrencyRates[]]>([
  ["no rate of the other currency", "backtest.mixed-currencies", []],
  ["a rate of nothing", "backtest.invalid-rate", [euros([1, 0])]],
  ["a rate that is no number", "backtest.invalid-rate", [euros([1, Number.NaN])]],
  ["rates that run backwards", "backtest.invalid-rate", [euros([2, 1], [1, 1])]],
])("%s is refused", (_, code, rates) => {
  const instrument = (symbol: string, currency: string) => ({ symbol, currency, lot: 0, tick: 0 });
  const both = [instrument("A", "USD"), instrument("B", "EUR")];
  expect(() => createConversion(both, rates)).toThrowError(expect.objectContaining({ code }));
});
