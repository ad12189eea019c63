import { createHash } from "node:crypto";
import type { ts } from "../syntax/index.ts";
import { type Constancy, constancyOf } from "./constancy.ts";
import { createEvaluation, type Evaluation } from "./evaluate.ts";
import type { At, FileFacts, ModuleFacts, NodeFact, Span } from "./facts.ts";
import { type Linked, link } from "./link.ts";
import { readStrategy, type StrategyReading } from "./read-strategy.ts";
import { parseSource, positionAt, type Source } from "./source.ts";
import type { Value } from "./value.ts";
import type { VirtualFiles } from "./virtual-files.ts";

/** What expressions mean, and the nodes they make. */
export interface Outside {
  readonly evaluation: Evaluation;
  node(index: number): NodeFact;
}

export interface ModuleReading {
  readonly facts: ModuleFacts;
  readonly linked: Linked;
  /** In the order of `facts.strategies`. */
  readonly strategies: readonly StrategyReading[];
  /** What is written in files that have no strategy; what it makes belongs to no graph. */
  outside(): Outside;
  /** The syntax that a place of the facts, or of what is evaluated later, stands for. */
  syntaxAt(at: At): ts.Node;
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

/** The same facts with the syntax they were read from, for questions about places. */
export function readModule(files: VirtualFiles, entry: string): ModuleReading {
  const linked = link(files, entry);
  const constancy = constancyOf(linked);
  const spans: Span[] = [];
  const places = new Map<ts.Node, At>();
  const syntaxes: ts.Node[] = [];
  const at = (syntax: ts.Node): At => {
    const known = places.get(syntax);
    if (known !== undefined) return known;
    const place = spans.length;
    spans.push(spanOf(linked, syntax));
    syntaxes.push(syntax);
    places.set(syntax, place);
    return place;
  };
  const exports = readExports(
    linked,
    readOutside(linked, constancy, () => 0),
  );
  const calls = new Map<ts.CallExpression, string[]>();
  for (const [name, value] of exports)
    if (value.kind === "strategy") calls.set(value.call, [...(calls.get(value.call) ?? []), name]);
  const strategies: StrategyReading[] = [];
  const indexes = new Map<ts.CallExpression, number>();
  for (const [call, names] of calls) {
    indexes.set(call, strategies.length);
    strategies.push(readStrategy({ linked, constancy, at }, call, names));
  }
  const byDefault = exports.get("default");
  const facts: ModuleFacts = {
    entry,
    files: [...linked.sources.map((source) => fileFacts(linked, source)), ...[...linked.data].map(dataFacts)],
    strategies: strategies.map(({ facts }) => facts),
    default:
      byDefault?.kind === "strategy"
        ? { kind: "strategy", index: indexes.get(byDefault.call) as number }
        : { kind: "unknown", cause: causeOf(byDefault), at: at(byDefault?.from ?? linked.entry.file) },
    // What is asked later may add places of its own.
    spans: [...spans],
  };
  return {
    facts,
    linked,
    strategies,
    outside: () => readOutside(linked, constancy, at),
    syntaxAt: (place) => syntaxes[place] as ts.Node,
  };
}

/** The same facts for files that have the same shapes, with the places where things are now; undefined when a shape differs. */
export function relocateFacts(facts: ModuleFacts, files: VirtualFiles): ModuleFacts | undefined {
  const sources = new Map<string, Source>();
  for (const { path, shape, unresolved } of facts.files) {
    const text = files.read(path) ?? "";
    if (path.endsWith(".json")) {
      if (dataFacts([path, text]).shape !== shape) return undefined;
      continue;
    }
    const source = parseSource(path, text);
    if (source.shape !== shape || unresolved.length > 0) return undefined;
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

function readOutside(linked: Linked, constancy: Constancy, at: (syntax: ts.Node) => At): Outside {
  const nodes: NodeFact[] = [];
  const evaluation = createEvaluation({
    linked,
    constancy,
    parameters: new Map(),
    reader: {
      evaluate: (expression) => evaluation.evaluate(expression),
      add: (node) => nodes.push({ ...node, index: nodes.length } as NodeFact) - 1,
      node: (index) => nodes[index] as NodeFact,
      at,
      unknown: ({ cause, from }) => ({ kind: "unknown", cause, at: at(from) }),
    },
  });
  return { evaluation, node: (index) => nodes[index] as NodeFact };
}

function readExports(linked: Linked, { evaluation }: Outside): ReadonlyMap<string, Value> {
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
