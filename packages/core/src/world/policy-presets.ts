import type { Policy } from "../policy/policy.ts";
const base: Policy = { gates: {}, score: "sharpe", constraints: {}, topK: { total: 10 }, hysteresis: { enter: 0, exit: 0, promoteAfter: 1, demoteAfter: 1, minDwell: 0 }, minPeriods: 20 };
export const POLICY_PRESETS: Readonly<Record<string, Policy>> = { sandbox: base, conservative: base, moderate: { ...base, gates: { sharpe: "sharpe >= 0.7" }, constraints: { correlation: { maxPairwise: 0.7 } }, hysteresis: { ...base.hysteresis, enter: 0.7, exit: 0.5 } }, aggressive: base };
