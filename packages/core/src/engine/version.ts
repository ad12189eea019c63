/** Raised whenever any bit that the engine, the backtest or the sampling computes may change. Part of ComputeKey and EvalKey. */
export const ENGINE_VERSION = "engine/4";
