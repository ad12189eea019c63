import type { Cell, Columns } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Draft, DraftColumn, DraftInput } from "./handle.ts";
import { cellOf, columnOf, commonClock, panelHandle, panelOf, singleColumn } from "./handle.ts";
import type { CrossKernel, Kernel, KernelParams } from "./kernel.ts";

/** How a builder of the library, or of a package, puts its kernel into a graph. */
export interface KernelUse<K> {
  readonly kernel: K;
  readonly params: KernelParams;
  /** One column handle per input of the kernel, by its name; or a panel that has them all. */
  readonly inputs: Readonly<Record<string, unknown>> | { readonly panel: unknown };
  /** The cells of the outputs, given those of the inputs. */
  readonly output: (cells: Readonly<Record<string, Cell>>) => Columns;
}

/**
 * A kernel mapped over symbols: one column when it has one output, a panel otherwise.
 *
 * @throws `strategy.mixed-intervals`, `strategy.missing-column`, `strategy.wrong-dtype`
 */
export function kernel(use: KernelUse<Kernel>): object {
  const { inputs, output } = draftKernel(use);
  const draft: Draft = {
    node: { kind: "kernel", kernel: use.kernel, params: use.params, output, ...commonClock(inputs, use.kernel.name) },
    inputs,
  };
  return use.kernel.outputs.length === 1 ? singleColumn(draft) : panelHandle(draft);
}

/**
 * A kernel across the symbols of one bar.
 *
 * @throws as {@link kernel}, and `strategy.wrong-scope` for a market column
 */
export function crossKernel(use: KernelUse<CrossKernel>): object {
  const { inputs, output } = draftKernel(use);
  const clock: { interval: Interval; scope: string } = commonClock(inputs, use.kernel.name);
  if (clock.scope !== "symbol")
    throw new QmtlError({
      code: "strategy.wrong-scope",
      message: `${use.kernel.name} compares symbols, and its input has one value for the whole market`,
      next: "Pass a symbol column.",
    });
  const draft: Draft = {
    node: {
      kind: "cross-kernel",
      kernel: use.kernel,
      params: use.params,
      output,
      interval: clock.interval,
      scope: "symbol",
    },
    inputs,
  };
  return use.kernel.outputs.length === 1 ? singleColumn(draft) : panelHandle(draft);
}

function draftKernel(use: KernelUse<Kernel | CrossKernel>): { inputs: readonly DraftInput[]; output: Columns } {
  const { name } = use.kernel;
  const columns = use.kernel.inputs.map((input): readonly [string, DraftColumn] => [input, source(use, input)]);
  const cells = Object.fromEntries(columns.map(([input, column]) => [input, cellOf(column)]));
  return {
    inputs: columns.map(([input, from]) => ({ name: input, read: { kind: "column", from } })),
    output: Object.freeze(use.output(cells)),
  };

  function source(of: typeof use, input: string): DraftColumn {
    if (!("panel" in of.inputs)) return columnOf(of.inputs[input], `"${input}" of ${name}()`);
    const draft = panelOf(of.inputs["panel"], `What ${name}() reads`);
    if (draft.node.output[input] === undefined)
      throw new QmtlError({
        code: "strategy.missing-column",
        message: `${name}() needs a column "${input}", which its panel lacks`,
        next: `The panel has ${Object.keys(draft.node.output).join(", ")}.`,
      });
    return { draft, column: input };
  }
}
