import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type LoadedWorld,
  listWorldFiles,
  readWorldFile,
  readWorldStatus,
  type WorldStatus,
  watchWorld,
  worldsFolder,
} from "@qmtl/core";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";
import type { Outcome, Register } from "../cli.ts";
import { openProject } from "../project/project.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { print } from "../terminal/print.ts";
import { renderTable } from "../terminal/table.ts";
import { renderWorldStatus } from "../terminal/world-status.ts";
import { applyCommands } from "./apply.ts";
import { auditCommand } from "./audit.ts";
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

  const statusCommand = world
    .command("status <id>")
    .description("decision, activation, strategies, runners, edges, last apply, next step")
    .option("--watch", "show it again whenever something happens, until it is interrupted");
  register(statusCommand, async ({ json, colors }, id: string, { watch }: { readonly watch?: true }) =>
    withWorld(id, async (loaded) => {
      if (watch === true) return watchStatus(loaded, { json, colors });
      const status = await readWorldStatus(loaded, view());
      return { exitCode: EXIT.fine, json: status, text: () => renderWorldStatus(status, colors) };
    }),
  );

  applyCommands(world, register);
  campaignCommands(world, register);
  auditCommand(world, register);
}

/** A line, or a page, for each change; ends with SIGINT or SIGTERM. */
async function watchStatus(
  loaded: LoadedWorld,
  { json, colors }: { readonly json: boolean; readonly colors: Colors },
): Promise<Outcome> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  for await (const status of watchWorld(loaded, { clock: Date.now, signal: stopping.signal }))
    await print(json ? JSON.stringify(status) : `${renderWorldStatus(status, colors)}\n`);
  return { exitCode: EXIT.fine, json: undefined, text: () => undefined };
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
