import type { KeptColumn, KnownNode } from "../engine/execution.ts";
import type { JoinedGraph } from "../graph/join.ts";
import type { ColumnRef } from "../strategy/graph.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import type { BuiltStrategy } from "./inspect.ts";
import { createJointReplay } from "./joint-replay.ts";
import { columnFigures, type NodeFigures } from "./node-figures.ts";

/** Replays that remember what they computed, on data that stay the same. */
export interface Workbench {
  /** The same bits as `createReplay`. @throws as it does */
  run(strategies: readonly BuiltStrategy[]): readonly RunOutcome[];
  /** Of the last run: nodes that computed, and nodes whose cells were there already. */
  readonly counters: { readonly computed: number; readonly known: number };
  /** What the nodes of a strategy came to, streams left out; of one that was run here, and as far as its cells are remembered. */
  figures(strategy: BuiltStrategy): readonly NodeFigures[];
  /** What the remembered cells take. */
  readonly bytes: number;
}

interface Remembered {
  readonly columns: Readonly<Record<string, KeptColumn>>;
  readonly cells: KnownNode;
  /** Reckoned when they are first asked for. */
  figures?: NodeFigures["columns"];
  readonly bytes: number;
}

const DEFAULT_BYTES = 512 * 1_048_576;

/**
 * Evaluates variants of strategies again and again: a node whose NodeID was computed before is read instead of computed, so a changed
 * parameter costs its descendants and one account. Nodes whose code can't be proven have an id of their own in each run, and are
 * never remembered across runs.
 *
 * @param job its panels are those of every strategy that will come, by stream node; as `createReplay` takes them
 * @param bytes the most that remembered cells may take; what was used longest ago goes first
 * @example
 * const bench = createWorkbench(job);
 * bench.run([inspectStrategy(strategy, { params: { fast: 10 }, runId: "a" })]);
 * bench.run([inspectStrategy(strategy, { params: { fast: 11 }, runId: "b" })]); // computes what depends on `fast`
 */
export function createWorkbench(job: RunJob, { bytes: most = DEFAULT_BYTES } = {}): Workbench {
  // In the order of use: the one used longest ago comes first.
  const remembered = new Map<string, Remembered>();
  let bytes = 0;
  let counters = { computed: 0, known: 0 };

  const recall = ({ graph, ids }: JoinedGraph): ReadonlyMap<number, KnownNode> => {
    const known = new Map<number, KnownNode>();
    for (const { index } of graph.nodes) {
      const id = ids[index]!;
      const found = remembered.get(id);
      if (found === undefined) continue;
      remembered.delete(id);
      remembered.set(id, found);
      known.set(index, found.cells);
    }
    counters = { computed: 0, known: known.size };
    return known;
  };
  const wanted = ({ graph, ids }: JoinedGraph): readonly ColumnRef[] =>
    graph.nodes.flatMap(({ index, kind, output }) =>
      kind === "stream" || remembered.has(ids[index]!)
        ? []
        : Object.keys(output).map((column) => ({ node: index, column })),
    );
  const remember = (joined: JoinedGraph, read: (ref: ColumnRef) => KeptColumn): void => {
    for (const { node } of wanted(joined)) {
      const id = joined.ids[node]!;
      if (remembered.has(id)) continue;
      const columns = Object.fromEntries(
        Object.keys(joined.graph.nodes[node]!.output).map((column) => [column, still(read({ node, column }))]),
      );
      const cells = Object.fromEntries(
        Object.entries(columns).map(([column, { series }]) => [column, series.map(({ values }) => values)]),
      );
      const size = Object.values(cells).reduce(
        (sum, series) => sum + series.reduce((of, values) => of + values.byteLength, 0),
        0,
      );
      remembered.set(id, { columns, cells, bytes: size });
      bytes += size;
    }
    for (const [id, { bytes: size }] of remembered) {
      if (bytes <= most) break;
      remembered.delete(id);
      bytes -= size;
    }
  };

  return {
    get counters() {
      return counters;
    },
    get bytes() {
      return bytes;
    },
    figures: ({ graph, inspected }) =>
      graph.nodes.flatMap(({ index, output }): NodeFigures[] => {
        const { id, label } = inspected.nodes[index]!;
        const found = remembered.get(id);
        if (found === undefined) return [];
        found.figures ??= Object.entries(found.columns).map(([column, kept]) =>
          columnFigures(column, output[column]!, kept),
        );
        return [{ node: index, label, columns: found.figures }];
      }),
    run(strategies) {
      const replay = createJointReplay(strategies, job, { known: recall, keep: wanted, kept: remember });
      replay.run();
      counters = { ...counters, computed: replay.counters().nodes };
      return replay.outcomes();
    },
  };
}

/** Let go of the execution that it was read from. */
function still({ scope, series }: KeptColumn): KeptColumn {
  return { scope, series: series.map((one) => ({ ...one })) };
}
