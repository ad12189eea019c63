import { type Columns, type DataPreset, isInterval, misfitOf, selectSymbols } from "@qmtl/core/static";
import type { NodeFact, Place, StrategyFacts } from "../facts/index.ts";
import type { Project } from "../project/index.ts";
import type { KnownNames } from "./completion.ts";
import type { DocumentSymbol } from "./symbols.ts";
import { presetNamed } from "./world-hover.ts";

type StreamFact = Extract<NodeFact, { kind: "stream" }>;

/** The tags and symbols of a project's worlds, each with where it is known. */
export function knownNames({ worlds }: Project): KnownNames {
  const tags = new Map<string, Set<string>>();
  const symbols = new Map<string, Set<string>>();
  const note = (names: Map<string, Set<string>>, name: string, world: string): void => {
    const known = names.get(name) ?? new Set();
    names.set(name, known.add(world));
  };
  for (const { name: world, config } of worlds)
    for (const { universe } of config?.presets ?? [])
      for (const symbol of universe.symbols) {
        note(symbols, symbol.id, world);
        for (const tag of symbol.tags) note(tags, tag, world);
      }
  return { tags: told(tags), symbols: told(symbols) };
}

function told(names: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, string> {
  return new Map(
    [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, worlds]) => [name, [...worlds].join(", ")]),
  );
}

/** The tags that strategies select. */
export function selectedTags(strategies: readonly StrategyFacts[]): readonly string[] {
  const tags = new Set<string>();
  for (const { nodes } of strategies)
    for (const node of nodes) if (node.kind === "stream") for (const tag of tagsOf(node) ?? []) tags.add(tag);
  return [...tags].sort();
}

function tagsOf({ tags }: StreamFact): readonly string[] | undefined {
  if (tags.kind === "unknown") return undefined;
  const words = tags.items.map((item) => (item.kind === "literal" ? String(item.value) : undefined));
  return words.every((word) => word !== undefined) ? words : undefined;
}

/** The presets that a stream can be bound to, as `world (preset)`; undefined where no world or too little of the stream is known. */
export function worldsThatFit(stream: StreamFact, { worlds, plugins }: Project): readonly string[] | undefined {
  const tags = tagsOf(stream);
  const interval = stream.interval.kind === "literal" ? stream.interval.value : undefined;
  const match = stream.match.kind === "literal" && stream.match.value === "all" ? "all" : "any";
  if (worlds.length === 0 || tags === undefined || !isInterval(interval)) return undefined;
  const schema = schemaOf(stream);
  const fits = (preset: DataPreset): boolean => {
    const offer = presetNamed(plugins, preset.preset);
    if (offer !== undefined && schema !== undefined)
      return misfitOf({ schema, tags, match, interval }, { preset, offer }) === undefined;
    return preset.interval === interval && selectSymbols(preset.universe.symbols, tags, match).length > 0;
  };
  return worlds.flatMap(({ name, config }) => (config?.presets ?? []).filter(fits).map(({ id }) => `${name} (${id})`));
}

function schemaOf({ schema, output }: StreamFact): { readonly id: string; readonly columns: Columns } | undefined {
  if (schema.kind === "unknown" || output.kind === "unknown") return undefined;
  const columns: Record<string, Columns[string]> = {};
  for (const { name, cell } of output.columns) {
    if (cell.kind === "unknown") return undefined;
    columns[name] = cell.cell;
  }
  return { id: schema.id, columns };
}

/** What a project is searched for by name, from facts alone. */
export function projectSymbolsOf(
  modules: Iterable<{ readonly strategies: readonly StrategyFacts[]; readonly spans: readonly Place[] }>,
  { worlds }: Project,
): readonly Pick<DocumentSymbol, "name" | "kind" | "place">[] {
  const found: Pick<DocumentSymbol, "name" | "kind" | "place">[] = [];
  const put = (name: string, kind: DocumentSymbol["kind"], place: Place | undefined): void => {
    if (place !== undefined) found.push({ name, kind, place });
  };
  for (const { strategies, spans } of modules)
    for (const { name, at, nodes } of strategies) {
      if (name.kind === "literal") put(String(name.value), "strategy", spans[at]);
      for (const node of nodes)
        if ("name" in node && node.name.kind === "literal") put(String(node.name.value), "node", spans[node.name.at]);
    }
  for (const { name, path } of worlds)
    put(name, "world", { file: path, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } });
  return found;
}
