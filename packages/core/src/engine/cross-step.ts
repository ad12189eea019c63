import type { Cell } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { AggregateNode, Constant, CrossKernelNode, CrossSectionNode } from "../strategy/graph.ts";
import { createWriter, decode } from "./cell-value.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { computeFailed, describe, wrongShape } from "./compute-error.ts";
import { type CrossBar, createCrossWalk, sourceIndex } from "./cross-bar.ts";
import type { SeriesPlan } from "./series-plan.ts";
import type { Step } from "./step.ts";
import type { Timeline } from "./timeline.ts";

export interface CrossStepOptions<N> {
  readonly node: N;
  /** Per symbol, in the universe's order. */
  readonly series: readonly SeriesPlan[];
  /** Per symbol, per input; `undefined` for constants. */
  readonly inputs: readonly (readonly (ColumnBuffer | undefined)[])[];
  /** Per symbol, per output. */
  readonly outputs: readonly (readonly ColumnBuffer[])[];
}

/** The values of one input at one bar, by place among the symbols that are present. */
class CrossColumn {
  length = 0;
  readonly #cell: Cell;
  readonly #stored: Float64Array;

  constructor(cell: Cell, symbols: number) {
    this.#cell = cell;
    this.#stored = new Float64Array(symbols);
  }

  at(symbol: number): Constant {
    if (!(symbol >= 0 && symbol < this.length && Number.isInteger(symbol)))
      throw new QmtlError({
        code: "engine.cross-index",
        message: `There is no symbol ${String(symbol)} among the ${this.length} of this bar`,
        next: "Count from 0 to length - 1.",
        class: "rejected",
      });
    return decode(this.#cell, this.#stored[symbol]!);
  }

  put(symbol: number, stored: number): void {
    this.#stored[symbol] = stored;
  }
}

/** Reads the inputs of one bar: columns over symbols, one value for market columns and constants. */
function crossReader({ node, series, inputs }: CrossStepOptions<CrossSectionNode | AggregateNode>) {
  const views = node.inputs.map((_, k) =>
    isPerSymbol(series, k) ? new CrossColumn(inputs[0]?.[k]?.cell as Cell, series.length) : undefined,
  );
  return (bar: CrossBar): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    for (let k = 0; k < node.inputs.length; k++) {
      const { name, read } = node.inputs[k]!;
      if (read.kind === "constant") {
        values[name] = read.value;
        continue;
      }
      const view = views[k];
      if (view === undefined) {
        const symbol = bar.symbols[0]!;
        const buffer = inputs[symbol]![k]!;
        values[name] = decode(buffer.cell, buffer.view[sourceIndex(series[symbol]!, k, bar.rows[0]!, buffer)]!);
        continue;
      }
      view.length = bar.count;
      for (let i = 0; i < bar.count; i++) {
        const symbol = bar.symbols[i]!;
        const buffer = inputs[symbol]![k]!;
        view.put(i, buffer.view[sourceIndex(series[symbol]!, k, bar.rows[i]!, buffer)]!);
      }
      values[name] = view;
    }
    return values;
  };
}

/** An input with a value per symbol; a market-wide one is read from the only series that it has. */
function isPerSymbol(series: readonly SeriesPlan[], input: number): boolean {
  const source = series[0]?.sources[input]?.series;
  return source !== undefined && source.symbol !== "";
}

/** The author's comparison of the symbols of one bar. */
export function crossSectionStep(options: CrossStepOptions<CrossSectionNode>): Step {
  const { node, series, outputs } = options;
  const walk = createCrossWalk(series);
  const readBar = crossReader(options);
  let bar: CrossBar | undefined;
  const refuse = (name: string, cell: Cell, value: unknown): never => {
    throw wrongShape(node.name, name, cell, value);
  };
  const declared = Object.entries(node.output);
  const writers = series.map((_, s) =>
    declared.map(([name, cell], k) => createWriter(name, cell, outputs[s]![k]!, refuse)),
  );
  const given = declared.map(() => new Uint8Array(series.length));
  const out = Object.fromEntries(
    declared.map(([name], k) => [
      name,
      {
        set(symbol: number, value: unknown): void {
          if (bar === undefined || !(symbol >= 0 && symbol < bar.count && Number.isInteger(symbol)))
            throw new QmtlError({
              code: "engine.cross-index",
              message: `out.${name}.set() names symbol ${String(symbol)}, of ${bar?.count ?? 0} at this bar`,
              next: "Count from 0 to length - 1, and write only while compute runs.",
              class: "rejected",
            });
          const s = bar.symbols[symbol]!;
          writers[s]![k]!(bar.rows[symbol]! - series[s]!.timeline.base, value);
          given[k]![symbol] = 1;
        },
      },
    ]),
  );
  return {
    node: node.index,
    run: () =>
      walk((now) => {
        bar = now;
        for (const flags of given) flags.fill(0);
        try {
          const returned = node.compute(readBar(now), out);
          if (returned !== undefined)
            throw new QmtlError({
              code: "engine.wrong-shape",
              message: `compute of cross section "${node.name}" returned ${describe(returned)}`,
              next: "Write into out, and return nothing.",
              class: "rejected",
            });
          for (let k = 0; k < declared.length; k++) fillRest(k, now);
        } catch (error) {
          throw computeFailed(error, { node: node.name, bar: now.stamp }, `compute of cross section "${node.name}"`);
        } finally {
          bar = undefined;
        }
      }),
  };

  /** What was not set holds no value; a word has none to hold. */
  function fillRest(k: number, now: CrossBar): void {
    const [name, cell] = declared[k]!;
    for (let i = 0; i < now.count; i++) {
      if (given[k]![i] === 1) continue;
      if (cell.dtype === "categorical") refuse(name, cell, undefined);
      const s = now.symbols[i]!;
      outputs[s]![k]!.view[now.rows[i]! - series[s]!.timeline.base] = cell.dtype === "f64" ? Number.NaN : 0;
    }
  }
}

/** The author's fold of the symbols of one bar into one market-wide row. */
export function aggregateStep(
  options: Omit<CrossStepOptions<AggregateNode>, "outputs"> & {
    readonly timeline: Timeline;
    readonly outputs: readonly ColumnBuffer[];
  },
): Step {
  const { node, series, timeline, outputs } = options;
  const walk = createCrossWalk(series);
  const readBar = crossReader({ ...options, outputs: [] });
  const declared = Object.entries(node.output);
  const writers = declared.map(([name, cell], k) =>
    createWriter(name, cell, outputs[k]!, (column, of, value) => {
      throw wrongShape(node.name, column, of, value);
    }),
  );
  return {
    node: node.index,
    run() {
      let row = timeline.cursor;
      walk((now) => {
        try {
          const returned = node.compute(readBar(now)) as Readonly<Record<string, unknown>> | undefined;
          if (typeof returned !== "object" || returned === null)
            throw wrongShape(node.name, declared[0]![0], declared[0]![1], returned);
          for (let k = 0; k < declared.length; k++) writers[k]!(row - timeline.base, returned[declared[k]![0]]);
        } catch (error) {
          throw computeFailed(error, { node: node.name, bar: now.stamp }, `compute of aggregate "${node.name}"`);
        }
        row++;
      });
    },
  };
}

/** A kernel across the symbols of one bar. */
export function crossKernelStep({ node, series, inputs, outputs }: CrossStepOptions<CrossKernelNode>): Step {
  const walk = createCrossWalk(series);
  const reads = node.inputs.map(() => new Float64Array(series.length));
  const cells = Object.values(node.output);
  const writes = cells.map(({ dtype }) =>
    dtype === "f64"
      ? new Float64Array(series.length)
      : dtype === "bool"
        ? new Uint8Array(series.length)
        : new Int32Array(series.length),
  );
  return {
    node: node.index,
    run: () =>
      walk((bar) => {
        for (let i = 0; i < bar.count; i++) {
          const s = bar.symbols[i]!;
          for (let k = 0; k < reads.length; k++) {
            const buffer = inputs[s]![k]!;
            reads[k]![i] = buffer.view[sourceIndex(series[s]!, k, bar.rows[i]!, buffer)]!;
          }
        }
        node.kernel.run(node.params, reads, writes, bar.count);
        for (let i = 0; i < bar.count; i++) {
          const s = bar.symbols[i]!;
          for (let k = 0; k < writes.length; k++)
            outputs[s]![k]!.view[bar.rows[i]! - series[s]!.timeline.base] = writes[k]![i]!;
        }
      }),
  };
}
