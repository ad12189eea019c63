import type { Exclusion, Policy, PolicyCandidate } from "./policy.ts";
import { say, sayTime } from "./wording.ts";

/** Only a world that follows the market has a clock to be late against. */
export function dataCurrency(candidate: PolicyCandidate, { maxLag }: Policy, now: number): readonly Exclusion[] {
  if (maxLag === undefined) return [];
  const lag = now - candidate.dataEnd;
  if (lag >= 0 && lag <= maxLag) return [];
  const fault = { stage: "data-currency", rule: "max_lag" } as const;
  if (lag > maxLag)
    return [
      {
        ...fault,
        metric: "lag",
        value: lag,
        bound: maxLag,
        distance: lag - maxLag,
        reason: `Its data ended ${sayTime(lag)} ago, and max_lag is ${sayTime(maxLag)}`,
        hint: "Import newer data and submit again.",
      },
    ];
  return [
    {
      ...fault,
      reason: Number.isFinite(lag)
        ? `Its data ends ${sayTime(-lag)} in the future`
        : "The age of its data is not known",
      hint: "Check the stamps of the data (start or end of the bar, zone) and the clock of this machine.",
    },
  ];
}

/** Whether the evidence can carry a promotion at all. `conclusive` is false when more or better evidence might change the verdict. */
export function evidence(
  candidate: PolicyCandidate,
  { minPeriods }: Policy,
): { readonly conclusive: boolean; readonly exclusions: readonly Exclusion[] } {
  const exclusions: Exclusion[] = [];
  if (candidate.evidence === "declared")
    exclusions.push({
      stage: "evidence",
      rule: "declared",
      reason: "Its returns were declared, not derived from history, so they count as a trial and never leave backtest",
      hint: "Submit the strategy without explicit returns.",
    });
  const periods = candidate.returns.length;
  if (periods < minPeriods)
    exclusions.push({
      stage: "evidence",
      rule: "min_periods",
      metric: "periods",
      value: periods,
      bound: minPeriods,
      distance: minPeriods - periods,
      reason: `It was evaluated on ${periods} periods, and ${minPeriods} are needed to judge it`,
      hint: `Give it ${say(minPeriods - periods)} more periods of history after warm-up.`,
    });
  for (const reason of candidate.inconclusive)
    exclusions.push({ stage: "evidence", rule: "conclusive", reason: `The evidence is inconclusive: ${reason}` });
  return { conclusive: periods >= minPeriods && candidate.inconclusive.length === 0, exclusions };
}
