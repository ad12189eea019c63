/**
 * `@qmtl/core/indicators`: the standard library of kernels. Each has a formula and its source, a first valid row and the row
 * from which it has forgotten where the data began, both counted from the first row where all of its inputs are valid.
 */
export { above } from "./above.ts";
export { anchoredVwap } from "./anchored-vwap.ts";
export { atr, type HighLowClose } from "./atr.ts";
export { below } from "./below.ts";
export { type Bands, bollinger } from "./bollinger.ts";
export { cross } from "./cross.ts";
export { crossOver } from "./cross-over.ts";
export { crossUnder } from "./cross-under.ts";
export { ema } from "./ema.ts";
export { highest } from "./highest.ts";
export { imbalance } from "./imbalance.ts";
export { kalman } from "./kalman.ts";
export { lag } from "./lag.ts";
export { lowest } from "./lowest.ts";
export { type BookLevel, depthImbalance, depthSlope, microprice, type OrderBook, priorityIndex } from "./order-book.ts";
export { returns } from "./returns.ts";
export { rsi } from "./rsi.ts";
export { sma } from "./sma.ts";
export { stddev } from "./stddev.ts";
export { twap } from "./twap.ts";
export { vwap } from "./vwap.ts";
export { when } from "./when.ts";
export { zscore } from "./zscore.ts";
