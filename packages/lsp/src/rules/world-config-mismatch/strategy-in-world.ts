import { closestName } from "@qmtl/core/static";
import { isUnknown, type StaticNode } from "../../facts/index.ts";
import { needsOf, tagsOf, type WorldFit, worldFits } from "../../project/index.ts";
import type { StrategyContext } from "../rule.ts";
import { choiceFixes } from "./world-plugins.ts";

/** Whether a strategy fits in one world of the project, or in the one that it is meant for. */
export function checkStrategyInWorlds(context: StrategyContext): void {
  const { project, graph, world } = context;
  const meant = project.worlds.filter((each) => world === undefined || each.name === world);
  // A world that can't be read may be the one that takes it.
  if (meant.length === 0 || meant.some(({ config }) => config === undefined)) return;
  const fits = worldFits(project.plugins, meant, graph);
  const [best] = fits.toSorted((a, b) => misfits(a) - misfits(b));
  if (best === undefined) return;
  if (misfits(best) > 0)
    for (const { node, taken, misfits: why } of best.streams)
      if (taken.length === 0) reportStream(context, best, node, why);
  if (misfits(best) === 0 && !fits.some((fit) => misfits(fit) === 0 && unknownSymbols(fit, context).length === 0))
    for (const symbol of unknownSymbols(best, context)) reportSymbol(context, best, symbol);
}

function misfits({ streams }: WorldFit): number {
  return streams.filter(({ taken }) => taken.length === 0).length;
}

function reportStream(
  { placeOf, report, project, world: meant }: StrategyContext,
  { world }: WorldFit,
  { fact, options, ...node }: StaticNode,
  why: readonly string[],
): void {
  if (fact.kind !== "stream" || options.kind !== "stream") return;
  const presets = world.config?.presets ?? [];
  const needs = needsOf({ fact, options, ...node });
  const where =
    meant === undefined && project.worlds.length > 1
      ? `no world of the project (nearest is "${world.name}")`
      : `world "${world.name}"`;
  if (needs?.interval !== undefined && !presets.some(({ interval }) => interval === needs.interval)) {
    report({
      at: placeOf(fact.interval.at),
      message: `No preset of ${where} has bars of ${needs.interval}`,
      next: `There are ${presets.map(({ id, interval }) => `${id} (${interval})`).join(", ")}.`,
      // A param says its interval elsewhere.
      fixes:
        fact.interval.kind === "literal"
          ? choiceFixes(
              placeOf(fact.interval.at),
              [...new Set(presets.map(({ interval }) => interval))],
              JSON.stringify,
            )
          : [],
      data: { reason: "data.missing-interval", world: world.name },
    });
    return;
  }
  const tags = [...new Set(presets.flatMap(tagsOf))];
  const items = fact.tags.kind === "list" ? fact.tags.items : [];
  const strays = items.flatMap((item) =>
    item.kind === "literal" && !tags.includes(String(item.value)) ? [{ tag: String(item.value), at: item.at }] : [],
  );
  const [stray] = strays;
  // One tag is enough for "any", so the others may be of another world.
  if (stray !== undefined && (needs?.match === "all" || strays.length === items.length)) {
    const near = closestName(stray.tag, tags);
    const place = placeOf(stray.at);
    report({
      at: place,
      message: `No symbol of ${where} has the tag ${JSON.stringify(stray.tag)}`,
      next: near === undefined ? `There are ${tags.join(", ")}.` : `Did you mean ${near}?`,
      fixes:
        near === undefined
          ? choiceFixes(place, tags, JSON.stringify)
          : [{ title: `Change to "${near}"`, edits: [{ place, text: JSON.stringify(near) }], isSafe: false }],
      data: { reason: "data.unknown-tag", world: world.name },
    });
    return;
  }
  report({
    at: placeOf(fact.at),
    message: `This stream fits no data preset of ${where}`,
    next: `Presets: ${why.join("; ")}.`,
    data: { reason: "data.no-preset", world: world.name },
  });
}

interface NamedSymbol {
  readonly symbol: string;
  readonly at: number;
  readonly known: readonly string[];
  /** It stands there as a text of its own, not as a key. */
  readonly isPicked: boolean;
}

/** Symbols that are picked or traded by name, and that the world does not have where they are looked for. */
function unknownSymbols({ world, streams }: WorldFit, { graph, strategy }: StrategyContext): readonly NamedSymbol[] {
  const symbols = (world.config?.presets ?? []).flatMap(({ universe }) => universe.symbols.map(({ id }) => id));
  const picked = graph.nodes.flatMap(({ fact, options, inputs }): NamedSymbol[] => {
    if (fact.kind !== "pick" || options.kind !== "pick" || typeof options.symbol !== "string" || isUnknown(inputs))
      return [];
    const read = inputs[0]?.read;
    const stream = read !== undefined && !isUnknown(read) && "node" in read ? graph.nodes[read.node] : undefined;
    const taken = streams.find(({ node }) => node === stream)?.taken;
    const known = taken === undefined ? symbols : taken.flatMap(({ universe }) => universe.symbols.map(({ id }) => id));
    return [{ symbol: options.symbol, at: fact.symbol.at, known, isPicked: fact.symbol.kind === "literal" }];
  });
  const { result } = strategy;
  const traded =
    (result.kind === "targetWeights" || result.kind === "targetPositions") && "reads" in result.target
      ? result.target.reads.map(({ name, read }) => ({ symbol: name, at: read.at, known: symbols, isPicked: false }))
      : [];
  return [...picked, ...traded].filter(({ symbol, known }) => !known.includes(symbol));
}

function reportSymbol(
  { placeOf, report, project, world: meant }: StrategyContext,
  { world }: WorldFit,
  { symbol, at, known, isPicked }: NamedSymbol,
): void {
  const where =
    meant === undefined && project.worlds.length > 1 ? `any world that takes its streams` : `world "${world.name}"`;
  const near = closestName(symbol, known);
  const place = placeOf(at);
  report({
    at: place,
    fixes: isPicked ? choiceFixes(place, near === undefined ? known : [near], JSON.stringify) : [],
    message: `There is no symbol ${JSON.stringify(symbol)} in ${where}`,
    next: near === undefined ? `There are ${known.slice(0, 20).join(", ")}.` : `Did you mean ${near}?`,
    data: { reason: "data.unknown-symbol", world: world.name, symbol },
  });
}
