import * as z from "zod";
import { closestName } from "../policy/closest-name.ts";
import type { Mistake } from "./mistake.ts";
import { type EntrySpan, pathText, type YamlPath } from "./yaml-document.ts";

/** A document and where its entries stand. */
export interface Placed {
  readonly value: unknown;
  readonly entries: ReadonlyMap<string, EntrySpan>;
}

/** What a schema finds wrong in a document, one mistake each, in words for people. `whole` is what the document is. */
export function schemaMistakes(
  schema: z.ZodType,
  { value, entries }: Placed,
  whole = "The world file",
): readonly Mistake[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => mistakesOf(issue, [], { schema, value, entries, whole }));
}

interface Context extends Placed {
  readonly schema: z.ZodType;
  readonly whole: string;
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, prefix: YamlPath, context: Context): readonly Mistake[] {
  const path = [...prefix, ...(issue.path as YamlPath)];
  const name = path.length === 0 ? context.whole : `\`${pathText(path)}\``;
  const at = (code: string, says: string, next: string): readonly Mistake[] => [
    { code, message: `${name} ${says}`, path: pathText(path), ...valueSpan(context, path), next },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, context));
    case "invalid_type": {
      if (valueAt(context.value, path) === undefined) return [missing(path, context)];
      return at(
        "world.wrong-type",
        `must be ${ofType(issue.expected)}, not ${described(valueAt(context.value, path))}`,
        `Write ${ofType(issue.expected)}.`,
      );
    }
    case "too_small":
    case "too_big": {
      if (issue.origin === "array") return at("world.out-of-range", issue.message, "Add an entry.");
      const bound = issue.code === "too_small" ? Number(issue.minimum) : Number(issue.maximum);
      const relation =
        issue.code === "too_small"
          ? issue.inclusive
            ? "at least"
            : "more than"
          : issue.inclusive
            ? "at most"
            : "less than";
      return at(
        "world.out-of-range",
        `must be ${relation} ${bound}, not ${described(valueAt(context.value, path))}`,
        `Write a number that is ${relation} ${bound}.`,
      );
    }
    case "invalid_value": {
      const given = valueAt(context.value, path);
      if (given === undefined) return [missing(path, context)];
      const words = issue.values.map(String);
      const meant = typeof given === "string" ? closestName(given, words) : undefined;
      return at(
        "world.wrong-value",
        `must be one of ${words.join(", ")}, not ${described(given)}`,
        meant === undefined ? `Use one of ${words.join(", ")}.` : `Did you mean ${meant}?`,
      );
    }
    case "invalid_format":
    case "custom":
      return at(
        "world.wrong-value",
        `${issue.message}, not ${described(valueAt(context.value, path))}`,
        `Change it: it ${issue.message}.`,
      );
    case "invalid_key": {
      const [first] = issue.issues;
      const span = context.entries.get(pathText(path));
      const message = `The name ${name} ${first?.message ?? "is not allowed"}`;
      return [
        {
          code: "world.wrong-value",
          message,
          path: pathText(path),
          ...(span?.key ?? valueSpan(context, path)),
          next: "Choose another name.",
        },
      ];
    }
    case "invalid_union":
      return choiceMistakes(path, issue.errors, context);
    case "invalid_element":
    case "not_multiple_of":
      return at("world.wrong-value", "is not allowed", issue.message);
  }
}

/**
 * A union in a world file is a choice written as its one key (`{ percent: 0.1 }` or `{ none: {} }`), so only the branch whose
 * key was written has something to say.
 */
function choiceMistakes(path: YamlPath, branches: readonly (readonly Issue[])[], context: Context): readonly Mistake[] {
  const options = optionsOf(schemaAt(context.schema, path));
  const forms = options.map((key) => `{ ${key}: … }`).join(", ");
  const given = valueAt(context.value, path);
  const text = pathText(path);
  if (given === undefined) return [missing(path, context)];
  const span = valueSpan(context, path);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const meant = typeof given === "string" ? closestName(given, options) : undefined;
    const next = meant === undefined ? `Use one of ${forms}.` : `Did you mean { ${meant}: … }?`;
    return [
      {
        code: "world.wrong-type",
        message: `\`${text}\` must be one of ${forms}, not ${described(given)}`,
        path: text,
        ...span,
        next,
      },
    ];
  }
  const unknown = Object.keys(given).filter((key) => !options.includes(key));
  const known = options.filter((key) => Object.hasOwn(given, key));
  const mistakes: Mistake[] = unknown.map((key) => unknownKey(key, path, context));
  if (known.length > 1 || (known.length === 0 && unknown.length === 0)) {
    const says = known.length > 1 ? `is given twice, as ${known.join(" and ")}` : "is empty";
    mistakes.push({
      code: "world.conflict",
      message: `\`${text}\` ${says}`,
      path: text,
      ...span,
      next: `Give exactly one of ${forms}.`,
    });
    return mistakes;
  }
  const branch = branches[options.indexOf(known[0] ?? "")] ?? [];
  for (const issue of branch)
    if (issue.code !== "unrecognized_keys" || issue.path.length > 0) mistakes.push(...mistakesOf(issue, path, context));
  return mistakes;
}

function unknownKey(key: string, path: YamlPath, context: Context): Mistake {
  const here = [...path, key];
  const known = keysOf(schemaAt(context.schema, path));
  const meant = HINTS[pathText(here).replace(/\[\d+\]/g, "[]")] ?? hintOf(closestName(key, known));
  const where = path.length === 0 ? "A world" : `\`${pathText(path)}\``;
  const entry = context.entries.get(pathText(here));
  return {
    code: "world.unknown-key",
    message: `${where} has no field \`${key}\``,
    path: pathText(here),
    ...(entry?.key ?? valueSpan(context, path)),
    next: meant ?? (known.length === 0 ? "Remove it." : `Use one of ${known.join(", ")}.`),
  };
}

function hintOf(word: string | undefined): string | undefined {
  return word === undefined ? undefined : `Did you mean \`${word}\`?`;
}

/** Fields that people look for in another place. */
const HINTS: Readonly<Record<string, string>> = {
  max_lag: "Write `follow: { max_lag: … }`.",
  "data.presets[].max_stale": "It belongs to the account: `brokerage.max_stale`.",
  universe: "A universe belongs to a preset: `data.presets[].universe`.",
  presets: "Presets stand under `data`.",
  gates: "Gates stand under `policy`.",
};

export function missing(path: YamlPath, context: Placed): Mistake {
  const text = pathText(path);
  const parent = path.slice(0, -1);
  const span = context.entries.get(pathText(parent));
  return {
    code: "world.missing-key",
    message: `\`${text}\` is missing`,
    path: text,
    ...(span?.key ?? firstOf(span?.value)),
    next: `Add \`${String(path.at(-1))}\`${parent.length === 0 ? "" : ` under \`${pathText(parent)}\``}.`,
  };
}

export function conflict(document: Placed, path: YamlPath, message: string, next: string): Mistake {
  const text = pathText(path);
  const entry = document.entries.get(text) ?? document.entries.get(pathText(path.slice(0, -1)));
  return { code: "world.conflict", message, path: text, ...(entry?.value ?? { from: 0, to: 0 }), next };
}

/** A missing field of the whole file, or of a list's entry, is shown at its first character. */
function firstOf(span: { readonly from: number; readonly to: number } | undefined): {
  readonly from: number;
  readonly to: number;
} {
  const from = span?.from ?? 0;
  return { from, to: from };
}

function valueSpan(context: Placed, path: YamlPath): { readonly from: number; readonly to: number } {
  for (let length = path.length; length >= 0; length--) {
    const entry = context.entries.get(pathText(path.slice(0, length)));
    if (entry !== undefined) return length === path.length ? entry.value : firstOf(entry.value);
  }
  return { from: 0, to: 0 };
}

export function valueAt(value: unknown, path: YamlPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

function described(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

const TYPES: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

function ofType(expected: string): string {
  return TYPES[expected] ?? expected;
}

function schemaAt(schema: z.core.$ZodType, path: YamlPath): z.core.$ZodType | undefined {
  let found: z.core.$ZodType | undefined = unwrapped(schema);
  for (const part of path) {
    if (found instanceof z.ZodObject) found = found.shape[String(part)] as z.core.$ZodType | undefined;
    else if (found instanceof z.ZodArray) found = found.element;
    else if (found instanceof z.ZodRecord) found = found.valueType;
    else if (found instanceof z.ZodUnion) found = memberWith(found, String(part));
    else return undefined;
    if (found === undefined) return undefined;
    found = unwrapped(found);
  }
  return found;
}

function memberWith(union: z.ZodUnion, key: string): z.core.$ZodType | undefined {
  const member = union.options.find((option) => option instanceof z.ZodObject && key in option.shape);
  return member instanceof z.ZodObject ? (member.shape[key] as z.core.$ZodType) : undefined;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner;
}

function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return schema instanceof z.ZodUnion ? optionsOf(schema) : [];
}

function optionsOf(schema: z.core.$ZodType | undefined): readonly string[] {
  if (!(schema instanceof z.ZodUnion)) return [];
  return schema.options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
}
