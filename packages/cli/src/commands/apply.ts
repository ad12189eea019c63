import {
  type ApplyPlan,
  type ApplyStatus,
  abortApply,
  applyWorld,
  isoText,
  planApply,
  readApplyStatus,
} from "@qmtl/core";
import type { Command } from "commander";
import type { Outcome, Register } from "../cli.ts";
import { metricsPortOption, withMetrics } from "../metrics/metrics-port.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { formatPercent } from "../terminal/number.ts";
import { renderPairs, renderTable } from "../terminal/table.ts";
import { withWorld } from "./opened-world.ts";
import { parseSeconds } from "./seconds.ts";

const WAIT = 60_000;

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

interface ApplyArguments {
  readonly plan?: true;
  readonly runId?: string;
  /** Ms. */
  readonly wait: number;
  readonly metricsPort?: number;
}

export function applyCommands(world: Command, register: Register): void {
  const apply = world
    .command("apply <id>")
    .description("apply the last decision, or stay with the apply that runs until it has ended")
    .option("--plan", "only say what would change and who would have to answer")
    .option("--run-id <name>", "name the apply: the same name again begins nothing and says what became of it")
    .option(
      "--wait <seconds>",
      "how long to wait for runners; after that the apply goes on by itself",
      parseSeconds,
      WAIT,
    )
    .addOption(metricsPortOption());
  register(apply, async (_context, id: string, options: ApplyArguments) =>
    withMetrics(options.metricsPort, () =>
      withWorld(id, async (loaded) => {
        if (options.plan === true) {
          const plan = await planApply(loaded, view());
          return { exitCode: EXIT.fine, json: plan, text: (colors) => renderPlan(plan, colors) };
        }
        const { runId, wait } = options;
        return ended(await applyWorld(loaded, { ...view(), wait, ...(runId !== undefined && { run: runId }) }));
      }),
    ),
  );

  register(
    world.command("apply-status <id>").description("where the apply of a world stands, and how the last one ended"),
    async (_context, id: string) =>
      withWorld(id, async (loaded) => {
        const status = await readApplyStatus(loaded, view());
        return { exitCode: EXIT.fine, json: status, text: (colors) => renderApply(status, colors) };
      }),
  );

  const abort = world
    .command("abort <id>")
    .description("end the apply that runs, as long as it has not switched")
    .requiredOption("--reason <text>", "why; recorded")
    .requiredOption("--actor <name>", "who; recorded", process.env["USER"])
    .option("--wait <seconds>", "how long to wait until the old head is confirmed", parseSeconds, WAIT);
  register(
    abort,
    async (
      _context,
      id: string,
      { reason, actor, wait }: { readonly reason: string; readonly actor: string; readonly wait: number },
    ) =>
      withWorld(id, async (loaded) => {
        const status = await abortApply(loaded, { ...view(), actor, reason, wait });
        return { exitCode: EXIT.fine, json: status, text: (colors) => renderApply(status, colors) };
      }),
  );
}

/** A rolled back apply is a refusal; one that still runs is not. */
function ended(status: ApplyStatus): Outcome {
  return {
    exitCode: status.outcome?.kind === "rolled-back" ? EXIT.rejected : EXIT.fine,
    json: status,
    text: (colors) => renderApply(status, colors),
  };
}

function renderApply(status: ApplyStatus, colors: Colors): string {
  const { world, apply, run, phase, outcome, since, waiting, acknowledged, left, activation, active, decision } =
    status;
  const pairs: [string, string][] = [
    ["apply", apply === 0 ? "none yet" : `${apply}${run === null ? "" : ` (${run})`}: ${outcomeText(status, colors)}`],
  ];
  if (since !== null) pairs.push(["since", isoText(since)]);
  if (waiting.length > 0) pairs.push(["waits for", waiting.join(", ")]);
  if (acknowledged.length > 0) pairs.push(["answered", acknowledged.join(", ")]);
  if (left.length > 0) pairs.push(["left", left.join(", ")]);
  const undone = phase === "idle" && outcome?.kind === "rolled-back" && decision === "applying";
  pairs.push(["decision", undone ? "not applied" : decision]);
  pairs.push([
    "active",
    active.length === 0
      ? `nothing (activation ${activation})`
      : active
          .map(
            ({ strategy, version, mode, share }) =>
              `${strategy}@${version.slice(0, 8)} ${mode} ${formatPercent(share)}`,
          )
          .join(", "),
  ]);
  const out = [colors.bold(`World ${world}`), renderPairs(pairs)];
  if (undone) out.push("", `${colors.cyan("next:")} qmtl world apply ${world} applies it again`);
  if (phase !== "idle")
    out.push("", `${colors.cyan("next:")} qmtl world apply ${world}, or qmtl world abort ${world} --reason TEXT`);
  return out.join("\n");
}

function outcomeText({ phase, outcome }: ApplyStatus, colors: Colors): string {
  if (outcome === null) return colors.cyan(phase);
  const missing = outcome.missing.length === 0 ? "" : `, without ${outcome.missing.join(", ")}`;
  return outcome.kind === "completed"
    ? `${colors.green("completed")}${missing}`
    : `${colors.red("rolled back")}, gates ${outcome.gates}: ${outcome.reason}${missing}`;
}

function renderPlan(plan: ApplyPlan, colors: Colors): string {
  const said = (entry: ApplyPlan["changes"][number]["before"]): string =>
    entry === null ? "" : `${entry.mode} ${formatPercent(entry.share * entry.scale)}`;
  const { world, decision, standing, changes, participants, running } = plan;
  return [
    colors.bold(`World ${world}`),
    renderPairs([
      ["decision", decision === null ? "none yet" : `revision ${decision}, ${standing}`],
      ["would answer", participants.length === 0 ? "nobody: it would be done at once" : participants.join(", ")],
      ...(running === null ? [] : ([["in the way", `apply ${running}`]] as const)),
    ]),
    "",
    changes.length === 0
      ? "Nothing would change."
      : renderTable(
          [{ title: "strategy" }, { title: "version" }, { title: "" }, { title: "now" }, { title: "then" }],
          changes.map(({ strategy, version, change, before, after }) => [
            strategy,
            version.slice(0, 8),
            change,
            said(before),
            said(after),
          ]),
        ),
  ].join("\n");
}
