import { bootPlugins } from "@qmtl/core";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { openProject } from "../project/project.ts";
import { EXIT } from "../terminal/error.ts";
import { renderTable } from "../terminal/table.ts";
import { watch } from "../watchdog/watchdog.ts";

const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };

export function pluginCommands(program: Command, register: Register): void {
  const plugin = program.command("plugin").description("look at the plugins of this project");
  register(plugin.command("list").description("start every plugin and say what it brings"), async () => {
    const project = await openProject(process.cwd());
    const host = await bootPlugins({
      uses: project.config.plugins,
      root: project.root,
      clock: Date.now,
      log: SILENT,
      secrets: (name) => process.env[name],
      watch,
      onFailure: "report",
    });
    const { report } = host;
    await host.close();
    const failed = report.plugins.some(({ status }) => status === "failed");
    return {
      exitCode: failed ? EXIT.usage : EXIT.fine,
      json: report,
      text: (colors) =>
        report.plugins.length === 0
          ? "This project lists no plugins: add some to plugins in qmtl.config.ts."
          : renderTable(
              [
                { title: "kind" },
                { title: "word" },
                { title: "package" },
                { title: "version" },
                { title: "ms", align: "right" },
                { title: "state" },
              ],
              report.plugins.map((entry) => [
                entry.kind,
                entry.use,
                entry.name,
                entry.version,
                entry.ms.toFixed(1),
                entry.status === "ready"
                  ? `${colors.green("ready")}  ${brings(entry.capabilities)}`
                  : `${colors.red("failed")} ${entry.error.message}`,
              ]),
            ),
    };
  });
}

function brings(
  capabilities: Extract<
    Awaited<ReturnType<typeof bootPlugins>>["report"]["plugins"][number],
    { status: "ready" }
  >["capabilities"],
): string {
  switch (capabilities.kind) {
    case "data-provider":
      return `presets ${capabilities.presets.join(", ") || "none"}`;
    case "evaluator":
      return `${capabilities.metrics.length} metrics`;
    case "storage":
      return capabilities.contracts.join(" and ");
    case "allocator":
      return "";
  }
}
