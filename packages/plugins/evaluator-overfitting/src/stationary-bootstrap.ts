import { philox } from "./philox.ts";

/** Consecutive stretches of a series, in order; the series goes on with its beginning after its end. */
export interface Resample {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** How many stretches there are; entries from here on are of other resamples. */
  readonly count: number;
}

export interface Resampling {
  /** Number of periods. */
  readonly periods: number;
  /** Mean length of a stretch in periods, at least 1. */
  readonly blockLength: number;
  /** Number of resamples. */
  readonly resamples: number;
  readonly key: number;
}

/**
 * Resamples of the stationary bootstrap: stretches with a uniform start and a geometric length of mean `blockLength`, the last one cut
 * to `periods`. Each is a function of the key and its index. The arrays are filled again for the next one: read them before.
 *
 * @see Politis & Romano (1994), "The Stationary Bootstrap", Journal of the American Statistical Association 89(428)
 */
export function* stationaryResamples({ periods, blockLength, resamples, key }: Resampling): Generator<Resample> {
  const starts = new Int32Array(periods);
  const lengths = new Int32Array(periods);
  const words = new Uint32Array(2);
  const logStay = Math.log(1 - 1 / blockLength);
  for (let index = 0; index < resamples; index++) {
    let count = 0;
    for (let filled = 0; filled < periods; count++) {
      philox(key, count, index, words);
      starts[count] = Math.floor((words[0]! / 4_294_967_296) * periods);
      const length = 1 + Math.floor(Math.log((words[1]! + 0.5) / 4_294_967_296) / logStay);
      lengths[count] = Math.min(length, periods - filled);
      filled += lengths[count]!;
    }
    yield { starts, lengths, count };
  }
}
