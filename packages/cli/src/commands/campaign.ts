import { approveWorld, ruleOnStrategy, type TickedStrategy, type TickResult, type WorldStatus } from "@qmtl/core";
import type { Command } from "commander";
import type { Outcome, Register } from "../cli.ts";
import { tickLoaded } from "../run/tick-loaded.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { formatPercent } from "../terminal/number.ts";
import { renderTable } from "../terminal/table.ts";
import { renderWorldStatus } from "../terminal/world-status.ts";
import { withWorld } from "./opened-world.ts";
import { parseSeconds } from "./seconds.ts";

interface Ruling {
  readonly actor: string;
  readonly comment: string;
  /** Ms. */
  readonly wait: number;
}

const WAIT = 60_000;

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

/** Verbs of `qmtl world` that move strategies between stages. */
export function campaignCommands(world: Command, register: Register): void {
  const tick = world
    .command("tick <id>")
    .description("judge the candidates again on what their runners realised, decide, apply")
    .option("--plan", "say what a tick would do, and write nothing");
  register(tick, async (_context, id: string, { plan = false }: { plan?: boolean }) =>
    withWorld(id, async (loaded, project) => {
      const result = await tickLoaded(loaded, project, { signal: view().signal, plan });
      return { exitCode: EXIT.fine, json: result, text: (colors) => renderTick(result, colors) };
    }),
  );

  const ruling = (command: Command): Command =>
    command
      .requiredOption("--actor <name>", "who says so; recorded")
      .requiredOption("--comment <text>", "why; recorded")
      .option(
        "--wait <seconds>",
        "how long to wait for runners; after that the apply goes on by itself",
        parseSeconds,
        WAIT,
      );
  register(
    ruling(
      world
        .command("approve <id> [strategy]")
        .description("let a candidate go live; without a strategy, let a manual world's decision be applied"),
    ),
    async (_context, id: string, strategy: string | undefined, { actor, comment, wait: patience }: Ruling) =>
      withWorld(id, async (loaded) => {
        const ruling = { ...view(), actor, comment, patience };
        return ruled(
          strategy === undefined
            ? await approveWorld(loaded, ruling)
            : await ruleOnStrategy(loaded, { ...ruling, strategy, verdict: "approved" }),
        );
      }),
  );
  register(
    ruling(
      world
        .command("reject <id> <strategy>")
        .description("take a candidate for live, or a live strategy, back to paper"),
    ),
    async (_context, id: string, strategy: string, { actor, comment, wait: patience }: Ruling) =>
      withWorld(id, async (loaded) =>
        ruled(await ruleOnStrategy(loaded, { ...view(), strategy, verdict: "rejected", actor, comment, patience })),
      ),
  );
}

/** As with `world apply`: an apply that was rolled back is a refusal, one that still runs is not. */
function ruled(status: WorldStatus): Outcome {
  return {
    exitCode: status.apply.kind === "rolled-back" ? EXIT.rejected : EXIT.fine,
    json: status,
    text: (colors) => renderWorldStatus(status, colors),
  };
}

function renderTick(result: TickResult, colors: Colors): string {
  const what = result.planned
    ? result.committed
      ? "would decide anew"
      : "would change nothing"
    : result.committed
      ? `decided at revision ${result.revision}`
      : "nothing is new";
  const rows = result.strategies.map((one) => [
    one.strategy,
    one.version.slice(0, 8),
    stageOf(one, colors),
    one.verdict,
    one.mode,
    `${formatPercent(one.share)}${one.scale === 1 ? "" : ` x ${one.scale}`}`,
    one.reason,
  ]);
  return [
    `${colors.bold(`World ${result.world}`)}, period ${result.period}: ${what}, activation ${result.apply}`,
    "",
    rows.length === 0
      ? "No strategy is a candidate."
      : renderTable(
          [
            { title: "strategy" },
            { title: "version" },
            { title: "stage" },
            { title: "evidence" },
            { title: "mode" },
            { title: "share", align: "right" },
            { title: "why" },
          ],
          rows,
        ),
  ].join("\n");
}

function stageOf({ from, to, hold }: TickedStrategy, colors: Colors): string {
  const held = hold === null ? "" : ` (${hold})`;
  return from === to ? `${to}${held}` : `${from} -> ${colors.green(to)}${held}`;
}
