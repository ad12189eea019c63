import { expect, test } from "vitest";
import type { ExecutedRecord, RebalancedRecord } from "../../world/record.ts";
import { dueRebalances } from "./due-rebalance.ts";

type Order = RebalancedRecord["orders"][number];

const order = (symbol: string, quantity: number, more: Partial<Order> = {}): Order => ({
  strategy: "a",
  symbol,
  venue: null,
  quantity,
  reduceOnly: false,
  held: 10,
  ...more,
});

function world(records: Readonly<Record<string, readonly Order[]>>, done: readonly (readonly [string, string])[] = []) {
  const rebalances = new Map(
    Object.entries(records).map(([run, orders]) => [
      run,
      { run, orders } as Partial<RebalancedRecord> as RebalancedRecord,
    ]),
  );
  const executions = new Map<string, readonly ExecutedRecord[]>();
  for (const [run, strategy] of done)
    executions.set(run, [
      ...(executions.get(run) ?? []),
      { run, strategy } as Partial<ExecutedRecord> as ExecutedRecord,
    ]);
  return { rebalances, executions };
}

test("what nobody has executed for the strategy is due, and once it is done it is not", () => {
  const records = { one: [order("X", -3), order("Y", 2, { strategy: "b" })] };
  const due = [{ run: "one", legs: [{ symbol: "X", held: 10, quantity: -3, reduceOnly: true }], leftOut: [] }];
  expect(dueRebalances(world(records), "a")).toEqual(due);
  expect(dueRebalances(world(records, [["one", "b"]]), "a")).toEqual(due);
  expect(dueRebalances(world(records, [["one", "a"]]), "a")).toEqual([]);
  expect(dueRebalances(world(records), "c")).toEqual([]);
});

test("of several the newest counts, for each was planned on what is held", () => {
  const records = { one: [order("X", -3)], two: [order("Y", 1, { strategy: "b" })], three: [order("X", -4)] };
  expect(dueRebalances(world(records), "a")).toEqual([
    { run: "one", legs: [], leftOut: [{ symbol: "X", asked: -3, ordered: 0, reason: "superseded" }] },
    { run: "three", legs: [{ symbol: "X", held: 10, quantity: -4, reduceOnly: true }], leftOut: [] },
  ]);
  expect(dueRebalances(world(records, [["three", "a"]]), "a").map(({ run, legs }) => [run, legs.length])).toEqual([
    ["one", 1],
  ]);
});

test("a symbol is one order, of its own venue, and on what it was planned on", () => {
  const { held: _, ...old } = order("Z", 1);
  const records = { one: [order("X", -3), order("X", 5), order("X", 1, { venue: "CME" }), old] };
  expect(dueRebalances(world(records), "a")).toEqual([
    {
      run: "one",
      legs: [{ symbol: "X", held: 10, quantity: 2, reduceOnly: false }],
      leftOut: [{ symbol: "X", asked: 1, ordered: 0, reason: "other-venue" }],
    },
  ]);
});
