import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listWorldFiles, readWorldFile, readWorldStatus, type WorldStatus, worldsFolder } from "@qmtl/core";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { openProject } from "../project/project.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { formatNumber, formatPercent } from "../terminal/number.ts";
import { renderPairs, renderTable } from "../terminal/table.ts";
import { campaignCommands } from "./campaign.ts";
import { worldText } from "./init.ts";
import { withWorld } from "./opened-world.ts";

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

export function worldCommands(program: Command, register: Register): void {
  const world = program.command("world").description("look at worlds, and make them");

  register(world.command("list").description("the worlds of this project, and where they stand"), async () => {
    const project = await openProject(process.cwd());
    const rows: Row[] = [];
    for (const id of listWorldFiles(project.root, project.config))
      rows.push(
        await withWorld(id, (loaded) => readWorldStatus(loaded, view())).then(
          (status) => ({ id, status }),
          unreadable(id),
        ),
      );
    return {
      exitCode: EXIT.fine,
      json: { worlds: rows.map((row) => ("status" in row ? row.status : { world: row.id, error: row.error })) },
      text: (colors) => renderList(rows, colors),
    };
  });

  register(
    world.command("create <id>").description("write worlds/<id>.yml, on the bundled S&P 500 bars, to edit"),
    async (_context, id: string) => {
      if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(id))
        throw new QmtlError({
          code: "world.invalid-id",
          message: `${JSON.stringify(id)} is not a world id`,
          next: "Use lower-case letters, digits, dots, dashes and underscores.",
        });
      const project = await openProject(process.cwd());
      const folder = worldsFolder(project.root, project.config);
      const file = join(folder, `${id}.yml`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, worldText({ id }), { flag: "wx" });
      } catch (error) {
        const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
        throw new QmtlError({
          code: exists ? "world.exists" : "world.unwritable",
          message: exists ? `There is a world "${id}" already` : `${file} can't be written: ${String(error)}`,
          next: exists
            ? `Edit ${relative(process.cwd(), file)}, or choose another id.`
            : "Give the folder to this user, or free space.",
          class: exists ? "usage" : "failed",
          cause: error,
        });
      }
      const shown = relative(process.cwd(), file);
      return {
        exitCode: EXIT.fine,
        json: { world: id, file: shown },
        text: (colors) => `${colors.green("made")} ${shown}`,
      };
    },
  );

  register(
    world.command("show <id>").description("a world's file, checked and with every default filled in"),
    async (_context, id: string) =>
      withWorld(id, async ({ config, file }, project) => ({
        exitCode: EXIT.fine,
        json: { file, config },
        text: () =>
          `${readWorldFile(id, project.root, project.config).text.trimEnd()}\n\n# Checked, with every default filled in:\n${JSON.stringify(config, null, 2)}`,
      })),
  );

  register(
    world.command("status <id>").description("decision, activation, strategies, trials, next step"),
    async (_context, id: string) =>
      withWorld(id, async (loaded) => {
        const status = await readWorldStatus(loaded, view());
        return { exitCode: EXIT.fine, json: status, text: (colors) => renderStatus(status, colors) };
      }),
  );

  campaignCommands(world, register, renderStatus);
}

type Row = { readonly id: string; readonly status: WorldStatus } | { readonly id: string; readonly error: string };

/** One broken file must not hide the other worlds. */
function unreadable(id: string): (error: unknown) => Row {
  return (error) => {
    if (!isQmtlError(error)) throw error;
    return { id, error: error.message };
  };
}

function renderList(rows: readonly Row[], colors: Colors): string {
  if (rows.length === 0) return "This project has no worlds yet. Make one: qmtl world create my-world";
  return renderTable(
    [
      { title: "world" },
      { title: "mode" },
      { title: "active", align: "right" },
      { title: "trials", align: "right" },
      { title: "next" },
    ],
    rows.map((row) =>
      "status" in row
        ? [row.id, row.status.mode, String(row.status.active), String(row.status.trials), row.status.next]
        : [row.id, "", "", "", colors.red(row.error)],
    ),
  );
}

function renderStatus(status: WorldStatus, colors: Colors): string {
  const instant = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");
  const { knowledge, decided, apply } = status;
  const out = [
    colors.bold(`World ${status.world}`),
    renderPairs([
      ["mode", `at most ${status.mode}`],
      [
        "knowledge",
        knowledge.kind === "pinned"
          ? `as of ${instant(knowledge.asOf)}`
          : `follows, at most ${knowledge.maxLag / 1000} s behind`,
      ],
      [
        "decision",
        decided === undefined
          ? "none yet"
          : `revision ${decided.revision} at ${instant(decided.at)}${decided.stale ? colors.yellow(", stale") : ""}`,
      ],
      [
        "activation",
        apply.kind === "rolled-back" ? colors.red(`rolled back (${apply.gates}): ${apply.reason}`) : apply.kind,
      ],
      ["journal", `revision ${status.revision}, ${status.trials} ${status.trials === 1 ? "trial" : "trials"}`],
    ]),
  ];
  if (status.configurationChanged) out.push(colors.yellow("  The world's file changed since the last decision."));
  const downgrades = Object.entries(status.downgrades);
  if (downgrades.length > 0)
    out.push(`  downgrades: ${downgrades.map(([reason, count]) => `${reason} ${count}`).join(", ")}`);
  out.push("");
  if (status.strategies.length === 0) out.push("No strategy was submitted yet.");
  else
    out.push(
      renderTable(
        [
          { title: "strategy" },
          { title: "version" },
          { title: "active" },
          { title: "stage" },
          { title: "mode" },
          { title: "rank", align: "right" },
          { title: "score", align: "right" },
          { title: "share", align: "right" },
          { title: "why" },
        ],
        status.strategies.map((one) => [
          one.strategy,
          one.version.slice(0, 8),
          one.active ? colors.green("yes") : "no",
          one.stage === undefined ? "" : `${one.stage.at}${one.stage.hold === undefined ? "" : ` (${one.stage.hold})`}`,
          one.mode,
          one.rank === undefined ? "" : String(one.rank),
          one.score === undefined ? "" : formatNumber(one.score),
          formatPercent(one.share),
          one.reason,
        ]),
      ),
    );
  out.push("", `${colors.cyan("next:")} ${status.next}`);
  return out.join("\n");
}
