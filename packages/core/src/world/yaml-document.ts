import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments, type Scalar } from "yaml";
import type { Mistake } from "./mistake.ts";
import { scanYaml } from "./yaml-scan.ts";

/** Offsets of the text, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where an entry of the document stands. */
export interface EntrySpan {
  /** Of its key, for an entry of a map. */
  readonly key?: Span;
  readonly value: Span;
}

/** Keys and indices from the root. */
export type YamlPath = readonly (string | number)[];

export interface YamlDocument {
  /** Plain objects, arrays, strings, numbers, booleans and null; `undefined` when the text could not be read. */
  readonly value: unknown;
  /** By {@link pathText}. */
  readonly entries: ReadonlyMap<string, EntrySpan>;
  readonly mistakes: readonly Mistake[];
}

/** Names that JavaScript objects give a meaning of their own. */
const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads one YAML 1.2 document of the core schema with the place of every entry. It never throws: hostile text (nesting,
 * keys, aliases, size) ends in one mistake before it is parsed, syntax errors in one mistake each.
 */
export function readYaml(text: string): YamlDocument {
  const hostile = scanYaml(text);
  if (hostile.length > 0) return { value: undefined, entries: new Map(), mistakes: hostile };
  const documents = parseAllDocuments(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // The parser's own check takes quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: new LineCounter(),
  });
  const [document] = Array.isArray(documents) ? documents : [];
  if (document === undefined || document.contents === null)
    return { value: undefined, entries: new Map(), mistakes: [empty()] };
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) return { value: undefined, entries: new Map(), mistakes: errors.map(syntaxMistake) };
  return plainOf(document.contents as Node);
}

/** `data.presets[0].universe`; the root is `""`. */
export function pathText(path: YamlPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/**
 * The offset in a scalar's source that an offset of its value came from.
 *
 * @param source the scalar as it is written, with its quotes or its block header
 */
export function offsetInSource(source: string, value: string, offset: number): number {
  const first = source[0] ?? "";
  const block = first === "|" || first === ">";
  let at = block ? source.indexOf("\n") + 1 : first === '"' || first === "'" ? 1 : 0;
  for (let i = 0; i < offset && at < source.length; ) {
    const wanted = value[i] ?? "";
    const found = source[at] ?? "";
    if (first === '"' && found === "\\") {
      const letter = source[at + 1] ?? "";
      at += ESCAPE_LENGTH[letter] ?? 2;
      if (!isBlank(letter)) i += letter === "U" && (value.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
    } else if (wanted === found || (isBlank(wanted) && isBlank(found))) {
      i += 1;
      at += first === "'" && found === "'" ? 2 : 1;
    } else if (isBlank(found)) at += 1;
    else if (isBlank(wanted)) i += 1;
    else return at;
  }
  while (at < source.length - 1 && isBlank(source[at] ?? "") && !isBlank(value[offset] ?? " ")) at += 1;
  return at;
}

const ESCAPE_LENGTH: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function isBlank(character: string): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}

function plainOf(root: Node): YamlDocument {
  const entries = new Map<string, EntrySpan>();
  const mistakes: Mistake[] = [];

  const readMap = (pairs: readonly Pair[], path: YamlPath): Record<string, unknown> => {
    const object: Record<string, unknown> = {};
    const seen = new Map<string, Span>();
    for (const pair of pairs) {
      const key = pair.key as Scalar;
      const name = String(key.value);
      const span = spanOf(key);
      const here = [...path, name];
      const earlier = seen.get(name);
      if (earlier !== undefined) mistakes.push(duplicate(here, span, earlier));
      else if (RESERVED.has(name) || name === "<<") mistakes.push(reserved(here, span));
      if (earlier !== undefined || RESERVED.has(name) || name === "<<") continue;
      seen.set(name, span);
      object[name] = readValue(pair.value as Node | null, here, span);
    }
    return object;
  };

  const readValue = (node: Node | null, path: YamlPath, key: Span | undefined): unknown => {
    const span = node?.range ? spanOf(node) : (key ?? { from: 0, to: 0 });
    entries.set(pathText(path), { ...(key !== undefined && { key }), value: span });
    if (isMap(node)) return readMap(node.items, path);
    if (isSeq(node)) return node.items.map((item, i) => readValue(item as Node, [...path, i], undefined));
    const scalar = isScalar(node) ? node.value : null;
    if (typeof scalar !== "number" || Number.isFinite(scalar)) return scalar;
    const message = `\`${pathText(path)}\` must be a finite number`;
    mistakes.push({ code: "world.not-finite", message, path: pathText(path), ...span, next: "Write a finite number." });
    return undefined;
  };

  const value = readValue(root, [], undefined);
  return { value, entries, mistakes };

  function duplicate(path: YamlPath, span: Span, earlier: Span): Mistake {
    const text = pathText(path);
    return {
      code: "world.duplicate-key",
      message: `\`${text}\` is written twice`,
      path: text,
      ...span,
      next: "Keep one of the two.",
      other: earlier,
    };
  }
}

function reserved(path: YamlPath, span: Span): Mistake {
  const name = String(path.at(-1));
  const merge = name === "<<";
  return {
    code: merge ? "world.yaml-feature" : "world.reserved-key",
    message: merge ? "Merge keys (`<<`) are not part of world files" : `\`${name}\` can't be a key`,
    path: pathText(path),
    ...span,
    next: merge ? "Write the values out." : "Choose another name.",
  };
}

function spanOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): Span {
  const [from, to] = node.range ?? [0, 0];
  return { from, to };
}

function syntaxMistake(error: { readonly message: string; readonly pos: readonly [number, number] }): Mistake {
  return {
    code: "world.yaml-syntax",
    message: `The YAML can't be read: ${error.message}`,
    path: "",
    from: error.pos[0],
    to: error.pos[1],
    next: "Correct the YAML at this place.",
  };
}

function empty(): Mistake {
  return {
    code: "world.empty",
    message: "The world file is empty",
    path: "",
    from: 0,
    to: 0,
    next: "Write at least id, account, data, brokerage, policy and allocator.",
  };
}
