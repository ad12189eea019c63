import {
  type Columns,
  type DataPreset,
  isInterval,
  misfitOf,
  type PresetDescription,
  type StreamNeeds,
  selectSymbols,
} from "@qmtl/core/static";
import { isUnknown, type StaticGraph, type StaticNode } from "../facts/index.ts";
import { type ProjectPlugins, pluginNamed } from "./plugins.ts";
import type { ProjectWorld } from "./world.ts";

/** The provider's offer behind a preset of a world; undefined where its plugin does not say what it offers. */
export function offerOf(plugins: ProjectPlugins, preset: string): PresetDescription | undefined {
  const dot = preset.indexOf(".");
  const brings = pluginNamed(plugins, "data-provider", preset.slice(0, dot))?.described.brings;
  return brings?.kind === "data-provider"
    ? brings.presets.find(({ name }) => name === preset.slice(dot + 1))
    : undefined;
}

/** What a stream of a graph asks of a world, as far as that is known. */
export type PartialNeeds = { readonly [K in keyof StreamNeeds]: StreamNeeds[K] | undefined };

export function needsOf({ options, output, interval }: StaticNode): PartialNeeds | undefined {
  if (options.kind !== "stream") return undefined;
  const { schema, tags, match } = options;
  const words = isUnknown(tags) ? undefined : tags.flatMap((tag) => (isUnknown(tag) ? [] : [tag]));
  const columns: Record<string, Columns[string]> = {};
  if (!isUnknown(output)) for (const { name, cell } of output) if (!isUnknown(cell)) columns[name] = cell;
  const isKnown = !isUnknown(output) && Object.keys(columns).length === output.length;
  return {
    schema: isUnknown(schema) || !isKnown ? undefined : { id: schema, columns },
    tags: isUnknown(tags) || words?.length !== tags.length ? undefined : words,
    match: match === "any" || match === "all" ? match : undefined,
    interval: isInterval(interval) ? interval : undefined,
  };
}

/** How a preset of a world takes a stream: it fits, it does not (and why), or nobody can tell. */
export type Fit = { readonly kind: "fits" | "unknown" } | { readonly kind: "misfit"; readonly because: string };

export function fitOf(plugins: ProjectPlugins, preset: DataPreset, needs: PartialNeeds): Fit {
  const { interval, tags, match, schema } = needs;
  if (interval !== undefined && preset.interval !== interval)
    return { kind: "misfit", because: `has ${preset.interval}` };
  if (tags !== undefined && match !== undefined && selectSymbols(preset.universe.symbols, tags, match).length === 0)
    return { kind: "misfit", because: `has tags [${tagsOf(preset).join(", ")}]` };
  const offer = offerOf(plugins, preset.preset);
  if (
    interval === undefined ||
    tags === undefined ||
    match === undefined ||
    schema === undefined ||
    offer === undefined
  )
    return { kind: "unknown" };
  const because = misfitOf({ interval, tags, match, schema }, { preset, offer });
  return because === undefined ? { kind: "fits" } : { kind: "misfit", because };
}

export function tagsOf({ universe }: DataPreset): readonly string[] {
  return [...new Set(universe.symbols.flatMap(({ tags }) => tags))];
}

/** How a world takes a strategy: by stream, the presets that take it or may. */
export interface WorldFit {
  readonly world: ProjectWorld;
  readonly streams: readonly {
    readonly node: StaticNode;
    readonly taken: readonly DataPreset[];
    readonly misfits: readonly string[];
  }[];
}

/** The worlds that can be read, each with how it takes the streams of a graph. */
export function worldFits(
  plugins: ProjectPlugins,
  worlds: readonly ProjectWorld[],
  graph: StaticGraph,
): readonly WorldFit[] {
  return worlds.flatMap((world): WorldFit[] => {
    const { config } = world;
    if (config === undefined) return [];
    const streams = graph.nodes.flatMap((node) => {
      const needs = needsOf(node);
      if (needs === undefined) return [];
      const fits = config.presets.map((preset) => ({ preset, fit: fitOf(plugins, preset, needs) }));
      return [
        {
          node,
          taken: fits.flatMap(({ preset, fit }) => (fit.kind === "misfit" ? [] : [preset])),
          misfits: fits.flatMap(({ preset, fit }) => (fit.kind === "misfit" ? [`${preset.id} (${fit.because})`] : [])),
        },
      ];
    });
    return [{ world, streams }];
  });
}
