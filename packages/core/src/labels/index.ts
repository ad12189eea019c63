/** Labels: what is known of a bar only later, for training and never for a decision. */
export { type BarrierSide, barrierPrices, barrierReturns, type VolatilityBarriers } from "./barriers.ts";
export { type ForwardReturns, forwardReturns } from "./forward-return.ts";
export { halfLife } from "./half-life.ts";
export {
  type BarrierLabels,
  type BarrierOutcome,
  type BarrierTouch,
  barrierLabels,
  firstTouch,
  type ScaledBarriers,
  type TripleBarrier,
} from "./triple-barrier.ts";
