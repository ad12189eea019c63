import { INTERVALS, worldFileJsonSchema } from "@qmtl/core/static";
import { isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, visit } from "yaml";
import { type Place, type Position, textLines } from "../facts/index.ts";
import { metricsOf, offerOf, type Project, pluginNamed, wordsOf } from "../project/index.ts";
import type { Completion } from "./completion.ts";

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Stands where the cursor is while the rest is read. */
const CURSOR = "QmtlCursorWord";

/** What can be written at a position of a world file: keys, and values as far as they are known by name. */
export function worldCompletionsAt(
  file: string,
  text: string,
  position: Position,
  project: Project,
  tags: readonly string[],
): readonly Completion[] {
  const lines = textLines(text);
  const offset = lines.offsetAt(position);
  const before = /[A-Za-z0-9_.-]*$/.exec(text.slice(0, offset))?.[0] ?? "";
  const after = /^[A-Za-z0-9_.-]*/.exec(text.slice(offset))?.[0] ?? "";
  const replace: Place = {
    file,
    start: lines.positionAt(offset - before.length),
    end: lines.positionAt(offset + after.length),
  };
  const head = text.slice(0, offset - before.length);
  const tail = text.slice(offset + after.length);
  const found = cursorIn(head, tail);
  if (found === undefined) return [];
  const { path, value, isKey } = found;
  const words = isKey ? keysAt(path, value, project) : valuesAt(path, value, project, tags);
  const needsSpace = !isKey && /:$/.test(head);
  return words.map((word) => ({
    ...word,
    insert: isKey && !/^\s*:/.test(tail) ? `${word.label}: ` : needsSpace ? ` ${word.label}` : word.label,
    replace,
  }));
}

type Word = Pick<Completion, "label" | "kind" | "detail"> & { readonly documentation?: string };

interface Cursor {
  /** Of the map for a key, of the value otherwise. */
  readonly path: Path;
  readonly isKey: boolean;
  /** The document as plain data. */
  readonly value: unknown;
}

/** Where the cursor stands in the document; a key of a block needs its colon before the parser sees a key. */
function cursorIn(head: string, tail: string): Cursor | undefined {
  const line = head.slice(head.lastIndexOf("\n") + 1);
  const isBlockKey = /^\s*(- )*$/.test(line) && !/^\s*:/.test(tail);
  for (const word of isBlockKey ? [`${CURSOR}: ~`, CURSOR] : [/:$/.test(head) ? ` ${CURSOR}` : CURSOR]) {
    const document = parseDocument(`${head}${word}${tail}`, { stringKeys: true, logLevel: "silent" });
    let cursor: Cursor | undefined;
    visit(document, {
      Scalar(key, node, parents) {
        if (!String(node.value).includes(CURSOR)) return undefined;
        const isKey = key === "key";
        cursor = { path: pathOf(node, parents as readonly Node[], isKey), isKey, value: plain(document) };
        return visit.BREAK;
      },
    });
    if (cursor !== undefined) return cursor;
  }
  return undefined;
}

function plain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch {
    return undefined;
  }
}

function pathOf(node: unknown, parents: readonly (Node | Pair)[], isKey: boolean): Path {
  const path: (string | number)[] = [];
  parents.forEach((parent, index) => {
    const child = parents[index + 1] ?? node;
    if (isPair(parent) && isScalar(parent.key) && !(isKey && child === node)) path.push(String(parent.key.value));
    else if (isSeq(parent)) path.push(parent.items.indexOf(child as Node));
    else if (isMap(parent) && !isPair(child)) path.push("");
  });
  return path;
}

function keysAt(path: Path, value: unknown, project: Project): readonly Word[] {
  const there = valueAt(value, path);
  const known = new Set(typeof there === "object" && there !== null ? Object.keys(there) : []);
  const config = pluginConfigAt(path, value, project);
  const schemas = config === undefined ? schemasAt(worldFileJsonSchema(), path) : schemasAt(config.schema, config.path);
  const keys = new Map<string, Word>();
  for (const { properties, required } of schemas) {
    const wanted: readonly unknown[] = Array.isArray(required) ? required : [];
    for (const [name, of] of Object.entries(record(properties)))
      if (!known.has(name)) {
        const about = record(of)["description"];
        keys.set(name, {
          label: name,
          kind: "key",
          detail: wanted.includes(name) ? "required" : "",
          ...(typeof about === "string" && { documentation: about }),
        });
      }
  }
  return [...keys.values()];
}

function valuesAt(path: Path, value: unknown, project: Project, tags: readonly string[]): readonly Word[] {
  const where = path.map((part) => (typeof part === "number" ? "*" : part)).join(".");
  const { plugins } = project;
  switch (where) {
    case "data.presets.*.preset":
    case "data.fx.*.preset":
      return wordsOf(plugins, "data-provider").flatMap((use) => {
        const brings = pluginNamed(plugins, "data-provider", use)?.described.brings;
        return brings?.kind === "data-provider"
          ? brings.presets.map(({ name, description }) => ({
              label: `${use}.${name}`,
              kind: "preset",
              detail: description,
            }))
          : [];
      });
    case "data.presets.*.interval":
    case "data.fx.*.interval":
      return (offerAt(path, value, project)?.intervals ?? INTERVALS).map((label) => ({
        label,
        kind: "interval",
        detail: "",
      }));
    case "data.presets.*.calendar": {
      const offer = offerAt(path, value, project);
      if (offer !== undefined) return [{ label: offer.calendar, kind: "word", detail: "of the preset" }];
      break;
    }
    case "data.presets.*.universe.symbols.*.id": {
      const symbols = offerAt(path, value, project)?.symbols ?? "any";
      return symbols === "any" ? [] : symbols.map((label) => ({ label, kind: "symbol", detail: "of the preset" }));
    }
    case "data.presets.*.universe.symbols.*.tags.*":
      return tags.map((label) => ({ label, kind: "tag", detail: "a strategy selects it" }));
    case "evaluators.*.use":
      return pluginWords(project, "evaluator");
    case "allocator.use":
      return pluginWords(project, "allocator");
    default:
  }
  if (where === "policy.score" || /^policy\.gates\../.test(where)) return metricWords(value, project);
  const config = pluginConfigAt(path, value, project);
  const schemas = config === undefined ? schemasAt(worldFileJsonSchema(), path) : schemasAt(config.schema, config.path);
  const words = new Set<string>();
  for (const { enum: choices, const: only, type } of schemas) {
    for (const choice of Array.isArray(choices) ? choices : only === undefined ? [] : [only]) words.add(String(choice));
    if (type === "boolean") for (const word of ["true", "false"]) words.add(word);
  }
  return [...words].map((label) => ({ label, kind: "word", detail: "" }));
}

/** What the provider of the preset says that it has. */
function offerAt(path: Path, value: unknown, { plugins }: Project): ReturnType<typeof offerOf> {
  const { preset } = record(valueAt(value, path.slice(0, 3)));
  return typeof preset === "string" ? offerOf(plugins, preset) : undefined;
}

function pluginWords({ plugins }: Project, kind: "evaluator" | "allocator"): readonly Word[] {
  return wordsOf(plugins, kind).map((use) => ({
    label: use,
    kind: "plugin",
    detail: pluginNamed(plugins, kind, use)?.described.description ?? "",
  }));
}

function metricWords(value: unknown, { plugins }: Project): readonly Word[] {
  const written = record(value)["evaluators"];
  const uses = Array.isArray(written) ? written.map((one) => String(record(one)["use"])) : ["standard"];
  return (metricsOf(plugins, uses) ?? []).map(({ name, unit, formula, better }) => ({
    label: name,
    kind: "metric",
    detail: better === "neither" ? unit : `${unit}, ${better} is better`,
    documentation: `\`${formula}\``,
  }));
}

/** Inside of the `config` of a plugin its own schema holds. */
function pluginConfigAt(
  path: Path,
  value: unknown,
  { plugins }: Project,
): { readonly schema: Schema; readonly path: Path } | undefined {
  const at = path.indexOf("config");
  const kind = path[0] === "evaluators" ? "evaluator" : path[0] === "allocator" ? "allocator" : undefined;
  if (at < 0 || kind === undefined) return undefined;
  const use = record(valueAt(value, path.slice(0, at)))["use"];
  const schema = pluginNamed(plugins, kind, String(use))?.described.config;
  return schema === undefined ? { schema: {}, path: [] } : { schema, path: path.slice(at + 1) };
}

/** Every part of a JSON Schema that may hold for what stands at a path. */
function schemasAt(root: Schema, path: Path): readonly Schema[] {
  let here = alternatives(root, root);
  for (const part of path)
    here = here.flatMap(({ properties, additionalProperties, items }) => {
      const next =
        typeof part === "number"
          ? items
          : (record(properties)[part] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined));
      return next === undefined ? [] : alternatives(root, record(next));
    });
  return here;
}

function alternatives(root: Schema, schema: Schema, depth = 0): readonly Schema[] {
  const reference = schema["$ref"];
  if (depth > 20) return [];
  if (typeof reference === "string" && reference.startsWith("#/")) {
    const target = valueAt(root, reference.slice(2).split("/"));
    return alternatives(root, record(target), depth + 1);
  }
  const others = ["anyOf", "oneOf", "allOf"].flatMap((kind) =>
    Array.isArray(schema[kind]) ? (schema[kind] as unknown[]) : [],
  );
  return [schema, ...others.flatMap((other) => alternatives(root, record(other), depth + 1))];
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) here = Array.isArray(here) ? here[Number(part)] : record(here)[String(part)];
  return here;
}

function record(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}
