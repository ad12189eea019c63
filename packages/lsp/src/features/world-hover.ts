import { holds, type Place, type Position, packageOf } from "../facts/index.ts";
import { type Project, type ProjectPlugin, type ProjectWorld, pluginNamed } from "../project/index.ts";
import type { Hover } from "./hover.ts";
import type { Mark, Subject } from "./subject.ts";
import { cellText } from "./wording.ts";
import { worldMarksOf } from "./world-marks.ts";

export function worldMarkAt(world: ProjectWorld, position: Position): Mark | undefined {
  return worldMarksOf(world).find(({ place }) => holds(place, position));
}

export function worldHoverAt(world: ProjectWorld, position: Position, project: Project): Hover | undefined {
  const mark = worldMarkAt(world, position);
  if (mark === undefined) return undefined;
  const lines = describe(mark.subject, world, project);
  return lines.length === 0 ? undefined : { place: mark.place, markdown: lines.join("\n\n") };
}

function describe(subject: Subject, world: ProjectWorld, { plugins }: Project): readonly string[] {
  switch (subject.kind) {
    case "metric": {
      const metric = world.metrics?.find(({ name }) => name === subject.metric);
      if (metric === undefined) return [];
      const better = metric.better === "neither" ? "" : `; ${metric.better} is better`;
      const source = metric.source === undefined ? [] : [`Source: ${metric.source}`];
      return [`**${metric.name}**: ${metric.unit}${better}`, `\`${metric.formula}\``, ...source];
    }
    case "preset": {
      const preset = presetNamed(plugins, subject.preset);
      if (preset === undefined) return [];
      const columns = Object.entries(preset.schema.columns).map(
        ([name, cell]) => `| \`${name}\` | ${cellText(cell)} |`,
      );
      return [
        `**${subject.preset}**: ${preset.description}`,
        `Intervals ${preset.intervals.join(", ")}; calendar ${preset.calendar}; schema \`${preset.schema.id}\``,
        ["| column | holds |", "| --- | --- |", ...columns].join("\n"),
      ];
    }
    case "plugin": {
      const plugin = pluginNamed(plugins, subject.plugin, subject.use);
      return plugin === undefined
        ? []
        : [`**${subject.use}**: ${plugin.described.description}`, packageOf(plugin.used.specifier)];
    }
    case "tag":
    case "symbol": {
      const tagged = (world.config?.presets ?? []).flatMap(({ id, universe }) =>
        universe.symbols
          .filter((one) => (subject.kind === "tag" ? one.tags.includes(subject.tag) : one.id === subject.symbol))
          .map((one) => `${one.id} (${id})`),
      );
      const word = subject.kind === "tag" ? subject.tag : subject.symbol;
      return tagged.length === 0 ? [] : [`**${word}**: ${[...new Set(tagged)].join(", ")}`];
    }
    default:
      return [];
  }
}

/** What a provider says of one of its presets, by the name that worlds use: `samples.sp500`. */
export function presetNamed(plugins: Project["plugins"], name: string) {
  const dot = name.indexOf(".");
  const brings = dot < 0 ? undefined : pluginNamed(plugins, "data-provider", name.slice(0, dot))?.described.brings;
  return brings?.kind === "data-provider"
    ? brings.presets.find((preset) => preset.name === name.slice(dot + 1))
    : undefined;
}

/** Where it is written what a word of a world file means: a metric's formula in its manifest, a plugin in the configuration. */
export function worldDefinitionsAt(
  world: ProjectWorld,
  position: Position,
  { plugins, worlds }: Project,
  placeInManifest: (specifier: string, name: string) => Place | undefined,
): readonly Place[] {
  const mark = worldMarkAt(world, position);
  if (mark === undefined) return [];
  const { subject } = mark;
  switch (subject.kind) {
    case "metric": {
      const evaluators = world.config?.evaluators ?? [];
      return evaluators.flatMap(({ use }) => {
        const plugin = pluginNamed(plugins, "evaluator", use);
        const brings = plugin?.described.brings;
        if (plugin === undefined || brings?.kind !== "evaluator") return [];
        if (!brings.metrics.some(({ name }) => name === subject.metric)) return [];
        return [placeInManifest(plugin.used.specifier, subject.metric) ?? plugin.used.at];
      });
    }
    case "preset":
      return used(pluginNamed(plugins, "data-provider", subject.preset.split(".")[0] ?? ""));
    case "plugin":
      return used(pluginNamed(plugins, subject.plugin, subject.use));
    default:
      return worlds
        .flatMap(worldMarksOf)
        .filter(({ key, role }) => key === mark.key && role === "definition")
        .map(({ place }) => place);
  }
}

function used(plugin: ProjectPlugin | undefined): readonly Place[] {
  return plugin === undefined ? [] : [plugin.used.at];
}
