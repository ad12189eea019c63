import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bootPlugins, describePlugins } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { MANIFEST_FILE } from "@qmtl/core/static";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { openProject } from "../project/project.ts";
import { EXIT } from "../terminal/error.ts";
import { renderTable } from "../terminal/table.ts";
import { watch } from "../watchdog/watchdog.ts";

const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };

export function pluginCommands(program: Command, register: Register): void {
  const plugin = program
    .command("plugin")
    .description("look at the plugins of this project, or describe those of a package");
  register(
    plugin
      .command("build [folder]")
      .description(`write ${MANIFEST_FILE} of a built plugin package: what editors read instead of running it`),
    async (_context, folder = ".") => {
      const manifest = await manifestOf(resolve(folder));
      const file = join(resolve(folder), MANIFEST_FILE);
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
      return {
        exitCode: EXIT.fine,
        json: { file, manifest },
        text: (colors) => `${colors.green("wrote")} ${file}: ${manifest.plugins.map(({ use }) => use).join(", ")}`,
      };
    },
  );
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

/** @throws `plugin.no-package`, `plugin.none`, and what the package throws while it is loaded */
async function manifestOf(folder: string) {
  const { name, version, exports } = packageOf(folder);
  const loaded = (await import(pathToFileURL(join(folder, exports)).href)) as Readonly<Record<string, unknown>>;
  const root = mkdtempSync(join(tmpdir(), "qmtl-plugin-"));
  try {
    return await describePlugins({ name, version, exports: loaded, root, clock: Date.now, log: SILENT });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function packageOf(folder: string): { readonly name: string; readonly version: string; readonly exports: string } {
  const refuse = (says: string): never => {
    throw new QmtlError({
      code: "plugin.no-package",
      message: `${join(folder, "package.json")} ${says}`,
      next: 'Name the folder of a package whose exports have "." with a default.',
    });
  };
  let read: { readonly name?: unknown; readonly version?: unknown; readonly exports?: unknown };
  try {
    read = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as typeof read;
  } catch {
    return refuse("can't be read");
  }
  const { name, version, exports } = read;
  const entry = (exports as { readonly "."?: { readonly default?: unknown } | string } | undefined)?.["."];
  const file = typeof entry === "string" ? entry : entry?.default;
  if (typeof name !== "string" || typeof version !== "string" || typeof file !== "string")
    return refuse("says no name, version or entry");
  return { name, version, exports: file };
}
