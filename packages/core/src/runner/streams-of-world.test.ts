import { expect, test } from "vitest";
import type { Brokerage } from "../backtest/brokerage.ts";
import { ohlcv } from "../schema/schema.ts";
import { streamsOfWorld } from "./streams-of-world.ts";

const plain: Brokerage = {
  fee: { kind: "none" },
  slippage: { kind: "none" },
  fill: "next-open",
  act: { kind: "change" },
  maxStale: 5,
};

const stream = (node: number, columns: readonly string[]) => ({
  node,
  schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
  tags: ["a"],
  match: "any" as const,
  interval: "1d" as const,
  gaps: undefined,
  columns,
});

test("a brokerage that asks for volume reads it of the prices, and of nothing else", () => {
  const inspected = { streams: [stream(0, ["close"]), stream(3, ["close", "open"])], priceStream: 3 };
  const columns = (brokerage: Partial<Brokerage>) =>
    streamsOfWorld(inspected, { ...plain, ...brokerage }).map((one) => one.columns);
  expect(columns({})).toEqual([["close"], ["close", "open"]]);
  const asking = [["close"], ["close", "open", "volume"]];
  expect(columns({ volumeCap: { share: 0.1 } })).toEqual(asking);
  expect(columns({ volumeCap: { units: 5 } })).toEqual([["close"], ["close", "open"]]);
  expect(columns({ slippage: { kind: "volume-share", coefficient: 1, fallback: 0 } })).toEqual(asking);
});
