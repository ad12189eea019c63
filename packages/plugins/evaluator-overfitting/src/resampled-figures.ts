import { sharpeScore } from "./score.ts";
import { type Resampling, stationaryResamples } from "./stationary-bootstrap.ts";

/** Where figures of a run lie in its resamples. */
export interface ResampledFigures {
  /** Sharpe ratio per period, ascending. */
  readonly sharpe: Float64Array;
  /** Mean return per period, ascending. */
  readonly mean: Float64Array;
  /** Deepest fall below a running peak, a fraction; at most 1; ascending. */
  readonly drawdown: Float64Array;
}

/** The figures of every resample of a run's returns. */
export function resampledFigures(returns: Float64Array, how: Omit<Resampling, "periods">): ResampledFigures {
  const periods = returns.length;
  const sharpe = new Float64Array(how.resamples);
  const mean = new Float64Array(how.resamples);
  const drawdown = new Float64Array(how.resamples);
  let index = 0;
  for (const { starts, lengths, count } of stationaryResamples({ ...how, periods })) {
    let [sum, squares, equity, peak, deepest] = [0, 0, 1, 1, 0];
    for (let block = 0; block < count; block++) {
      for (let i = 0; i < lengths[block]!; i++) {
        const value = returns[(starts[block]! + i) % periods]!;
        sum += value;
        squares += value * value;
        equity *= 1 + value;
        if (equity > peak) peak = equity;
        deepest = Math.max(deepest, 1 - equity / peak);
      }
    }
    sharpe[index] = sharpeScore(periods, sum, squares);
    mean[index] = sum / periods;
    drawdown[index] = Math.min(1, deepest);
    index++;
  }
  return { sharpe: sharpe.sort(), mean: mean.sort(), drawdown: drawdown.sort() };
}
