import {
  applyWorldRebalance,
  type LoadedWorld,
  type PluginExecutor,
  planWorldRebalance,
  REBALANCE_MODES,
  type RebalanceMode,
  type RebalanceOptions,
  readAllocations,
  runnerBook,
} from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { type Command, Option } from "commander";
import type { Register } from "../cli.ts";
import { createIsolate } from "../isolate/isolate.ts";
import type { Project } from "../project/project.ts";
import { isolatedPlugins, pluginRoom } from "../submit-file.ts";
import { renderAllocations, renderRebalance } from "../terminal/capital.ts";
import { EXIT } from "../terminal/error.ts";
import { withWorld } from "./opened-world.ts";
import { readPositions } from "./positions.ts";

interface PlanFlags {
  readonly mode: RebalanceMode;
  readonly positions?: string;
  readonly minNotional?: number;
  readonly costRate?: number;
  readonly overlay?: string;
  readonly schemaVersion?: number;
  readonly intent?: string;
}

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

/** `qmtl world allocations` and `qmtl world rebalance`. */
export function capitalCommands(world: Command, register: Register): void {
  const allocations = world
    .command("allocations <id>")
    .description("what each strategy gets of the world's equity, and why")
    .option("--explain", "solve again with every limit that binds a little wider, and say what that changes");
  register(allocations, async (_context, id: string, { explain }: { explain?: boolean }) =>
    withWorld(id, async (loaded, project) => {
      const found =
        explain === true
          ? await withPlugins(project, loaded, (explainBy) => readAllocations(loaded, { ...view(), explainBy }))
          : await readAllocations(loaded, view());
      return { exitCode: EXIT.fine, json: found, text: (colors) => renderAllocations(found, colors) };
    }),
  );

  const rebalance = world.command("rebalance").description("bring positions to the shares of the last decision");
  register(
    planned(rebalance.command("plan <id>").description("what would have to be traded; writes nothing")),
    async (_context, id: string, flags: PlanFlags) =>
      withWorld(id, async (loaded) => {
        const { document, plan } = await planWorldRebalance(loaded, await optionsOf(loaded, flags));
        return { exitCode: EXIT.fine, json: document, text: (colors) => renderRebalance(id, plan, colors) };
      }),
  );
  register(
    planned(
      rebalance
        .command("apply <id>")
        .description("plan, and record orders and shares: runners of the world execute them once")
        .requiredOption("--run <name>", "names the change: applied again under this name it does nothing")
        .requiredOption("--actor <name>", "who applies; recorded"),
    ),
    async (_context, id: string, { run, actor, ...flags }: PlanFlags & { run: string; actor: string }) =>
      withWorld(id, async (loaded) => {
        const done = await applyWorldRebalance(loaded, { ...(await optionsOf(loaded, flags)), run, actor });
        const { applied, document, record, plan } = done;
        return {
          exitCode: EXIT.fine,
          json: { applied, run, orders: record.orders, ...document },
          text: (colors) => renderRebalance(id, plan, colors, { applied, run }),
        };
      }),
  );
}

/** Synchronous plugins compute in a process of their own, here as for a submission. */
async function withPlugins<T>(
  project: Project,
  loaded: LoadedWorld,
  work: (plugins: PluginExecutor) => Promise<T>,
): Promise<T> {
  const isolate = createIsolate();
  try {
    isolate.limit(project.limits);
    isolate.namePlugins(project.config.plugins.map(({ plugin }) => plugin.name));
    isolate.open("plugins", pluginRoom(project, loaded, Date.now()));
    return await work(isolatedPlugins(isolate));
  } finally {
    isolate.close();
  }
}

function planned(command: Command): Command {
  return command
    .addOption(
      new Option("--mode <mode>", "scaling: trade positions; overlay: one instrument per world; hybrid: both")
        .choices(REBALANCE_MODES)
        .default("scaling"),
    )
    .option("--positions <file>", "JSON list of what is held (default: the accounts of the world's runners)")
    .option("--min-notional <value>", "least value of an order, in the account's currency", number)
    .option("--cost-rate <fraction>", "what trading costs, of the traded value", number)
    .option("--overlay <symbol@price>", "the world's overlay instrument and its price")
    .option("--schema-version <n>", "schema of the JSON plan, 1 or 2 (default: 2)", number)
    .option("--intent <text>", "why; goes with the plan");
}

async function optionsOf(loaded: LoadedWorld, flags: PlanFlags): Promise<RebalanceOptions> {
  const { mode, minNotional, costRate, overlay, schemaVersion, intent } = flags;
  const world = loaded.config.id;
  const options = view();
  const book =
    flags.positions === undefined ? await runnerBook(loaded, options) : readPositions(flags.positions, world);
  return {
    ...options,
    mode,
    ...book,
    ...(minNotional !== undefined && { minNotional }),
    ...(costRate !== undefined && { costRate }),
    ...(schemaVersion !== undefined && { schemaVersion }),
    ...(intent !== undefined && { intent: { reason: intent } }),
    ...(overlay !== undefined && { overlay: overlayOf(world, overlay) }),
  };
}

function overlayOf(world: string, text: string): NonNullable<RebalanceOptions["overlay"]> {
  const at = text.lastIndexOf("@");
  const [symbol, price] = [text.slice(0, at), Number(text.slice(at + 1))];
  if (at <= 0 || !(price > 0))
    throw new QmtlError({
      code: "cli.usage",
      message: `${JSON.stringify(text)} is no instrument with a price`,
      next: "Write it like ES@2800.",
    });
  return { instruments: { [world]: symbol }, prices: { [symbol]: price } };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new QmtlError({
    code: "cli.usage",
    message: `${JSON.stringify(text)} is no number from 0 on`,
    next: "Write it in digits.",
  });
}
