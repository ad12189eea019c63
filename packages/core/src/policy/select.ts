import { correlation } from "../evaluation/correlation.ts";
import type { Standing } from "./hysteresis.ts";
import type { Exclusion, Policy, PolicyCandidate } from "./policy.ts";
import { say } from "./wording.ts";

/** A candidate that came through to its score. */
export interface Scored {
  readonly candidate: PolicyCandidate;
  readonly score: number;
  readonly standing: Standing;
}

export interface Selection {
  readonly selected: ReadonlySet<Scored>;
  readonly exclusions: ReadonlyMap<Scored, readonly Exclusion[]>;
  readonly notes: ReadonlyMap<Scored, readonly string[]>;
}

/** Best first: by score, of equals by name. It says nothing of who is active, so deciding again gives the same ranks. */
export function byRank(a: Scored, b: Scored): number {
  return b.score - a.score || (a.candidate.strategy < b.candidate.strategy ? -1 : 1);
}

/** Who is asked first: who dwells, then the best; of equals the one that is active, then by name. */
function byClaim(a: Scored, b: Scored): number {
  return claim(a) - claim(b) || b.score - a.score || seat(a) - seat(b) || byRank(a, b);
}

function claim({ standing }: Scored): number {
  return standing.kind === "stays" && standing.secured ? 0 : 1;
}

function seat({ standing }: Scored): number {
  return standing.kind === "stays" ? 0 : 1;
}

/**
 * Gives out the places, one after the other; who waits for promotion or leaves takes no place and blocks nobody. A candidate is
 * passed over when its returns move too much like those of one that already has a place, or when no place is left. Active
 * strategies come first while they dwell (`minDwell`) and win ties: that is all that being active buys, here.
 */
export function select(scoredCandidates: readonly Scored[], policy: Policy): Selection {
  const exclusions = new Map<Scored, readonly Exclusion[]>();
  const notes = new Map<Scored, readonly string[]>();
  const selected: Scored[] = [];
  for (const scored of scoredCandidates.toSorted(byClaim)) {
    const back = heldBack(scored, policy);
    if (back !== undefined) {
      exclusions.set(scored, [back]);
      continue;
    }
    const blocked: Exclusion[] = [];
    const unknown: string[] = [];
    for (const other of selected) {
      const verdict = tooAlike(scored.candidate, other.candidate, policy);
      if (typeof verdict === "string") unknown.push(verdict);
      else if (verdict !== undefined) blocked.push(verdict);
    }
    if (blocked.length === 0 && selected.length >= policy.topK.total) blocked.push(noPlace(scored, selected, policy));
    if (unknown.length > 0) notes.set(scored, unknown);
    if (blocked.length > 0) exclusions.set(scored, blocked);
    else selected.push(scored);
  }
  return { selected: new Set(selected), exclusions, notes };
}

/** The first reason of its own why a candidate takes part in no contest for places. */
function heldBack({ score, standing }: Scored, { hysteresis }: Policy): Exclusion | undefined {
  const { enter, exit, promoteAfter, demoteAfter } = hysteresis;
  const fault = { stage: "hysteresis", metric: "score" } as const;
  switch (standing.kind) {
    case "stays":
    case "ready":
      return undefined;
    case "leaves":
      return {
        ...fault,
        rule: "exit",
        value: score,
        bound: exit,
        distance: exit - score,
        reason: `Its score ${say(score)} is below exit ${say(exit)}, for ${standing.streak} periods in a row now; it leaves after ${demoteAfter}`,
        hint: `Bring the score to at least ${say(exit)}; to return it takes ${say(enter)} for ${promoteAfter} periods.`,
      };
    case "waits":
      if (score < enter)
        return {
          ...fault,
          rule: "enter",
          value: score,
          bound: enter,
          distance: enter - score,
          reason: `Its score ${say(score)} is below enter ${say(enter)}`,
          hint: `Bring the score to at least ${say(enter)}.`,
        };
      return {
        stage: "hysteresis",
        rule: "promote_after",
        metric: "streak",
        value: standing.streak,
        bound: promoteAfter,
        distance: promoteAfter - standing.streak,
        reason: `Its score was at or above enter for ${standing.streak} of ${promoteAfter} evaluation periods in a row`,
        hint: "Submit again when the data has gone on: a period counts once, however often it is submitted.",
      };
  }
}

/** Why one blocks the other; or that it is not known, as a sentence; or nothing. */
function tooAlike(
  candidate: PolicyCandidate,
  other: PolicyCandidate,
  { constraints }: Policy,
): Exclusion | string | undefined {
  const bound = constraints.correlation?.maxPairwise;
  if (bound === undefined) return undefined;
  const figure = correlation(candidate, other);
  if (figure.kind === "undefined")
    return `Its correlation with ${other.strategy} is unknown and blocks nothing, because ${figure.because}`;
  const size = Math.abs(figure.value);
  if (size <= bound) return undefined;
  return {
    stage: "constraints",
    rule: "correlation",
    metric: "correlation",
    value: figure.value,
    bound,
    distance: size - bound,
    reason: `Its returns have a correlation of ${say(figure.value)} with those of ${other.strategy}, which has a place, and at most ${say(bound)} either way is allowed`,
    hint: `Outrank ${other.strategy}, or trade something that moves differently.`,
  };
}

function noPlace({ score }: Scored, selected: readonly Scored[], { topK }: Policy): Exclusion {
  const lowest = selected.reduce((least, other) => Math.min(least, other.score), Number.POSITIVE_INFINITY);
  return {
    stage: "top-k",
    rule: "total",
    metric: "score",
    value: score,
    bound: lowest,
    distance: Math.max(0, lowest - score),
    reason: `Its score ${say(score)} is not among the best: the ${topK.total === 1 ? "one place" : `${topK.total} places`} went to ${selected.map(({ candidate }) => candidate.strategy).join(", ")}`,
    hint: `Bring the score above ${say(lowest)}.`,
  };
}
