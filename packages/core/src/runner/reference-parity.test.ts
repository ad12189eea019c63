import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { referenceSeries } from "../backtest/reference-series.test.helper.ts";
import { above, sma, when } from "../indicators/index.ts";
import { quantity } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { strategy, stream, targetPositions } from "../strategy/index.ts";
import { inspectStrategy } from "./inspect.ts";
import { createReplay } from "./replay.ts";

const crossOver = inspectStrategy(
  strategy({
    name: "reference",
    graph() {
      const bars = stream({ schema: ohlcv, tags: ["reference"], interval: "1m" });
      return targetPositions(when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity));
    },
  }),
  { runId: "reference" },
);

/** The reference task as a strategy, over bars of a series that declares its tick or does not. */
function run({ stamps, columns }: ReturnType<typeof referenceSeries>, tick: number) {
  const replay = createReplay(crossOver, {
    panels: new Map([
      [
        crossOver.inspected.priceStream,
        {
          preset: "reference",
          schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
          interval: "1m",
          calendar: "24x7",
          series: [{ symbol: "REF", tags: ["reference"], stamps, columns, ...(tick > 0 && { tick }) }],
        },
      ],
    ]),
    instruments: [{ symbol: "REF", currency: "USD", lot: 0, tick: 0 }],
    brokerage: {
      fee: { kind: "percent", fraction: 0.0002 },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    equity: 1_000_000,
  });
  replay.advance(Number.POSITIVE_INFINITY);
  return replay.outcome().result;
}

const { rows } = JSON.parse(
  readFileSync(new URL("../../../../fixtures/golden/reference/table.json", import.meta.url), "utf8"),
) as { rows: { bars: number; tick: number; entries: number; finalEquity?: number }[] };

test.each(rows)("$bars bars with tick $tick: $entries entries", ({ bars, tick, entries, finalEquity }) => {
  const { counters, ...result } = run(referenceSeries(bars, tick), tick);
  expect(counters.entries).toBe(entries);
  if (finalEquity !== undefined) expect(result.finalEquity).toBe(finalEquity);
});

test("without its tick, sums of floats miss ties on a grid", () => {
  const bars = referenceSeries(100_000, 0.01);
  expect(run(bars, 0.01).counters.entries).not.toBe(run(bars, 0).counters.entries);
});
