import { QmtlError } from "../schema/error.ts";
import type { Dataset, Decision } from "./column.ts";
import type { GraphNode, InputRef, StrategyGraph } from "./graph.ts";
import type { Draft, DraftColumn, DraftRead } from "./handle.ts";
import { meaningOf } from "./handle.ts";
import { requireName } from "./node.ts";
import { refuseUnknownKeys } from "./option.ts";
import { type Params, type ParamValues, requireParamValue } from "./param.ts";

export interface StrategySpec<P extends Params> {
  readonly name: string;
  readonly params?: P;
  /** Builds the graph, once per set of params. It runs before any data is read and sees none. */
  graph(context: { readonly params: ParamValues<P> }): Decision | Dataset;
}

export interface Strategy<P extends Params = Params> {
  readonly name: string;
  readonly params: P;
  readonly graph: StrategySpec<P>["graph"];
}

const made = new WeakSet<object>();

/**
 * A strategy: a name, its knobs, and the graph from streams to one decision.
 *
 * @throws `strategy.invalid-name`, `strategy.unknown-option`, `strategy.invalid-param`
 * @example
 * export default strategy({
 *   name: "buy-and-hold",
 *   graph() {
 *     const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
 *     const all = node({ name: "all", inputs: { close: bars.close }, output: { weight: fraction }, compute: () => ({ weight: 1 }) });
 *     return targetWeights(all.weight);
 *   },
 * });
 */
export function strategy<const P extends Params = Record<never, never>>(spec: StrategySpec<P>): Strategy<P> {
  refuseUnknownKeys(spec, ["name", "params", "graph"], "strategy()");
  const result = Object.freeze({
    name: requireName(spec.name),
    params: Object.freeze({ ...spec.params }) as P,
    graph: spec.graph,
  });
  if (typeof spec.graph !== "function")
    throw new QmtlError({
      code: "strategy.invalid-function",
      message: `Strategy "${result.name}" has no graph function`,
      next: "Write graph({ params }) { … return targetWeights(…); }.",
    });
  for (const [name, declared] of Object.entries(result.params))
    if (typeof declared !== "object" || declared === null || !("range" in declared))
      throw new QmtlError({
        code: "strategy.invalid-param",
        message: `"${name}" of strategy "${result.name}" is not a param`,
        next: "Declare it with param.int(), param.float() or param.choice().",
      });
  made.add(result);
  return result;
}

/** True for what `strategy()` returned. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && made.has(value);
}

/** Values of all params: the given ones over the defaults. @throws `strategy.unknown-param`, `strategy.invalid-param` */
export function resolveParams(
  of: Strategy,
  given: Readonly<Record<string, unknown>> = {},
): Record<string, number | string> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(of.params, name))
      throw new QmtlError({
        code: "strategy.unknown-param",
        message: `Strategy "${of.name}" has no param "${name}"`,
        place: { strategy: of.name },
        next: `Its params are ${Object.keys(of.params).join(", ") || "none"}.`,
      });
  return Object.fromEntries(
    Object.entries(of.params).map(([name, declared]) => [
      name,
      Object.hasOwn(given, name) ? requireParamValue(`param "${name}"`, declared, given[name]) : declared.default,
    ]),
  );
}

/**
 * Runs `graph()` and lays out every node that reaches its result, inputs before consumers, in the order in which a depth-first
 * walk from the result meets them.
 *
 * @throws `strategy.no-result`, `strategy.duplicate-name`, and whatever the author's code throws
 */
export function buildGraph(of: Strategy, params: Readonly<Record<string, number | string>>): StrategyGraph {
  const returned: unknown = of.graph({ params: Object.freeze({ ...params }) as never });
  const meaning =
    typeof returned === "object" && returned !== null ? meaningOf(returned, "What graph() returns") : undefined;
  if (meaning?.kind !== "decision" && meaning?.kind !== "dataset")
    throw new QmtlError({
      code: "strategy.no-result",
      message: `graph() of "${of.name}" returns ${meaning === undefined ? String(returned) : `a ${meaning.kind}`}`,
      place: { strategy: of.name },
      next: "Return targetWeights(…), targetPositions(…), orders(…) or dataset(…).",
    });
  const places = new Map<Draft, number>();
  const nodes: GraphNode[] = [];
  const names = new Map<string, Draft>();
  // An explicit stack: a chain of thousands of nodes must not overflow the call stack.
  const stack: { draft: Draft; next: number }[] = [];
  const visit = (root: Draft): void => {
    if (places.has(root)) return;
    stack.push({ draft: root, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.draft.inputs[top.next++];
      if (input !== undefined) {
        const source = sourceOf(input.read);
        if (source !== undefined && !places.has(source)) stack.push({ draft: source, next: 0 });
        continue;
      }
      stack.pop();
      if (places.has(top.draft)) continue;
      const { node } = top.draft;
      if ("name" in node) {
        if (names.has(node.name))
          throw new QmtlError({
            code: "strategy.duplicate-name",
            message: `Two nodes of "${of.name}" are named "${node.name}"`,
            place: { strategy: of.name, node: node.name },
            next: "Give each node a name of its own.",
          });
        names.set(node.name, top.draft);
      }
      const index = nodes.length;
      const inputs = top.draft.inputs.map(({ name, read }) => ({ name, read: placeRead(read, places) }));
      nodes.push(Object.freeze({ ...node, index, inputs: Object.freeze(inputs) }) as GraphNode);
      places.set(top.draft, index);
    }
  };
  for (const column of meaning.result.columns) visit(column.draft);
  return Object.freeze({
    nodes: Object.freeze(nodes),
    result: Object.freeze(meaning.result.spec((column) => placeColumn(column, places))),
  });
}

function sourceOf(read: DraftRead): Draft | undefined {
  if (read.kind === "constant") return undefined;
  return read.kind === "column" || read.kind === "window" ? read.from.draft : read.draft;
}

function placeColumn(
  { draft, column }: DraftColumn,
  places: ReadonlyMap<Draft, number>,
): { node: number; column: string } {
  return { node: places.get(draft) as number, column };
}

function placeRead(read: DraftRead, places: ReadonlyMap<Draft, number>): InputRef {
  switch (read.kind) {
    case "constant":
      return read;
    case "column":
      return { kind: "column", ref: placeColumn(read.from, places) };
    case "window":
      return { kind: "window", bars: read.bars, ref: placeColumn(read.from, places) };
    case "panel":
      return { kind: "panel", node: places.get(read.draft) as number, columns: Object.keys(read.draft.node.output) };
    case "window-panel":
      return {
        kind: "window-panel",
        bars: read.bars,
        node: places.get(read.draft) as number,
        columns: Object.keys(read.draft.node.output),
      };
  }
}
