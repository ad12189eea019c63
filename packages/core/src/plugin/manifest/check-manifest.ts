import * as z from "zod";
import { INTERVALS } from "../../schema/interval.ts";
import { FOLDS } from "../../schema/schema.ts";
import { type LocatedMistake, linesOf, locate } from "../../world/mistake.ts";
import { schemaMistakes } from "../../world/schema-mistakes.ts";
import { readYaml } from "../../world/yaml-document.ts";
import type { PluginManifest } from "../contract/manifest.ts";
import { PLUGIN_KINDS } from "../contract/plugin.ts";

const cell = z.union([
  z.strictObject({ dtype: z.enum(["f64", "i32"]), unit: z.string() }),
  z.strictObject({ dtype: z.literal("bool") }),
  z.strictObject({ dtype: z.literal("categorical"), values: z.array(z.string()) }),
]);
const columns = z.record(z.string(), cell);
const text = z.string().min(1);

const preset = z.strictObject({
  name: text,
  description: z.string(),
  schema: z.strictObject({ id: text, columns, fold: z.record(z.string(), z.enum(FOLDS)) }),
  intervals: z.array(z.enum(INTERVALS)),
  symbols: z.union([z.array(z.string()), z.literal("any")]),
  stamp: z.enum(["end", "start", "session"]),
  calendar: text,
});

const metric = z.strictObject({
  name: text,
  formula: z.string(),
  unit: z.string(),
  better: z.enum(["higher", "lower", "neither"]),
  source: z.string().optional(),
  ledger: z.literal(true).optional(),
});

const brings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("data-provider"),
    live: z.boolean(),
    pointInTime: z.boolean(),
    presets: z.array(preset),
  }),
  z.strictObject({ kind: z.literal("evaluator"), metrics: z.array(metric) }),
  z.strictObject({ kind: z.literal("allocator") }),
  z.strictObject({ kind: z.literal("storage"), contracts: z.array(z.enum(["state", "objects"])) }),
]);

const manifest = z.strictObject({
  format: z.literal(1),
  package: text,
  version: text,
  plugins: z.array(
    z.strictObject({
      export: text,
      kind: z.enum(PLUGIN_KINDS),
      name: text,
      use: text,
      api: z.int(),
      description: z.string(),
      config: z.record(z.string(), z.unknown()).optional(),
      brings: brings.optional(),
    }),
  ),
  nodes: z.array(
    z.strictObject({
      module: text,
      export: text,
      description: z.string(),
      outputs: columns,
      returns: z.enum(["column", "panel"]),
      causality: z.enum(["causal", "delayed"]),
      mutability: z.enum(["pure", "stateful"]),
      actuation: z.enum(["none", "order"]),
      domains: z.array(z.enum(["backtest", "dryrun", "live", "shadow"])).optional(),
      warmup: z.union([z.int().min(0), z.strictObject({ argument: z.int().min(0), plus: z.int() })]).optional(),
    }),
  ),
});

export interface CheckedManifest {
  readonly mistakes: readonly LocatedMistake[];
  /** Present when there is no mistake. */
  readonly manifest?: PluginManifest;
}

/** A plugin manifest from the text of its file. Never throws. */
export function checkManifest(source: string): CheckedManifest {
  const known = readJson(source);
  if (known !== undefined) return { mistakes: [], manifest: known };
  const document = readYaml(source);
  const lines = linesOf(source);
  const mistakes =
    document.value === undefined || document.mistakes.length > 0
      ? document.mistakes
      : schemaMistakes(manifest, document, "The manifest");
  if (mistakes.length > 0) return { mistakes: locate(mistakes, lines) };
  return { mistakes: [], manifest: document.value as PluginManifest };
}

/** A manifest without a mistake, the quick way: only mistakes need to know where things stand. */
function readJson(source: string): PluginManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return undefined;
  }
  // JSON keeps the last of two equal keys, and says nothing.
  if (keysWritten(source) !== keysKept(value) || !manifest.safeParse(value).success) return undefined;
  return value as PluginManifest;
}

function keysWritten(source: string): number {
  let count = 0;
  for (const [, colon] of source.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) count++;
  return count;
}

function keysKept(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, each) => sum + keysKept(each), own);
}
