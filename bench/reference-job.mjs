import { ohlcv } from "@qmtl/core/schema";

/** The reference task's bars and account for a built strategy with one stream. */
export function jobOf(built, bars) {
  const stamps = bars.ts.map((start) => start + 60_000);
  const { open, high, low, close, volume } = bars;
  return {
    panels: new Map([
      [
        built.inspected.priceStream,
        {
          preset: "bench",
          schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
          interval: "1m",
          calendar: "24x7",
          series: [{ symbol: "BENCH", tags: ["bench"], stamps, columns: { open, high, low, close, volume } }],
        },
      ],
    ]),
    instruments: [{ symbol: "BENCH", currency: "USD", lot: 0, tick: 0 }],
    brokerage: {
      fee: { kind: "percent", fraction: 0.0002 },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    equity: 1_000_000,
  };
}
