import type { ColumnBatch, PresetDescription } from "@qmtl/core/plugin";
import { categorical, price, quantity, schema } from "@qmtl/core/schema";
import { dayStart, type SamplesConfig } from "./config.ts";
import { createRandom } from "./random.ts";

const SECOND = 1_000;
const DAY = 86_400_000;
const DEFAULT_END = "2025-01-01";
const AUCTION = 60 * SECOND;
const HALT = 30;
const PHASES = ["open", "auction", "halted"] as const;

export const bookSchema: PresetDescription["schema"] = schema("acme.book@1", {
  bid: price,
  bidSize: quantity,
  ask: price,
  askSize: quantity,
  phase: categorical(PHASES),
});

/**
 * Best bid and offer at the end of every second, on ticks of 0.1 around 60,000; one day unless configured. The first minute of a UTC day is
 * an auction, now and then trading halts for 30 seconds. The larger side tends to pull the price its way.
 */
export function bookRows(symbol: string, { seed, book }: SamplesConfig): ColumnBatch {
  const to = dayStart(book.end ?? DEFAULT_END);
  const from = book.start === undefined ? to - DAY : dayStart(book.start);
  const rows = Math.max(0, (to - from) / SECOND);
  const random = createRandom(`book/${seed}/${symbol}`);
  const time = new Float64Array(rows);
  const bid = new Float64Array(rows);
  const bidSize = new Float64Array(rows);
  const ask = new Float64Array(rows);
  const askSize = new Float64Array(rows);
  const phase: string[] = [];
  let ticks = 600_000;
  let pressure = 0;
  let halted = 0;
  for (let row = 0; row < rows; row++) {
    time[row] = from + (row + 1) * SECOND;
    const auction = (from + row * SECOND) % DAY < AUCTION;
    if (halted > 0) halted--;
    else if (!auction && random.uniform() < 0.0001) halted = HALT;
    phase.push(auction ? "auction" : halted > 0 ? "halted" : "open");
    pressure = 0.95 * pressure + 0.2 * random.normal();
    if (halted === 0) ticks = Math.max(1, ticks + Math.round(4 * random.normal() + 2 * pressure));
    const spread = 1 + Math.floor(4 * random.uniform());
    const lean = Math.max(-0.9, Math.min(0.9, pressure));
    const depth = 0.5 + 2 * random.uniform();
    bid[row] = ticks / 10;
    ask[row] = (ticks + spread) / 10;
    bidSize[row] = Math.round(depth * (1 + lean) * 1_000) / 1_000;
    askSize[row] = Math.round(depth * (1 - lean) * 1_000) / 1_000;
  }
  return { time, columns: { bid, bidSize, ask, askSize, phase } };
}
