import { randomUUID } from "node:crypto";
import type { WorldRow } from "@qmtl/cli";
import type { ApplyPlan, ApplyStatus } from "@qmtl/core";
import { ProgressLocation, window } from "vscode";
import { applyText, planText } from "./apply-text.ts";
import { isCancelled, type ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";

const CONFIRM = "Apply";

/**
 * Shows what an apply of the world's decision would do, and does it when a person says so. What is applied is the decision that was shown:
 * where the world decides again meanwhile, nothing happens.
 */
export async function applyDecision(project: ProjectServer, world: string): Promise<ApplyStatus | undefined> {
  const plan = await project.request<ApplyPlan>("qmtl/applyPlan", { world });
  const { title, detail, canApply } = planText(plan);
  const choice = await window.showWarningMessage(title, { modal: true, detail }, ...(canApply ? [CONFIRM] : []));
  if (choice !== CONFIRM || !canApply) return undefined;
  const status = await window.withProgress(
    { location: ProgressLocation.Notification, title: `Applying to ${world}`, cancellable: true },
    async (_, token) => {
      try {
        const params = { world, decision: plan.decision, run: randomUUID() };
        return await project.request<ApplyStatus>("qmtl/apply", params, token);
      } catch (error) {
        if (!isCancelled(error)) throw error;
        void window.showInformationMessage(
          `Nobody waits for it any more; an apply of ${world} that has begun goes on.`,
        );
        return undefined;
      }
    },
  );
  if (status === undefined) return undefined;
  const { text, isFine } = applyText(status);
  void (isFine ? window.showInformationMessage(text) : window.showErrorMessage(text));
  return status;
}

/** The world of the workspace, where there is one; else a person chooses. */
export async function chooseWorld(
  projects: Projects,
  title: string,
): Promise<{ readonly project: ProjectServer; readonly world: string } | undefined> {
  const all = await Promise.all(
    projects.all().map(async (project) => {
      const { worlds } = await project.request<{ worlds: readonly WorldRow[] }>("qmtl/worlds");
      return worlds.flatMap((row) =>
        "error" in row ? [] : [{ label: row.world, description: row.status.next, project }],
      );
    }),
  );
  const items = all.flat();
  if (items.length === 0) void window.showWarningMessage("There is no world that can be opened in this workspace.");
  const found = items.length < 2 ? items[0] : await window.showQuickPick(items, { title, matchOnDescription: true });
  return found === undefined ? undefined : { project: found.project, world: found.label };
}
