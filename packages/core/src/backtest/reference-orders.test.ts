import fc from "fast-check";
import { expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import { fillAt } from "./fill-log.ts";
import { at, type Bar, HOUR, type SideRows, start, type Told, trade } from "./told.test.helper.ts";

/** Prices and levels are whole numbers, so that a market that moves by one at a time meets every level exactly. */
interface Entry {
  readonly side: 1 | -1;
  readonly limit: number | undefined;
  readonly trigger: number | undefined;
  readonly stop: number | undefined;
  readonly takeProfit: number | undefined;
  readonly trail: number | undefined;
  readonly size: number;
  triggered: boolean;
}

/**
 * The same orders on a market that is walked one price at a time, from the open over both extremes to the close. It shares no code with the orders
 * under test.
 */
function tickByTick({ bars, long, short, brokerage }: Told): readonly (readonly [number, string, number, number])[] {
  const fills: [number, string, number, number][] = [];
  let held = 0;
  let entries: Entry[] = [];
  let leaving: "exit" | "expired" | undefined;
  let guard:
    | { stop: number | undefined; takeProfit: number | undefined; trail: number | undefined; trailing: number }
    | undefined;
  let since = 0;
  const log = (bar: number, kind: string, quantity: number, price: number) => {
    fills.push([bar + 1, kind, quantity, price]);
    held += quantity;
    if (held === 0) {
      entries = [];
      guard = undefined;
      leaving = undefined;
    }
  };
  const enterAt = (bar: number, entry: Entry, price: number) => {
    log(bar, "entry", entry.side * entry.size, price);
    entries = [];
    since = bar;
    const { stop, takeProfit, trail } = entry;
    guard = { stop, takeProfit, trail, trailing: trail === undefined ? Number.NaN : price - entry.side * trail };
    protectAt(bar, price);
  };
  /** What protects a position that finds itself at a price. */
  const protectAt = (bar: number, price: number) => {
    if (guard === undefined || held === 0) return;
    const side = Math.sign(held);
    const { stop, takeProfit, trail } = guard;
    if (stop !== undefined && side * (price - stop) <= 0) return log(bar, "stop", -held, price);
    if (trail !== undefined && side * (price - guard.trailing) <= 0) return log(bar, "trailing-stop", -held, price);
    if (trail !== undefined && side * (price - side * trail - guard.trailing) > 0)
      guard.trailing = price - side * trail;
    if (takeProfit !== undefined && side * (price - takeProfit) >= 0) return log(bar, "take-profit", -held, price);
  };
  const tryEntries = (bar: number, price: number, atOpen: boolean) => {
    for (const entry of entries) {
      const { side, limit, trigger } = entry;
      if (trigger !== undefined && side * (price - trigger) >= 0) entry.triggered = true;
      const ready = trigger === undefined || entry.triggered;
      const good = limit === undefined || side * (limit - price) >= 0;
      const waits = limit !== undefined || trigger !== undefined;
      if (ready && good && (atOpen || waits)) return enterAt(bar, entry, price);
    }
  };
  bars.forEach(([open, high, low, close], bar) => {
    if (leaving !== undefined && held !== 0) log(bar, leaving, -held, open);
    else tryEntries(bar, open, true);
    protectAt(bar, open);
    let price = open;
    for (const to of brokerage?.path === "open-high-low-close" ? [high, low, close] : [low, high, close])
      while (price !== to) {
        price += Math.sign(to - price);
        protectAt(bar, price);
        tryEntries(bar, price, false);
      }
    const wanted: Entry[] = [];
    const idle = held === 0 && entries.length === 0;
    for (const [side, rows] of [
      [1, long],
      [-1, short],
    ] as const) {
      if (rows === undefined) continue;
      const exits = rows.exit?.[bar] === 1;
      if (held * side > 0) {
        const trail = rows.trail?.[bar];
        if (guard !== undefined && guard.trail !== undefined && trail !== undefined) guard.trail = trail;
        if (exits) leaving = "exit";
        else if (bar - since + 1 >= (rows.expire ?? Infinity)) leaving = "expired";
      } else if (exits && held === 0) entries = entries.filter((entry) => entry.side !== side);
      else if (rows.enter[bar] === 1 && !exits && idle)
        wanted.push({
          side,
          limit: rows.limit?.[bar],
          trigger: rows.trigger?.[bar],
          stop: rows.stop?.[bar],
          takeProfit: rows.takeProfit?.[bar],
          trail: rows.trail?.[bar],
          size: (rows.size as readonly number[])[bar]!,
          triggered: false,
        });
    }
    const waits = ({ limit, trigger }: Entry) => limit !== undefined || trigger !== undefined;
    if (wanted.length < 2 || wanted.every(waits)) entries.push(...wanted);
  });
  return fills;
}

const level = fc.integer({ min: 85, max: 115 });
const flag = fc.constantFrom<0 | 1>(0, 0, 1);

function side(n: number, more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}): fc.Arbitrary<SideRows> {
  const rows = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: n, maxLength: n });
  return fc.record(
    {
      enter: rows(flag),
      exit: rows(fc.constantFrom<0 | 1>(0, 0, 0, 1)),
      size: rows(fc.integer({ min: 1, max: 3 })),
      limit: rows(level),
      trigger: rows(level),
      stop: rows(level),
      takeProfit: rows(level),
      trail: rows(fc.integer({ min: 1, max: 12 })),
      expire: fc.integer({ min: 1, max: 6 }),
      ...more,
    },
    { requiredKeys: ["enter", "size"] },
  ) as fc.Arbitrary<SideRows>;
}

const bar = fc
  .tuple(level, level, level, level)
  .map(([a, b, c, d]): Bar => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d]);
const history = fc.array(bar, { minLength: 2, maxLength: 25 });

test("along a path that is known, orders agree with a market that is walked one price at a time", () => {
  const told = history.chain((bars) =>
    fc.record({
      bars: fc.constant(bars),
      long: side(bars.length),
      short: side(bars.length),
      brokerage: fc.constantFrom({ path: "open-high-low-close" } as const, { path: "open-low-high-close" } as const),
      equity: fc.constant(1_000_000),
    }),
  );
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(told, (given) => {
      const expected = tickByTick(given);
      expect(trade(given).told).toEqual(expected);
      for (const [, kind] of expected) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 3000, seed: 61 },
  );
  for (const kind of ["entry", "exit", "expired", "stop", "take-profit", "trailing-stop"])
    expect([kind, (seen.get(kind) ?? 0) > 20]).toEqual([kind, true]);
});

test("orders of any kind, under any brokerage, keep the books, and no advance can be seen in them", () => {
  const told = history.chain((bars) => {
    const limits = {
      timeInForce: fc.constantFrom("day", "gtc", "ioc", "fok"),
      until: fc.array(
        fc.integer({ min: 0, max: 30 }).map((i) => at(i) / 1000),
        { minLength: bars.length, maxLength: bars.length },
      ),
    };
    return fc.record({
      bars: fc.constant(bars),
      long: side(bars.length, limits),
      short: side(bars.length, limits),
      lot: fc.constantFrom(0, 1),
      equity: fc.constantFrom(150, 10_000),
      volume: fc.array(fc.constantFrom(0, 4, 10, 100), { minLength: bars.length, maxLength: bars.length }),
      actions: fc
        .array(fc.tuple(fc.nat({ max: 25 }), fc.constantFrom(2, 0.5)), { maxLength: 2 })
        .map((told) =>
          told.sort(([a], [b]) => a - b).map(([i, ratio]) => ({ time: at(i), kind: "split" as const, ratio })),
        ),
      brokerage: fc.record(
        {
          fee: fc.constant({ kind: "maker-taker", maker: -0.001, taker: 0.002 } as const),
          slippage: fc.constant({ kind: "volume-share", coefficient: 0.1, fallback: 0.01 } as const),
          volumeCap: fc.constant({ share: 0.5 }),
          path: fc.constantFrom("pessimistic", "open-high-low-close", "open-low-high-close"),
          margin: fc.constant({ long: { initial: 0.5, maintenance: 0.4 }, short: { initial: 0.5, maintenance: 0.4 } }),
        },
        { requiredKeys: [] },
      ),
    }) as fc.Arbitrary<Told>;
  });
  let fills = 0;
  fc.assert(
    fc.property(told, fc.array(fc.nat({ max: 26 })), (given, cuts) => {
      const whole = start(given);
      whole.advance(Number.POSITIVE_INFINITY);
      const result = whole.result();
      const parts = start(given);
      for (const cut of cuts) parts.advance(at(cut));
      parts.advance(at(99));
      expect(parts.result()).toEqual(result);
      const all = Array.from(result.fills.time, (_, i) => fillAt(result, i));
      const spent = all.reduce((sum, { quantity, price, fee }) => sum + quantity * price + fee, 0);
      expect(Math.abs(result.initialEquity - spent - result.cash)).toBeLessThan(1e-6);
      const realized = all.reduce((sum, fill) => sum + fill.realized, 0);
      const unrealized = result.positions.reduce((sum, position) => sum + position.unrealized, 0);
      expect(
        Math.abs(realized + unrealized - result.costs.fees - (result.finalEquity - result.initialEquity)),
      ).toBeLessThan(1e-6);
      for (const { type, price, time, kind } of all) {
        if (kind === "ended" || kind === "split") continue;
        // Nobody gets a price that its bar did not see, but for what slips.
        const [, high, low] = given.bars[Math.round((time - at(1)) / HOUR)]!;
        if (type === "limit") expect(price >= low - 1e-9 && price <= high + 1e-9).toBe(true);
      }
      fills += all.length;
    }),
    { numRuns: 1000, seed: 67 },
  );
  expect(fills).toBeGreaterThan(1000);
});

test("what is asked of the calendar grows with bars and orders, not with their product", () => {
  const asked = (n: number): number => {
    let count = 0;
    const counted =
      <A extends readonly unknown[], R>(of: (...args: A) => R) =>
      (...args: A): R => {
        count++;
        return of(...args);
      };
    const { barEnd, slots } = aroundTheClock;
    const bars = Array.from({ length: n }, (_, i): Bar => [10 + (i % 7), 12 + (i % 7), 9 + (i % 7), 11 + (i % 7)]);
    const rows = (of: (i: number) => number) => bars.map((_, i) => of(i));
    const enter = bars.map((_, i): 0 | 1 => (i % 3 === 0 ? 1 : 0));
    const { fills } = trade({
      bars,
      long: { enter, size: rows(() => 1), limit: rows((i) => 9 + (i % 7)), stop: rows(() => 9), timeInForce: "day" },
      short: { enter: enter.toReversed(), size: rows(() => 1), at: "close", expire: 2 },
      brokerage: { settlement: { sessions: 2 }, borrow: { rate: 0.01 } },
      calendar: { ...aroundTheClock, barEnd: counted(barEnd), slots: counted(slots) },
    });
    expect(fills.time.length).toBeGreaterThan(n / 20);
    return count;
  };
  const [short, long] = [asked(600), asked(1200)];
  expect(short).toBeGreaterThan(100);
  expect(long / short).toBeLessThan(2.1);
});
