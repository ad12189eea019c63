import { closestName, type PluginKind } from "@qmtl/core/static";
import type { Place } from "../../facts/index.ts";
import { type ConfigMistake, configMistakes, offerOf, pluginNamed, wordsOf } from "../../project/index.ts";
import type { Fix } from "../finding.ts";
import type { WorldContext } from "../rule.ts";
import { placeAt } from "./place-at.ts";

/** Whether the plugins and presets that a world names exist, and take what it says. */
export function checkPlugins(context: WorldContext): void {
  const { config } = context.world;
  if (config === undefined) return;
  config.presets.forEach((_, i) => {
    checkPreset(context, i);
  });
  config.evaluators.forEach(({ use, config: given }, i) => {
    checkPlugin(context, "evaluator", use, given, `evaluators[${i}]`);
  });
  checkPlugin(context, "allocator", config.allocator.use, config.allocator.config, "allocator");
}

function checkPlugin(context: WorldContext, kind: PluginKind, word: string, given: unknown, path: string): void {
  const { plugins } = context.project;
  const at = placeAt(context, `${path}.use`);
  const plugin = pluginNamed(plugins, kind, word);
  if (plugin === undefined) {
    if (plugins.complete && at !== undefined)
      reportUnknown(context, at, `${kind} ${JSON.stringify(word)}`, word, wordsOf(plugins, kind), "plugin.unknown");
    return;
  }
  const schema = plugin.described.config;
  if (schema === undefined) return;
  for (const mistake of configMistakes(schema, given)) reportConfig(context, mistake, `${path}.config`, word);
}

function reportConfig(
  context: WorldContext,
  { path, says, unknownKey, known = [] }: ConfigMistake,
  root: string,
  word: string,
): void {
  const full = path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${part}`),
    root,
  );
  const at =
    (unknownKey === undefined ? undefined : placeAt(context, full, "key")) ??
    placeAt(context, full) ??
    placeAt(context, root);
  if (at === undefined) return;
  const meant = unknownKey === undefined ? undefined : closestName(unknownKey, known);
  context.report({
    at,
    message: `\`${full}\` ${says}, for the plugin ${word}`,
    next:
      meant !== undefined
        ? `Did you mean ${meant}?`
        : known.length > 0
          ? `There is ${known.join(", ")}.`
          : "Correct it.",
    fixes:
      meant === undefined ? [] : [{ title: `Change to ${meant}`, edits: [{ place: at, text: meant }], isSafe: true }],
    data: { reason: "plugin.invalid-config", path: full },
  });
}

function checkPreset(context: WorldContext, i: number): void {
  const { plugins } = context.project;
  const preset = context.world.config?.presets[i];
  const path = `data.presets[${i}]`;
  const at = placeAt(context, `${path}.preset`);
  if (preset === undefined || at === undefined) return;
  const [word = ""] = preset.preset.split(".");
  const plugin = pluginNamed(plugins, "data-provider", word);
  if (plugin === undefined) {
    if (plugins.complete)
      reportUnknown(
        context,
        wordPlace(at, word),
        `data provider "${word}"`,
        word,
        wordsOf(plugins, "data-provider"),
        "data.unknown-preset",
      );
    return;
  }
  const { brings } = plugin.described;
  if (brings?.kind !== "data-provider") return;
  const offer = offerOf(plugins, preset.preset);
  if (offer === undefined) {
    const names = brings.presets.map(({ name }) => `${word}.${name}`);
    reportUnknown(context, at, `preset ${JSON.stringify(preset.preset)}`, preset.preset, names, "data.unknown-preset");
    return;
  }
  const interval = placeAt(context, `${path}.interval`);
  if (!offer.intervals.includes(preset.interval) && interval !== undefined)
    context.report({
      at: interval,
      message: `${preset.preset} has no bars of ${preset.interval}`,
      next: `It has ${offer.intervals.join(", ")}.`,
      fixes: choiceFixes(interval, offer.intervals),
      data: { reason: "data.missing-interval", path: `${path}.interval` },
    });
  const { symbols } = offer;
  if (symbols !== "any")
    preset.universe.symbols.forEach(({ id }, j) => {
      const place = placeAt(context, `${path}.universe.symbols[${j}].id`);
      if (!symbols.includes(id) && place !== undefined)
        reportUnknown(
          context,
          place,
          `symbol ${JSON.stringify(id)} of ${preset.preset}`,
          id,
          symbols,
          "data.unknown-symbol",
        );
    });
  const maxMode = context.world.config?.maxMode;
  const wantsFeed = context.live || maxMode === "live";
  if (wantsFeed && context.world.config?.knowledge.kind === "following" && !brings.live)
    context.report({
      at,
      message: `${preset.preset} has no live feed, and ${context.live ? "what runs live needs one" : "this world allows live"}`,
      next: "Name a preset whose provider follows its source, or lower max_mode.",
      data: { reason: "data.no-live-feed", path: `${path}.preset` },
    });
}

/** The provider's word at the head of `word.preset`. */
function wordPlace(at: Place, { length }: { readonly length: number }): Place {
  return { ...at, end: { line: at.start.line, column: at.start.column + length } };
}

function reportUnknown(
  { report }: WorldContext,
  at: Place,
  what: string,
  word: string,
  known: readonly string[],
  reason: string,
): void {
  const meant = closestName(word, known);
  report({
    at,
    message: `There is no ${what}`,
    next:
      meant !== undefined
        ? `Did you mean ${meant}?`
        : known.length === 0
          ? "Add the plugin to qmtl.config.ts."
          : `There is ${known.slice(0, 20).join(", ")}.`,
    fixes:
      meant === undefined
        ? choiceFixes(at, known)
        : [{ title: `Change to ${meant}`, edits: [{ place: at, text: meant }], isSafe: true }],
    data: { reason, word },
  });
}

const MOST_CHOICES = 8;

/** One fix for each of a few words that could be meant. */
export function choiceFixes(
  place: Place,
  known: readonly string[],
  text: (word: string) => string = String,
): readonly Fix[] {
  if (known.length > MOST_CHOICES) return [];
  return known.map((word) => ({ title: `Change to ${word}`, edits: [{ place, text: text(word) }], isSafe: false }));
}
