import type { ReportAnswer } from "@qmtl/cli";
import type { ProjectServer } from "./project-server.ts";
import { servedPanels } from "./served-panels.ts";

/** The pages of `qmtl report --html`, one panel for each run. */
export const tearsheets = servedPanels<ReportAnswer>({
  type: "qmtl.tearsheet",
  method: "qmtl/report",
  title: ({ strategy }) => `Tearsheet: ${strategy}`,
  params: ({ evalKey, world }) => ({ run: evalKey, world }),
});

export function showTearsheet(project: ProjectServer, run: string, world: string): Promise<void> {
  return tearsheets.show(project, { run, world });
}
