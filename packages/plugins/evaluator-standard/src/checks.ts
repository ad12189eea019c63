import type { Verdict } from "@qmtl/core/plugin";
import type { Sample } from "./sample.ts";

/** A run that is too short says nothing, in either direction. */
export function enoughPeriods(periods: number, minPeriods: number): Verdict {
  return periods >= minPeriods
    ? { verdict: "pass", reason: `${periods} periods, and ${minPeriods} are enough` }
    : { verdict: "inconclusive", reason: `${periods} periods are too few to judge: it takes ${minPeriods}` };
}

/** What the deflated figures rest on. It informs, so it passes whenever they exist. */
export function deflatedBasis({ deflation, input }: Sample): Verdict {
  if (typeof deflation === "string")
    return { verdict: "fail", reason: `There is no deflated Sharpe ratio, because ${deflation}` };
  const counted = `${deflation.trials} ${deflation.trials === 1 ? "trial" : "trials"} of at least ${input.minTrialPeriods} periods`;
  const variance = deflation.variance.toPrecision(4);
  return {
    verdict: "pass",
    reason:
      deflation.basis === "ledger"
        ? `Deflated by ${counted}; V = ${variance} is the sample variance of their per-period Sharpe ratios`
        : `Deflated by ${counted}; V = ${variance} is the estimator's own variance, because fewer than two of them have a Sharpe ratio`,
  };
}
