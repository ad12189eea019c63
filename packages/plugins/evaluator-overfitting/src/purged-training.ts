/** Half-open, in periods. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Purge {
  /** Periods after its own through which a return still depends on what was decided in it: how long positions are held, about. */
  readonly labelHorizon: number;
  /** Further periods after a test that are not trained on. */
  readonly embargo: number;
}

/**
 * What may be trained on beside the tests (ascending, apart): everything but the tests, the `labelHorizon` periods on both sides of
 * each, and `embargo` more after it.
 *
 * @see López de Prado (2018), "Advances in Financial Machine Learning", sections 7.4.1 and 7.4.2
 */
export function purgedTraining(
  periods: number,
  tests: readonly Stretch[],
  { labelHorizon, embargo }: Purge,
): readonly Stretch[] {
  const training: Stretch[] = [];
  let from = 0;
  for (const test of tests) {
    const to = test.from - labelHorizon;
    if (to > from) training.push({ from, to });
    from = Math.max(from, test.to + labelHorizon + embargo);
  }
  if (from < periods) training.push({ from, to: periods });
  return training;
}

export function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
}
