import type { Cell, Columns } from "../schema/cell.ts";
import { describeCell, sameCell } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Scope } from "../strategy/column.ts";
import { requireBars, requireFinite } from "../strategy/count.ts";
import { cellOf, columnOf, panelOf } from "../strategy/handle.ts";
import type { CrossKernel, Kernel, KernelParams } from "../strategy/kernel.ts";
import { crossKernel, kernel } from "../strategy/kernel-node.ts";

/** The scope of what reads columns of both: per symbol as soon as one is. */
export type WiderScope<A extends Scope, B extends Scope> = "symbol" extends A | B ? "symbol" : "market";

/** What one argument of a builder must be. Arguments are positional; a `name` is the kernel's input or param. */
export type IndicatorArgument =
  | {
      readonly kind: "column";
      readonly name: string;
      readonly dtypes: readonly Cell["dtype"][];
      /** A unit by its name, or that of another argument; any unit where unsaid. */
      readonly unit?: string | { readonly sameAs: string };
    }
  /** A panel with at least these columns. */
  | { readonly kind: "panel"; readonly name: string; readonly columns: Columns }
  /** A whole number of bars (or of symbols), at least `least`. */
  | { readonly kind: "period"; readonly name: string; readonly least: number }
  /** A whole number of bars, 0 or more. */
  | { readonly kind: "lag"; readonly name: string }
  /** A finite number; `least` and `most` are inclusive, `above` is exclusive; `notBelow` names an earlier number. */
  | {
      readonly kind: "number";
      readonly name: string;
      readonly least?: number;
      readonly most?: number;
      readonly above?: number;
      readonly notBelow?: string;
    }
  /** A cell: what the output is declared as. */
  | { readonly kind: "cell"; readonly name: string };

/** The cell of one output. */
export type IndicatorOutput =
  | { readonly kind: "fixed"; readonly cell: Cell }
  /** `f64` with the unit of that column argument. */
  | { readonly kind: "float-of"; readonly argument: string }
  /** The cell of that column argument. */
  | { readonly kind: "same-as"; readonly argument: string }
  /** The cell that was passed as that argument. */
  | { readonly kind: "given"; readonly argument: string };

/**
 * All there is to know about a builder without running it: what the language server reasons with, and what the builder itself
 * is made of.
 */
export interface IndicatorSignature {
  /** As it is written: `sma`, `cross.rank`. */
  readonly name: string;
  /** Has `firstValid(params)` and `settle(params)` where it runs along time; a cross kernel has no memory. */
  readonly kernel:
    | { readonly kind: "kernel"; readonly of: Kernel }
    | { readonly kind: "cross-kernel"; readonly of: CrossKernel };
  readonly arguments: readonly IndicatorArgument[];
  /** By output column. One output is returned as a column, several as a panel. */
  readonly outputs: Readonly<Record<string, IndicatorOutput>>;
  /** `inputs`: per symbol as soon as one input is. `symbol`: inputs and output are per symbol. */
  readonly scope: "inputs" | "symbol";
  /** Whether the params carry the clock of the inputs as `interval`. */
  readonly clocked: boolean;
}

/** Numbers of either width. */
export const NUMBERS = ["f64", "i32"] as const;
/** What a column may hold. */
export const ANYTHING = ["f64", "i32", "bool", "categorical"] as const;

/** Keeps the literal types of a signature. */
export function signature<const S extends IndicatorSignature>(of: S): S {
  return Object.freeze(of);
}

/** Rows before the first valid output, counted from the first row where all inputs are valid. */
export function firstValidOf({ kernel: { kind, of } }: IndicatorSignature, params: KernelParams): number {
  return kind === "kernel" ? of.firstValid(params) : 0;
}

/** Rows after which the start of the data is forgotten; `Infinity` for never. */
export function settleOf({ kernel: { kind, of } }: IndicatorSignature, params: KernelParams): number {
  return kind === "kernel" ? of.settle(params) : 0;
}

/** The kernel's params for these values of the period, lag and number arguments. */
export function paramsOf(
  { arguments: list, clocked }: IndicatorSignature,
  values: Readonly<Record<string, number>>,
  interval: Interval,
): KernelParams {
  const params: Record<string, number | string> = {};
  for (const argument of list)
    if (argument.kind === "period" || argument.kind === "lag" || argument.kind === "number")
      params[argument.name] = values[argument.name] as number;
  if (clocked) params["interval"] = interval;
  return Object.freeze(params);
}

/** The output cells for these cells of the column (and cell) arguments. */
export function outputsOf(
  { outputs }: IndicatorSignature,
  cells: Readonly<Record<string, Cell>>,
): Readonly<Record<string, Cell>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([column, output]): [string, Cell] => {
      if (output.kind === "fixed") return [column, output.cell];
      const cell = cells[output.argument] as Cell;
      if (output.kind !== "float-of") return [column, cell];
      return [column, Object.freeze({ dtype: "f64", unit: unitOf(cell) })];
    }),
  );
}

/**
 * What a builder does: checks its arguments against its signature and puts the kernel into the graph.
 *
 * @throws `strategy.wrong-dtype`, `strategy.wrong-unit`, `strategy.missing-column`, `strategy.invalid-period`,
 * `strategy.invalid-number`, and as `kernel()`
 */
export function build(of: IndicatorSignature, given: readonly unknown[]): object {
  const values: Record<string, number> = {};
  const cells: Record<string, Cell> = {};
  const columns: Record<string, unknown> = {};
  let panel: unknown;
  let interval: Interval | undefined;
  of.arguments.forEach((argument, position) => {
    const value = given[position];
    const where = `"${argument.name}" of ${of.name}()`;
    switch (argument.kind) {
      case "column": {
        const column = columnOf(value, where);
        requireColumn(argument, cellOf(column), cells, where);
        cells[argument.name] = cellOf(column);
        columns[argument.name] = value;
        interval ??= column.draft.node.interval;
        return;
      }
      case "panel": {
        const { node } = panelOf(value, `What ${of.name}() reads`);
        requireColumns(argument.columns, node.output, of.name);
        panel = value;
        interval ??= node.interval;
        return;
      }
      case "period":
        values[argument.name] = requireAtLeast(requireBars(value, where, 1), argument.least, where);
        return;
      case "lag":
        values[argument.name] = requireBars(value, where, 0);
        return;
      case "number":
        values[argument.name] = requireWithin(requireFinite(value, where), argument, values, where);
        return;
      case "cell":
        cells[argument.name] = value as Cell;
        return;
    }
  });
  const use = {
    params: paramsOf(of, values, interval as Interval),
    inputs: panel === undefined ? columns : { panel },
    output: () => outputsOf(of, cells),
  };
  return of.kernel.kind === "kernel"
    ? kernel({ kernel: of.kernel.of, ...use })
    : crossKernel({ kernel: of.kernel.of, ...use });
}

function unitOf(cell: Cell): string {
  return cell.dtype === "f64" || cell.dtype === "i32" ? cell.unit : "none";
}

function requireColumn(
  argument: Extract<IndicatorArgument, { kind: "column" }>,
  cell: Cell,
  cells: Readonly<Record<string, Cell>>,
  where: string,
): void {
  if (!argument.dtypes.includes(cell.dtype))
    throw new QmtlError({
      code: "strategy.wrong-dtype",
      message: `${where} is ${describeCell(cell)}, where ${argument.dtypes.join(" or ")} is needed`,
      next: "Pass another column, or compute this one in a node.",
    });
  if (argument.unit === undefined) return;
  const unit = typeof argument.unit === "string" ? argument.unit : unitOf(cells[argument.unit.sameAs] as Cell);
  if (unitOf(cell) === unit) return;
  throw new QmtlError({
    code: "strategy.wrong-unit",
    message: `${where} is "${unitOf(cell)}", where "${unit}" is needed`,
    next: "Declare the unit in the node's output, or cast() the column.",
  });
}

function requireColumns(needed: Columns, present: Columns, name: string): void {
  for (const [column, cell] of Object.entries(needed)) {
    const found = present[column];
    if (found === undefined)
      throw new QmtlError({
        code: "strategy.missing-column",
        message: `${name}() needs a column "${column}", which its panel lacks`,
        next: `The panel has ${Object.keys(present).join(", ")}.`,
      });
    if (!sameCell(found, cell))
      throw new QmtlError({
        code: "strategy.wrong-dtype",
        message: `${name}() needs "${column}" as ${describeCell(cell)}, and its panel has ${describeCell(found)}`,
        next: "Pass the stream, or a node whose output declares these columns.",
      });
  }
}

function requireAtLeast(value: number, least: number, where: string): number {
  if (value >= least) return value;
  throw new QmtlError({
    code: "strategy.invalid-period",
    message: `${where} is ${value}, and fewer than ${least} have no answer`,
    next: `Use ${least} or more.`,
  });
}

function requireWithin(
  value: number,
  { least, most, above, notBelow }: Extract<IndicatorArgument, { kind: "number" }>,
  values: Readonly<Record<string, number>>,
  where: string,
): number {
  const refuse = (next: string): never => {
    throw new QmtlError({ code: "strategy.invalid-number", message: `${where} is ${value}`, next });
  };
  if (least !== undefined && value < least)
    refuse(most === undefined ? `Use ${least} or more.` : `Use ${least} to ${most}.`);
  if (most !== undefined && value > most)
    refuse(least === undefined ? `Use ${most} or less.` : `Use ${least} to ${most}.`);
  if (above !== undefined && value <= above) refuse(`Use a number above ${above}.`);
  const floor = notBelow === undefined ? undefined : values[notBelow];
  if (floor !== undefined && value < floor) refuse(`Use ${floor} or more, which is "${String(notBelow)}".`);
  return value;
}
