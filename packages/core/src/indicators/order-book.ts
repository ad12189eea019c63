/**
 * Functions of one snapshot of an order book, for data that have more levels than columns can name: call them inside a
 * `compute`, or on data of your own. Levels run from the best price outwards. Where an empty book would divide by zero,
 * {@link EPSILON} in the denominator gives 0 instead.
 */
export interface OrderBook {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** Price and size. */
export type BookLevel = readonly [price: number, size: number];

/** It shows in the tenth digit of every ratio, and is therefore part of the definition. */
const EPSILON = 1e-9;

/**
 * Imbalance of the best `levels`: `(B - A) / (B + A + 1e-9)`, with B and A the sums of bid and ask sizes; -1 to 1.
 *
 * @example
 * depthImbalance({ bids: [[100, 5], [99, 3]], asks: [[101, 2], [102, 4]] }, 2); // (8 - 6) / (14 + 1e-9)
 */
export function depthImbalance(book: OrderBook, levels: number): number {
  const bid = sizeOf(book.bids, levels);
  const ask = sizeOf(book.asks, levels);
  return (bid - ask) / (bid + ask + EPSILON);
}

/**
 * How fast depth grows away from the touch, per side: the least-squares slope of cumulative size over the level's number, for
 * the best `levels`; 0 for fewer than two.
 */
export function depthSlope(book: OrderBook, levels: number): { readonly bid: number; readonly ask: number } {
  return { bid: slopeOf(book.bids, levels), ask: slopeOf(book.asks, levels) };
}

/**
 * The touch weighted by the opposite size: `(bid * A + ask * B) / (B + A + 1e-9)`, with B and A the sums of bid and ask sizes of
 * the best `levels` (Stoikov 2018, "The micro-price", the weighted mid-price). NaN when a side is empty.
 */
export function microprice(book: OrderBook, levels: number): number {
  const bid = book.bids[0]?.[0] ?? Number.NaN;
  const ask = book.asks[0]?.[0] ?? Number.NaN;
  const bidSize = sizeOf(book.bids, levels);
  const askSize = sizeOf(book.asks, levels);
  return (bid * askSize + ask * bidSize) / (bidSize + askSize + EPSILON);
}

/**
 * Place in a queue as a number from 1 (first) to 0 (last or beyond): `1 - rank / size`, cut to [0, 1]. An empty queue gives 1.
 *
 * @param rank size or orders ahead of ours
 * @param size size or orders in the queue
 */
export function priorityIndex(rank: number, size: number): number {
  if (size === 0) return 1;
  return Math.min(1, Math.max(0, 1 - rank / size));
}

function sizeOf(side: readonly BookLevel[], levels: number): number {
  let sum = 0;
  for (let level = 0; level < levels && level < side.length; level++) sum += side[level]![1];
  return sum;
}

function slopeOf(side: readonly BookLevel[], levels: number): number {
  const count = Math.min(levels, side.length);
  if (count < 2) return 0;
  const middle = (count - 1) / 2;
  const mean = meanDepth(side, count);
  let covariance = 0;
  let variance = 0;
  let depth = 0;
  for (let level = 0; level < count; level++) {
    depth += side[level]![1];
    covariance += (level - middle) * (depth - mean);
    variance += (level - middle) * (level - middle);
  }
  return covariance / variance;
}

function meanDepth(side: readonly BookLevel[], count: number): number {
  let depth = 0;
  let sum = 0;
  for (let level = 0; level < count; level++) {
    depth += side[level]![1];
    sum += depth;
  }
  return sum / count;
}
