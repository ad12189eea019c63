import { deserialize, serialize } from "node:v8";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TradeRecord } from "../plugin/contract/evaluator.ts";
import { countTrades, tradeRecords, tradeTable } from "./trade-table.ts";

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

test("trades are the same after their way through a table and a message", () => {
  fc.assert(
    fc.property(fc.array(trade), (trades) => {
      const table = deserialize(serialize(tradeTable(trades)));
      expect(tradeRecords(table)).toEqual(trades);
      expect(countTrades(table)).toBe(trades.length);
      expect(tradeTable(table)).toBe(table);
    }),
  );
});
