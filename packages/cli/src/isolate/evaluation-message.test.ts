import { deserialize, serialize } from "node:v8";
import type { EvaluationTask } from "@qmtl/core";
import type { TradeRecord } from "@qmtl/core/plugin";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromMessage, toMessage } from "./evaluation-message.ts";

const number = fc.double({ noDefaultInfinity: true, noNaN: true });
const trade: fc.Arbitrary<TradeRecord> = fc.record({
  symbol: fc.constantFrom("BTC", "ETH", ""),
  side: fc.constantFrom("long", "short"),
  entryTime: fc.nat(),
  exitTime: fc.nat(),
  quantity: number,
  entryPrice: number,
  exitPrice: number,
  profit: number,
  fees: number,
  bars: fc.nat(),
  open: fc.boolean(),
});

test("a task arrives as it was sent", () => {
  fc.assert(
    fc.property(fc.array(trade), (trades) => {
      const task = { strategy: "s", returns: Float64Array.of(0.5), trades } as unknown as EvaluationTask;
      expect(fromMessage(deserialize(serialize(toMessage(task))))).toEqual(task);
    }),
  );
});
