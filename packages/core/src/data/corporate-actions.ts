import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { digest } from "../schema/canonical.ts";
import type { Block, SeriesIdentity } from "./fingerprint.ts";

/** How columns are adjusted where there are actions: part of what a block's cells mean. */
export const FORWARD = "forward/1" satisfies SeriesIdentity["adjustment"];

/** Why an action can't be, or undefined. @param before the one that stands before it */
export function actionFlaw(action: CorporateAction, before: CorporateAction | undefined): string | undefined {
  if (!Number.isSafeInteger(action.time)) return `its time is ${action.time}`;
  if (before !== undefined && before.time > action.time) return "it stands after a later one";
  if (action.kind === "split")
    return action.ratio > 0 && action.ratio < 1e6 ? undefined : `its ratio is ${action.ratio}`;
  return action.amount >= 0 && action.amount < Number.POSITIVE_INFINITY ? undefined : `its amount is ${action.amount}`;
}

/** What had taken effect at `asOf`, for bars that ended by then. */
export function actionsBefore(actions: readonly CorporateAction[], asOf: number): readonly CorporateAction[] {
  return actions.filter(({ time }) => time < asOf);
}

/** The actions of a series as a block of its own, so that a correction of one changes the fingerprint. */
export function actionBlock(actions: readonly CorporateAction[]): Block {
  const told = actions.map((action) => [
    action.time,
    action.kind,
    action.kind === "split" ? action.ratio : action.amount,
  ]);
  return { column: "(actions)", month: "all", rows: actions.length, digest: digest("qmtl.actions/1", told) };
}
