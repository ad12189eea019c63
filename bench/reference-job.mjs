import { ohlcv } from "@qmtl/core/schema";

/** The reference task's bars as the engine takes them: stamps are ends. */
export function panelOf({ ts, open, high, low, close, volume }) {
  return {
    preset: "bench",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1m",
    calendar: "24x7",
    series: [
      {
        symbol: "BENCH",
        tags: ["bench"],
        stamps: ts.map((start) => start + 60_000),
        columns: { open, high, low, close, volume },
      },
    ],
  };
}

/** The reference task's account over a panel, for a built strategy with one stream. */
export function jobOf(built, panel) {
  return {
    panels: new Map([[built.inspected.priceStream, panel]]),
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
