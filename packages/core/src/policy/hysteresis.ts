import type { Hysteresis, HysteresisState } from "./policy.ts";

/** What a strategy's own score, now and in the periods before, lets it do. */
export type Standing =
  /** Active, and may keep its place. `secured`: it has not yet been active for `minDwell` periods, so nobody outranks it. */
  | { readonly kind: "stays"; readonly secured: boolean; readonly streak: number; readonly dwell: number }
  /** Active, and its score was below `exit` for long enough. */
  | { readonly kind: "leaves"; readonly streak: number }
  /** Not active, and its score was at or above `enter` for long enough. */
  | { readonly kind: "ready"; readonly streak: number }
  /** Not active, and not yet. */
  | { readonly kind: "waits"; readonly streak: number };

/**
 * @param state as the last committed decision left it; absent for a strategy that was not in it
 * @param advances false when this period was already decided on: then a streak does not grow, but it begins or breaks
 */
export function standing(
  score: number,
  state: HysteresisState | undefined,
  { enter, exit, promoteAfter, demoteAfter, minDwell }: Hysteresis,
  advances: boolean,
): Standing {
  const before = state?.streak ?? 0;
  const counted = advances ? before + 1 : Math.max(1, before);
  if (state?.active === true) {
    const streak = score < exit ? counted : 0;
    const dwell = state.dwell + (advances ? 1 : 0);
    const secured = dwell < minDwell;
    return streak >= demoteAfter && !secured ? { kind: "leaves", streak } : { kind: "stays", secured, streak, dwell };
  }
  const streak = score >= enter ? counted : 0;
  return { kind: streak >= promoteAfter ? "ready" : "waits", streak };
}

/** No streak, not active: what a strategy that was excluded before its score counted is left with. */
export const OUT: HysteresisState = { active: false, streak: 0, dwell: 0 };

/** What the decision leaves behind for a strategy that has a score. */
export function stateAfter(
  score: number,
  standing: Standing,
  selected: boolean,
  { enter }: Hysteresis,
): HysteresisState {
  if (selected)
    return standing.kind === "stays"
      ? { active: true, streak: standing.streak, dwell: standing.dwell }
      : { active: true, streak: 0, dwell: 0 };
  if (standing.kind === "ready" || standing.kind === "waits")
    return { active: false, streak: standing.streak, dwell: 0 };
  // It was active until now: this period is the first that may speak for its return.
  return { active: false, streak: score >= enter ? 1 : 0, dwell: 0 };
}
