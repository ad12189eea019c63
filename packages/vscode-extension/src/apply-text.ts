import type { ApplyPlan, ApplyStatus } from "@qmtl/core";

type Entry = ApplyPlan["changes"][number]["before"];

/** Whether anything can be applied, and in either case why, in words. */
export interface PlanText {
  readonly title: string;
  /** A line for each change, who would have to answer, and what stands in the way. */
  readonly detail: string;
  readonly canApply: boolean;
}

export function planText({ world, decision, standing, changes, participants, running }: ApplyPlan): PlanText {
  const lines = changes.map(
    ({ strategy, version, change, before, after }) =>
      `${strategy}@${version.slice(0, 8)} ${change}: ${entryText(before)} → ${entryText(after)}`,
  );
  const who =
    participants.length === 0
      ? "No runner has to answer: it is done at once."
      : `${participants.length} ${participants.length === 1 ? "runner has" : "runners have"} to answer: ${participants.join(", ")}.`;
  const title = (text: string): string => `${world}: ${text}`;
  if (decision === null)
    return { title: title("nothing was decided yet"), detail: `Submit a strategy to it first.`, canApply: false };
  if (standing === "awaiting-approval")
    return {
      title: title(`decision ${decision} waits for an approval`),
      detail: [
        ...lines,
        `A person lets it pass with their name: qmtl world approve ${world} --actor NAME --comment TEXT`,
      ].join("\n"),
      canApply: false,
    };
  if (standing === "refused")
    return {
      title: title(`decision ${decision} can't be applied`),
      detail: "A cached value of another context was met. Submit the strategy again under a new version.",
      canApply: false,
    };
  if (running !== null) return { title: title(`apply ${running} is under way`), detail: who, canApply: false };
  if (changes.length === 0)
    return { title: title("nothing would change"), detail: `Decision ${decision} is what is active.`, canApply: false };
  return { title: title(`apply decision ${decision}?`), detail: [...lines, "", who].join("\n"), canApply: true };
}

function entryText(entry: Entry): string {
  return entry === null ? "not active" : `${entry.mode} ${(entry.share * entry.scale * 100).toFixed(2)} %`;
}

/** How an apply ended, or where it stands; `isFine` is false for a rollback. */
export function applyText({ world, apply, phase, outcome, waiting, active }: ApplyStatus): {
  readonly text: string;
  readonly isFine: boolean;
} {
  if (outcome === null)
    return { text: `Apply ${apply} of ${world} goes on (${phase})${list(", waits for ", waiting)}.`, isFine: true };
  const missing = list(", without ", outcome.missing);
  if (outcome.kind === "rolled-back")
    return {
      text: `Apply ${apply} of ${world} was rolled back, gates ${outcome.gates}: ${outcome.reason}${missing}.`,
      isFine: false,
    };
  const now = active.map(({ strategy, mode }) => `${strategy} ${mode}`).join(", ") || "nothing";
  return { text: `Apply ${apply} of ${world} is completed${missing}. Active: ${now}.`, isFine: true };
}

function list(before: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `${before}${names.join(", ")}`;
}
