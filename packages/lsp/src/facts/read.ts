import { createHash } from "node:crypto";
import type { ts } from "../syntax/index.ts";
import { constancyOf } from "./constancy.ts";
import type { At, FileFacts, ModuleFacts, Span } from "./facts.ts";
import { type Linked, link } from "./link.ts";
import { type GraphEvaluation, looseEvaluation } from "./loose-evaluation.ts";
import { type ReadStrategy, readStrategy } from "./read-strategy.ts";
import { type ParseSource, parseSource, positionAt, type Source } from "./source.ts";
import type { Value } from "./value.ts";
import type { VirtualFiles } from "./virtual-files.ts";

/** Facts with the syntax that they were read from. */
export interface ModuleReading {
  readonly facts: ModuleFacts;
  readonly linked: Linked;
  /** In the order of `facts.strategies`. */
  readonly strategies: readonly ReadStrategy[];
  /** For files without a strategy: what they make belongs to no graph. */
  outside(): GraphEvaluation;
  /** The syntax that a place of the facts, or of what is evaluated later, stands for. */
  syntaxAt(at: At): ts.Node;
  /** The value of an expression as the strategy of this index sees it. */
  evaluate(strategy: number, expression: ts.Expression): Value;
}

/**
 * Reads the strategies of a file, and of what it imports by relative paths, from their text alone: no type is checked, nothing
 * is run. What can't be told is unknown, with its cause. A file that is missing or does not parse gives what is left of it.
 *
 * @example
 * const facts = readFacts({ read: (path) => texts.get(path) }, "strategies/sma-cross.ts");
 */
export function readFacts(files: VirtualFiles, entry: string): ModuleFacts {
  return readModule(files, entry).facts;
}

/** {@link readFacts} for those who look at the code inside of `compute` too. */
export function readModule(files: VirtualFiles, entry: string, parse: ParseSource = parseSource): ModuleReading {
  const linked = link(files, entry, parse);
  const constancy = constancyOf(linked);
  const spans: Span[] = [];
  const syntax: ts.Node[] = [];
  const places = new Map<ts.Node, At>();
  const at = (node: ts.Node): At => {
    const known = places.get(node);
    if (known !== undefined) return known;
    const place = spans.length;
    spans.push(spanOf(linked, node));
    syntax.push(node);
    places.set(node, place);
    return place;
  };
  const exports = readExports(linked, constancy);
  const calls = new Map<ts.CallExpression, string[]>();
  for (const [name, value] of exports)
    if (value.kind === "strategy") calls.set(value.call, [...(calls.get(value.call) ?? []), name]);
  const indexes = new Map([...calls.keys()].map((call, index) => [call, index]));
  const strategies = [...calls].map(([call, names]) => readStrategy({ linked, constancy, at }, call, names));
  const byDefault = exports.get("default");
  const facts: ModuleFacts = {
    entry,
    files: [...linked.sources.map((source) => fileFacts(linked, source)), ...[...linked.data].map(dataFacts)],
    strategies: strategies.map((one) => one.facts),
    default:
      byDefault?.kind === "strategy"
        ? { kind: "strategy", index: indexes.get(byDefault.call) as number }
        : { kind: "unknown", cause: causeOf(byDefault), at: at(byDefault?.from ?? linked.entry.file) },
    // What is evaluated later may add places of its own.
    spans: [...spans],
  };
  return {
    facts,
    linked,
    strategies,
    outside: () => looseEvaluation(linked, constancy, at),
    syntaxAt: (place) => syntax[place] as ts.Node,
    evaluate: (strategy, expression) => (strategies[strategy] as ReadStrategy).evaluate(expression),
  };
}

/**
 * The same facts for files that have the same shapes, with the places where things are now; undefined when a shape differs.
 *
 * @param changed files that are not among these are as they were; default: any may be another
 */
export function relocateFacts(
  facts: ModuleFacts,
  files: VirtualFiles,
  parse: ParseSource = parseSource,
  changed?: ReadonlySet<string>,
): ModuleFacts | undefined {
  if (facts.files.some(({ unresolved }) => unresolved.length > 0)) return undefined;
  const sources = new Map<string, Source>();
  for (const { path, shape } of facts.files) {
    if (changed?.has(path) === false) continue;
    const text = files.read(path) ?? "";
    if (path.endsWith(".json")) {
      if (dataFacts([path, text]).shape !== shape) return undefined;
      continue;
    }
    const source = parse(path, text);
    if (source.shape !== shape) return undefined;
    sources.set(path, source);
  }
  return {
    ...facts,
    files: facts.files.map((file) => {
      const source = sources.get(file.path);
      return source === undefined ? file : { ...file, syntaxErrors: source.syntaxErrors };
    }),
    spans: facts.spans.map((span) => {
      const source = sources.get(span.file);
      const node = source?.nodes[span.ordinal];
      return source === undefined || node === undefined ? span : spanIn(source, node, span.ordinal);
    }),
  };
}

function readExports(linked: Linked, constancy: ReturnType<typeof constancyOf>): ReadonlyMap<string, Value> {
  const evaluation = looseEvaluation(linked, constancy);
  const { entry } = linked;
  return new Map(
    linked.exportNames(entry).map((name) => [name, evaluation.meaningOf(linked.exportOf(entry, name), entry.file)]),
  );
}

function causeOf(value: Value | undefined) {
  if (value === undefined) return { code: "missing", message: "The file has no default export" } as const;
  return value.kind === "unknown"
    ? value.cause
    : ({ code: "unexpected", message: "The default export is no strategy" } as const);
}

function fileFacts({ unresolved }: Linked, { path, shape, syntaxErrors }: Source): FileFacts {
  return { path, shape, syntaxErrors, unresolved: unresolved.get(path) ?? [] };
}

function dataFacts([path, text]: readonly [string, string]): FileFacts {
  return { path, shape: createHash("sha256").update(text).digest("hex"), syntaxErrors: [], unresolved: [] };
}

function spanOf(linked: Linked, syntax: ts.Node): Span {
  const file = syntax.getSourceFile();
  const source = linked.sources.find(({ path }) => path === file.fileName) as Source;
  return spanIn(source, syntax, source.ordinals.get(syntax) as number);
}

function spanIn({ path, file }: Source, syntax: ts.Node, ordinal: number): Span {
  return { file: path, ordinal, start: positionAt(file, syntax.getStart(file)), end: positionAt(file, syntax.end) };
}
