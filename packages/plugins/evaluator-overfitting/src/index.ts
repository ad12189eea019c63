/** Evidence against overfitting: evaluators that a world names one by one, each with its minimum below which it is inconclusive. */
export { automaticBlockLength } from "./block-length.ts";
export { bootstrap } from "./bootstrap.ts";
export { type CombinatorialValidation, combinatorialValidation } from "./cpcv.ts";
export { crossValidation } from "./cross-validation.ts";
export { type SymmetricValidation, symmetricValidation } from "./cscv.ts";
export { type MaxStatistic, maxStatistic } from "./max-statistic.ts";
export { pbo } from "./pbo.ts";
export { type Purge, purgedTraining, type Stretch } from "./purged-training.ts";
export { realityCheck } from "./reality-check.ts";
export { type ResampledFigures, resampledFigures } from "./resampled-figures.ts";
export { trackRecord } from "./track-record.ts";
export { type Anchor, type Walk, walk } from "./walk.ts";
export { walkForward } from "./walk-forward.ts";
