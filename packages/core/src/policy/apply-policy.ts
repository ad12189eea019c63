import { QmtlError } from "../schema/error.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import { dataCurrency, evidence } from "./evidence.ts";
import { passGate, reckonScore } from "./gates.ts";
import { OUT, standing, stateAfter } from "./hysteresis.ts";
import type {
  Exclusion,
  HysteresisState,
  Policy,
  PolicyCandidate,
  PolicyInput,
  PolicyOutcome,
  PolicyVerdict,
} from "./policy.ts";
import { byRank, type Scored, select } from "./select.ts";
import { say } from "./wording.ts";

/**
 * Decides which candidates have a place: data currency, evidence, gates, score, constraints, top-k, hysteresis.
 *
 * - The first three are hard. All their reasons are told at once, and an active strategy that fails one loses its place at once.
 * - A candidate gets a score only after them. Constraints and top-k go by score; places are contested by active strategies that may
 *   stay and by others that are ready for promotion. Who still waits takes no place away, so one good period never displaces an
 *   incumbent, and a place is left empty rather than filled by someone who is not ready.
 * - Counters advance when `period` is after `lastPeriod`. Deciding again on the same period with the same candidates changes nothing.
 * - Nothing depends on the order of the candidates but the order of the verdicts.
 *
 * @throws `policy.duplicate-candidate`, `policy.compiled-for-another`
 */
export function applyPolicy(input: PolicyInput, compiled: CompiledPolicy): PolicyOutcome {
  const { policy, candidates } = input;
  requireSamePolicy(policy, compiled.policy);
  requireOnce(candidates);
  const advances = input.lastPeriod === undefined || input.period > input.lastPeriod;

  const judged = candidates.map((candidate) => ({ candidate, ...judge(candidate, input, compiled) }));
  const ranked = judged
    .flatMap(({ candidate, score }): readonly Scored[] =>
      score === undefined
        ? []
        : [{ candidate, score, standing: standing(score, stateOf(input, candidate), policy.hysteresis, advances) }],
    )
    .sort(byRank);
  const { selected, exclusions, notes } = select(ranked, policy);

  const hysteresis: Record<string, HysteresisState> = {};
  const verdicts = judged.map(({ candidate, conclusive, gates, ...hard }): PolicyVerdict => {
    const at = ranked.findIndex((scored) => scored.candidate === candidate);
    const scored = ranked[at];
    const { strategy, version } = candidate;
    if (scored === undefined) {
      hysteresis[strategy] = OUT;
      const verdict = conclusive ? "excluded" : "inconclusive";
      return { strategy, version, verdict, exclusions: hard.exclusions, notes: [], gates };
    }
    const chosen = selected.has(scored);
    hysteresis[strategy] = stateAfter(scored.score, scored.standing, chosen, policy.hysteresis);
    return {
      strategy,
      version,
      verdict: chosen ? "selected" : "excluded",
      rank: at + 1,
      score: scored.score,
      exclusions: exclusions.get(scored) ?? [],
      notes: [...(notes.get(scored) ?? []), ...(chosen ? whyItStays(scored, policy) : [])],
      gates,
    };
  });
  const winners = ranked.filter((scored) => selected.has(scored)).map(({ candidate }) => candidate.strategy);
  return { verdicts, selected: winners, hysteresis };
}

interface Judgement {
  /** False when the evidence is too thin for a verdict, unless it could never count. */
  readonly conclusive: boolean;
  readonly exclusions: readonly Exclusion[];
  readonly gates: PolicyVerdict["gates"];
  /** Only with no exclusion. */
  readonly score?: number;
}

function judge(candidate: PolicyCandidate, { policy, now }: PolicyInput, compiled: CompiledPolicy): Judgement {
  const outcomes = compiled.gates.map((gate) => passGate(gate, candidate.metrics));
  const gates = outcomes.map(({ gate }) => gate);
  const proof = evidence(candidate, policy);
  const conclusive = proof.conclusive || candidate.evidence === "declared";
  const exclusions = [
    ...dataCurrency(candidate, policy, now),
    ...proof.exclusions,
    ...outcomes.flatMap((outcome) => outcome.exclusions),
  ];
  if (exclusions.length > 0) return { conclusive, exclusions, gates };
  const score = reckonScore(compiled.score, candidate.metrics);
  return typeof score === "number"
    ? { conclusive, exclusions, gates, score }
    : { conclusive, exclusions: [score], gates };
}

function stateOf({ hysteresis }: PolicyInput, { strategy }: PolicyCandidate): HysteresisState | undefined {
  return Object.hasOwn(hysteresis, strategy) ? hysteresis[strategy] : undefined;
}

function whyItStays({ score, standing }: Scored, { hysteresis }: Policy): readonly string[] {
  if (standing.kind !== "stays" || score >= hysteresis.exit) return [];
  const below = `Its score ${say(score)} is below exit ${say(hysteresis.exit)}`;
  return [
    standing.secured
      ? `${below}; it stays, because it has been active for ${standing.dwell} of at least ${hysteresis.minDwell} periods`
      : `${below} for ${standing.streak} of ${hysteresis.demoteAfter} periods after which it leaves`,
  ];
}

function requireSamePolicy(policy: Policy, compiled: Policy): void {
  const expressions = ({ gates, score }: Policy): string => JSON.stringify([Object.entries(gates), score]);
  if (policy !== compiled && expressions(policy) !== expressions(compiled))
    throw new QmtlError({
      code: "policy.compiled-for-another",
      message: "The gates and score that were compiled are not those of the policy that is applied",
      next: "Compile the policy that is applied.",
      class: "failed",
    });
}

function requireOnce(candidates: readonly PolicyCandidate[]): void {
  const seen = new Set<string>();
  for (const { strategy } of candidates) {
    if (seen.has(strategy))
      throw new QmtlError({
        code: "policy.duplicate-candidate",
        message: `${strategy} is a candidate twice`,
        place: { strategy },
        next: "Let only the newest accepted version of a strategy compete.",
        class: "failed",
      });
    seen.add(strategy);
  }
}
