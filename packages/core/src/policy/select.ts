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

/** Best first: by score; of equals the one that is active; of those the one whose name comes first. */
export function byRank(a: Scored, b: Scored): number {
  const active = (scored: Scored): number =>
    scored.standing.kind === "stays" || scored.standing.kind === "leaves" ? 0 : 1;
  return (
    b.score - a.score ||
    active(a) - active(b) ||
    (a.candidate.strategy < b.candidate.strategy ? -1 : a.candidate.strategy > b.candidate.strategy ? 1 : 0)
  );
}

/**
 * Gives out the places, walking down the ranks; who waits for promotion or leaves takes no place and blocks nobody. A candidate is
 * passed over when its returns move too much like those of one that already has a place, or when no place is left. Active
 * strategies that have not dwelt for long enough are walked first: that is all that being active buys, here.
 */
export function select(ranked: readonly Scored[], policy: Policy): Selection {
  const exclusions = new Map<Scored, readonly Exclusion[]>();
  const notes = new Map<Scored, readonly string[]>();
  const selected: Scored[] = [];
  const secured = (scored: Scored): boolean => scored.standing.kind === "stays" && scored.standing.secured;
  const held = ranked.filter((scored) => heldBack(scored, policy) === undefined);
  for (const scored of ranked) {
    const back = heldBack(scored, policy);
    if (back !== undefined) exclusions.set(scored, [back]);
  }
  for (const scored of [...held.filter(secured), ...held.filter((other) => !secured(other))]) {
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
        reason: `Its score ${say(score)} was below exit ${say(exit)} for ${standing.streak} of ${demoteAfter} periods`,
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
    reason: `Its score ${say(score)} is not among the best: the ${topK.total} places went to ${selected.map(({ candidate }) => candidate.strategy).join(", ")}`,
    hint: `Bring the score above ${say(lowest)}.`,
  };
}
