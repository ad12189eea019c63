import { type EdgeView, isoText, overrideEdge, parseDuration, readEdges } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { type Command, Option } from "commander";
import type { Register } from "../cli.ts";
import { EXIT } from "../terminal/error.ts";
import { renderTable } from "../terminal/table.ts";
import { withWorld } from "./opened-world.ts";

const DOMAINS = ["backtest", "dryrun", "live", "shadow"] as const;
type Domain = (typeof DOMAINS)[number];

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

interface OverrideOptions {
  readonly node?: string;
  readonly strategy?: string;
  readonly from: Domain;
  readonly to: Domain;
  readonly open?: true;
  readonly shut?: true;
  readonly reason: string;
  readonly actor: string;
  readonly expires?: string;
}

export function edgesCommands(program: Command, register: Register): void {
  const edges = program.command("edges").description("look at reads across execution domains, open and shut them");

  register(
    edges.command("list <world>").description("what was said about each edge; whatever is not listed is off"),
    async (_context, world: string) =>
      withWorld(world, async (loaded) => {
        const views = await readEdges(loaded, view());
        return { exitCode: EXIT.fine, json: { world, edges: views }, text: () => render(views) };
      }),
  );

  const override = edges
    .command("override <world>")
    .description("open or shut an edge across execution domains; recorded with who and why")
    .option("--node <id>", "the producer: one computation, by its NodeID")
    .option("--strategy <name>", "the producer: all that the strategy's active version computes")
    .addOption(new Option("--from <domain>", "the domain that computed").choices(DOMAINS).makeOptionMandatory())
    .addOption(new Option("--to <domain>", "the domain that reads").choices(DOMAINS).makeOptionMandatory())
    .option("--open", "let it be read")
    .option("--shut", "forbid it")
    .requiredOption("--reason <text>", "why; recorded")
    .requiredOption("--actor <name>", "who; recorded", process.env["USER"])
    .option("--expires <when>", "until when: 24h, or 2026-03-01T00:00:00Z; needed to open");
  register(override, async (_context, world: string, options: OverrideOptions) => {
    const { node, strategy, from, to, open, shut, reason, actor, expires } = options;
    if ((node === undefined) === (strategy === undefined))
      throw usage("Name one producer", "Give either --node or --strategy.");
    if ((open === undefined) === (shut === undefined)) throw usage("Say what to do", "Give either --open or --shut.");
    const until = expires === undefined ? undefined : instantOf(expires, Date.now());
    return withWorld(world, async (loaded) => {
      const views = await overrideEdge(loaded, {
        ...view(),
        producer: node === undefined ? { strategy: strategy as string } : { node },
        from,
        to,
        open: open === true,
        reason,
        actor,
        ...(until !== undefined && { expires: until }),
      });
      return { exitCode: EXIT.fine, json: { world, edges: views }, text: () => render(views) };
    });
  });
}

function render(views: readonly EdgeView[]): string {
  if (views.length === 0) return "Nothing was said about any edge: reads across execution domains are off.";
  return renderTable(
    [
      { title: "producer" },
      { title: "from" },
      { title: "to" },
      { title: "" },
      { title: "until" },
      { title: "by" },
      { title: "why" },
    ],
    views.map(({ producer, from, to, standing, expires, actor, reason }) => [
      producer.kind === "node"
        ? `node ${producer.node.slice(0, 12)}`
        : `${producer.strategy}@${producer.version.slice(0, 8)}`,
      from,
      to,
      standing,
      expires === undefined ? "" : isoText(expires),
      actor ?? "the world",
      reason,
    ]),
  );
}

function instantOf(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return now + duration;
  const instant = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  throw usage(
    `${JSON.stringify(text)} is no expiry`,
    "Write 24h, or an instant with its offset: 2026-03-01T00:00:00Z.",
  );
}

function usage(message: string, next: string): QmtlError {
  return new QmtlError({ code: "cli.usage", message, next });
}
