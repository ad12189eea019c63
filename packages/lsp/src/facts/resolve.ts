import {
  compareIntervals,
  type Fold,
  firstValidOf,
  type IndicatorSignature,
  type Interval,
  isInterval,
  settleOf,
} from "@qmtl/core/static";
import { signatureOf } from "./build-indicator.ts";
import { defaultParams, foldTerm, unknownAt } from "./constant.ts";
import type {
  CellFact,
  ListFact,
  NamedReads,
  NodeFact,
  ReadFact,
  ResultFact,
  StrategyFacts,
  Term,
  TradeFact,
  Unknown,
} from "./facts.ts";
import type {
  Constant,
  Known,
  StaticGraph,
  StaticInput,
  StaticNamedRead,
  StaticNode,
  StaticOptions,
  StaticRead,
  StaticResult,
  StaticTrade,
  WarmUp,
} from "./static-graph.ts";
import { isUnknown } from "./static-graph.ts";

/**
 * The graph that a strategy's facts describe under given params; those that are not given have their defaults.
 *
 * It is the graph that runs, node by node and in the same order, or it says unknown where it may differ.
 *
 * @example
 * const graph = resolveFacts(facts.strategies[0], { fast: 20 });
 */
export function resolveFacts(
  facts: StrategyFacts,
  params: Readonly<Record<string, number | string>> = {},
): StaticGraph {
  const unknowns = new Set<Unknown>();
  const places = new Map<number, number>();
  const nodes: StaticNode[] = [];
  const values = defaultParams(facts);
  for (const [name, value] of Object.entries(params)) values.set(name, value);

  const result = resolveResult(facts.result);
  return { nodes, result, unknowns: [...unknowns] };

  function note<T>(value: T): T {
    if (isUnknown(value)) unknowns.add(value);
    return value;
  }

  function fold(term: Term): Known<Constant> {
    return note(foldTerm(term, values));
  }

  function text(term: Term): Known<string> {
    const value = fold(term);
    return isUnknown(value) || typeof value === "string" ? value : note(unknownAt(term, "A word is expected here"));
  }

  function count(term: Term): Known<number> {
    const value = fold(term);
    return isUnknown(value) || typeof value === "number" ? value : note(unknownAt(term, "A number is expected here"));
  }

  function interval(term: Term): Known<Interval> {
    const value = fold(term);
    return isUnknown(value) || isInterval(value) ? value : note(unknownAt(term, "An interval is expected here"));
  }

  function words(list: ListFact): Known<readonly Known<string>[]> {
    if (list.kind === "unknown") return note(list);
    const items = list.items.map(text);
    // Sorted and without duplicates, as the graph has them; an unknown word hides the order.
    if (items.some(isUnknown)) return items;
    return [...new Set(items as readonly string[])].sort();
  }

  function place(root: number): void {
    // An explicit stack: a chain of thousands of nodes must not overflow the call stack.
    const stack: { readonly index: number; readonly sources: readonly number[]; next: number }[] = [];
    const open = (index: number): void => {
      if (!places.has(index)) stack.push({ index, sources: sourcesOf(factAt(index)), next: 0 });
    };
    open(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const source = top.sources[top.next++];
      if (source !== undefined) {
        open(source);
        continue;
      }
      stack.pop();
      if (places.has(top.index)) continue;
      places.set(top.index, nodes.length);
      nodes.push(resolveNode(factAt(top.index), nodes.length));
    }
  }

  function factAt(index: number): NodeFact {
    return facts.nodes[index] as NodeFact;
  }

  function resolveNode(fact: NodeFact, index: number): StaticNode {
    const inputs: Known<readonly StaticInput[]> =
      fact.inputs.kind === "unknown"
        ? note(fact.inputs)
        : fact.inputs.inputs.map(({ name, read }) => ({ name, read: resolveRead(read) }));
    const options = resolveOptions(fact);
    return {
      index,
      fact,
      options,
      inputs,
      output:
        fact.output.kind === "unknown"
          ? note(fact.output)
          : fact.output.columns.map(({ name, cell }) => ({ name, cell: cellOf(cell) })),
      interval: interval(fact.interval),
      scope: fact.scope.kind === "unknown" ? note(fact.scope) : fact.scope.scope,
      warmUp: warmUpOf(fact, options, inputs),
    };
  }

  function cellOf(cell: CellFact) {
    return cell.kind === "unknown" ? note(cell) : cell.cell;
  }

  function resolveRead(read: ReadFact): Known<StaticRead> {
    switch (read.kind) {
      case "unknown":
        return note(read);
      case "constant":
        return { kind: "constant", value: fold(read.value) };
      case "column":
        return { kind: "column", node: placeOf(read.node), column: read.column };
      case "panel":
        return { kind: "panel", node: placeOf(read.node) };
      case "label":
        return { kind: "label", node: placeOf(read.node), column: read.column };
      case "window":
        return { kind: "window", bars: count(read.bars), node: placeOf(read.node), column: read.column };
      case "window-panel":
        return { kind: "window-panel", bars: count(read.bars), node: placeOf(read.node) };
    }
  }

  function placeOf(node: number): number {
    return places.get(node) as number;
  }

  function resolveOptions(fact: NodeFact): StaticOptions {
    switch (fact.kind) {
      case "stream":
        return {
          kind: "stream",
          schema: fact.schema.kind === "unknown" ? note(fact.schema) : fact.schema.id,
          tags: words(fact.tags),
          match: fold(fact.match),
          gaps: fact.gaps === undefined ? undefined : fold(fact.gaps),
          prices: fold(fact.prices),
        };
      case "user":
      case "cross-section":
      case "aggregate":
        note(fact.compute);
        if (fact.state !== undefined) note(fact.state);
        return {
          kind: fact.kind,
          name: fold(fact.name),
          state: fact.state !== undefined,
          warmup: fact.warmup === undefined ? undefined : fold(fact.warmup),
          domains: fact.domains === undefined ? undefined : words(fact.domains),
        };
      case "kernel":
      case "cross-kernel":
        return {
          kind: fact.kind,
          builder: fact.builder,
          kernel: fact.kernel,
          params: Object.fromEntries(Object.entries(fact.params).map(([name, term]) => [name, fold(term)])),
        };
      case "plugin":
        note(unknownAt(fact, `The nodes that ${fact.builder}() is made of are known to ${fact.module} alone`));
        return {
          kind: "plugin",
          module: fact.module,
          builder: fact.builder,
          mutability: fact.mutability,
          warmup: fact.warmup === undefined ? undefined : fold(fact.warmup),
          domains: fact.domains === undefined ? undefined : words(fact.domains),
        };
      case "pick":
        return { kind: "pick", symbol: fold(fact.symbol) };
      case "resample":
        return { kind: "resample", ...resolveResample(fact) };
      case "align":
        return { kind: "align", maxAge: fold(fact.maxAge) };
      case "cast":
        return { kind: "cast", to: cellOf(fact.to) };
      case "bar-time":
        return { kind: "bar-time" };
      case "rng":
        return { kind: "rng", seed: fold(fact.seed) };
      case "label":
        return {
          kind: "label",
          label: fact.label,
          bars: fold(fact.bars),
          options: Object.fromEntries(Object.entries(fact.options).map(([name, term]) => [name, fold(term)])),
        };
    }
  }

  function resolveResample(fact: Extract<NodeFact, { kind: "resample" }>) {
    const to = interval(fact.interval);
    const source = sourcesOf(fact)[0];
    const from = source === undefined ? undefined : interval(factAt(source).interval);
    if (isUnknown(to)) return { direction: to, fold: to };
    if (from === undefined || isUnknown(from)) {
      const cause = from ?? (fact.inputs.kind === "unknown" ? fact.inputs : unreadOf(fact));
      return { direction: cause, fold: cause };
    }
    if (compareIntervals(to, from) < 0) return { direction: "shorter" as const, fold: {} };
    const direction = "longer" as const;
    if (fact.output.kind === "unknown") return { direction, fold: fact.output };
    const how = fact.fold === undefined ? undefined : text(fact.fold);
    if (isUnknown(how)) return { direction, fold: how };
    const own = schemaFold(fact);
    if (isUnknown(own)) return { direction, fold: note(own) };
    const columns = fact.output.columns.map(({ name }) => [name, (how ?? own[name] ?? "last") as Fold] as const);
    return { direction, fold: Object.fromEntries(columns) };
  }

  function unreadOf(fact: NodeFact): Unknown {
    const read = fact.inputs.kind === "inputs" ? fact.inputs.inputs[0]?.read : fact.inputs;
    return read?.kind === "unknown" ? read : unknownAt(fact, "What it reads is not known");
  }

  /** The folds of the stream behind a panel, as far as its columns come unchanged from one. */
  function schemaFold(fact: NodeFact): Known<Readonly<Record<string, string>>> {
    const input = fact.inputs.kind === "inputs" ? fact.inputs.inputs[0]?.read : undefined;
    if (input?.kind !== "panel") return {};
    const source = factAt(input.node);
    if (source.kind === "stream") return source.schema.kind === "unknown" ? source.schema : source.schema.fold;
    return source.kind === "pick" || source.kind === "resample" || source.kind === "align" ? schemaFold(source) : {};
  }

  function warmUpOf(fact: NodeFact, options: StaticOptions, inputs: Known<readonly StaticInput[]>): Known<WarmUp> {
    if (options.kind === "kernel") {
      const signature = signatureOf(options.builder) as IndicatorSignature;
      const unread = Object.values(options.params).find(isUnknown);
      if (unread !== undefined) return unread;
      const params = options.params as Readonly<Record<string, Constant>>;
      return { firstValid: firstValidOf(signature, params), settle: settleOf(signature, params) };
    }
    if (options.kind === "plugin") {
      const { warmup } = options;
      if (isUnknown(warmup)) return warmup;
      if (typeof warmup !== "number") return unknownAt(fact, `How long ${options.builder}() warms up can't be told`);
      return { firstValid: Math.max(0, warmup), settle: Math.max(0, warmup) };
    }
    if (options.kind !== "user") return { firstValid: 0, settle: 0 };
    if (isUnknown(inputs)) return inputs;
    let firstValid = 0;
    for (const { read } of inputs) {
      if (isUnknown(read)) return read;
      if (read.kind !== "window" && read.kind !== "window-panel") continue;
      if (isUnknown(read.bars)) return read.bars;
      firstValid = Math.max(firstValid, read.bars - 1);
    }
    if (!options.state) return { firstValid, settle: firstValid };
    if (options.warmup === undefined) return { firstValid, settle: Number.POSITIVE_INFINITY };
    if (isUnknown(options.warmup)) return options.warmup;
    return { firstValid, settle: firstValid + Number(options.warmup) };
  }

  function resolveResult(result: ResultFact): Known<StaticResult> {
    switch (result.kind) {
      case "unknown":
        return note(result);
      case "targetWeights":
      case "targetPositions": {
        const { target } = result;
        if (target.kind === "reads") return { kind: result.kind, targets: named(target) };
        return {
          kind: result.kind,
          targets: target.kind === "unknown" ? note(target) : [{ name: "", read: visit(target) }],
        };
      }
      case "orders":
        return {
          kind: "orders",
          long: result.long === undefined ? undefined : trade(result.long),
          short: result.short === undefined ? undefined : trade(result.short),
        };
      case "dataset":
        return {
          kind: "dataset",
          name: fold(result.name),
          features: named(result.features),
          labels: named(result.labels),
        };
    }
  }

  function trade(fact: TradeFact): Known<StaticTrade> {
    if (fact.kind === "unknown") return note(fact);
    return {
      columns: fact.columns.map(({ name, read }) => ({ name, read: visit(read) })),
      expire: fact.expire === undefined ? undefined : fold(fact.expire),
      auction: fact.auction === undefined ? undefined : fold(fact.auction),
      timeInForce: fact.timeInForce === undefined ? undefined : fold(fact.timeInForce),
    };
  }

  function named(reads: NamedReads): Known<readonly StaticNamedRead[]> {
    if (reads.kind === "unknown") return note(reads);
    return reads.reads.map(({ name, read }) => ({ name, read: visit(read) }));
  }

  function visit(read: ReadFact): Known<StaticRead> {
    if (read.kind !== "unknown" && read.kind !== "constant") place(read.node);
    return resolveRead(read);
  }
}

/** The nodes that a node reads, by input, each as often as it is read. */
function sourcesOf({ inputs }: NodeFact): readonly number[] {
  if (inputs.kind === "unknown") return [];
  return inputs.inputs.flatMap(({ read }) => (read.kind === "unknown" || read.kind === "constant" ? [] : [read.node]));
}
