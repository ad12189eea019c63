import type { AllocationInput } from "../plugin/contract/allocator.ts";
import type { WorldState } from "../world/state.ts";
import type { Contender } from "./judge.ts";

/**
 * What an allocator gets of a world's candidates: their returns over the sessions that any of them has, and the shares at which they hold
 * positions by the world's last snapshot, so that deciding again counts changes from the same place.
 */
export function allocationInput(of: {
  readonly state: Pick<WorldState, "allocated">;
  readonly members: readonly Contender[];
  readonly selected: readonly string[];
  readonly score: (member: Contender) => number;
}): AllocationInput {
  const { state, members, selected, score } = of;
  const held = new Map(state.allocated?.strategies.map(({ strategy, share }) => [strategy, share]));
  const times = Float64Array.from(
    new Set(members.flatMap(({ run }) => run.times.filter((time) => time !== null))),
  ).sort();
  return {
    candidates: members.map((member) => {
      const { strategy, version, run } = member;
      const byTime = new Map(run.times.map((time, i) => [time, run.returns[i] ?? Number.NaN]));
      const share = held.get(strategy);
      return {
        strategy,
        version,
        active: selected.includes(strategy),
        score: score(member),
        returns: times.map((time) => byTime.get(time) ?? Number.NaN),
        ...(share !== undefined && { held: share }),
      };
    }),
    times,
    budget: 1,
  };
}
