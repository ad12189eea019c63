import { expect, test } from "vitest";
import type { Fill } from "../../backtest/fill-log.ts";
import type { OrderEvent } from "../../backtest/order-log.ts";
import { freeTerms } from "../../backtest/order-terms.ts";
import type { TradedRecord } from "./account-record.ts";
import { sizedParts } from "./sizing.ts";

const placed = (time: number, because = "target", symbol = "A") =>
  ({ kind: "placed", symbol, time, because }) as Partial<OrderEvent> as OrderEvent;
const fill = (time: number, held: number, quantity: number, kind = "target", symbol = "A") =>
  ({ symbol, time, held, quantity, kind }) as Partial<Fill> as Fill;
const traded = (part: number, orders: readonly OrderEvent[], fills: readonly Fill[]) =>
  ({ kind: "traded", terms: freeTerms(part), orders, fills }) as Partial<TradedRecord> as TradedRecord;

test("a position was sized by the part in force when its order was decided, not when it filled", () => {
  const history = [traded(1, [placed(1)], []), traded(0.4, [placed(2, "target", "B")], [fill(2, 10, 10)])];
  expect([...sizedParts(history)]).toEqual([["A", 1]]);
  expect([...sizedParts([...history, traded(0.2, [], [fill(3, 7, 7, "target", "B")])])]).toEqual([
    ["A", 1],
    ["B", 0.4],
  ]);
});

test("of several bars in one record, a fill counts what was decided before it", () => {
  const before = traded(1, [placed(1)], []);
  expect(sizedParts([before, traded(0.5, [placed(2)], [fill(2, 10, 10)])]).get("A")).toBe(1);
  expect(sizedParts([before, traded(0.5, [placed(2)], [fill(2, 10, 10), fill(3, 5, -5)])]).get("A")).toBe(0.5);
});

test("a rebalancing changes it in proportion, and what is flat has none", () => {
  const history = [traded(1, [placed(1)], []), traded(1, [], [fill(2, 200, 200)])];
  const after = [...history, traded(0.4, [], [fill(3, 80, -120, "rebalance")])];
  expect(sizedParts(after).get("A")).toBeCloseTo(0.4, 12);
  expect(sizedParts([...after, traded(0.4, [], [fill(4, 0, -80, "drain")])]).size).toBe(0);
  expect(sizedParts([traded(0.3, [], [fill(3, 5, 5, "rebalance")])]).get("A")).toBe(0.3);
});
