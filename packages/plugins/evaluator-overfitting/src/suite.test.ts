import { evaluatorSuite } from "@qmtl/core/plugin-testing";
import { describe, test } from "vitest";
import * as evaluators from "./index.ts";

const { bootstrap, crossValidation, pbo, realityCheck, trackRecord, walkForward } = evaluators;

// Bounds as low as they go, so that the cases reach the figures and not only the refusal of short samples.
const cases = [
  { plugin: trackRecord, config: { minPeriods: 3 } },
  { plugin: bootstrap, config: { resamples: 100, minPeriods: 20 } },
  { plugin: pbo, config: { blocks: 6, minTrials: 2, minBlockPeriods: 2 } },
  { plugin: crossValidation, config: { groups: 5, minGroupPeriods: 2, of: "world" } },
  { plugin: walkForward, config: { minStretchPeriods: 2, train: 2, folds: 3 } },
  { plugin: realityCheck, config: { resamples: 100, minPeriods: 20 } },
];
for (const { plugin, config } of cases)
  evaluatorSuite({ describe, test }, { plugin: plugin as never, config, root: "." });
