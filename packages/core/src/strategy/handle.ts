import type { Cell, Columns } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Scope } from "./column.ts";
import type { DatasetSpec, DecisionSpec, GraphNode, InputRef } from "./graph.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A node before it has a place in a graph: inputs point at other drafts. */
export interface Draft {
  readonly node: DistributiveOmit<GraphNode, "index" | "inputs">;
  readonly inputs: readonly DraftInput[];
}

export interface DraftColumn {
  readonly draft: Draft;
  readonly column: string;
}

export type DraftInput = { readonly name: string; readonly read: DraftRead };

export type DraftRead =
  | { readonly kind: "column"; readonly from: DraftColumn }
  | { readonly kind: "panel"; readonly draft: Draft }
  | { readonly kind: "window"; readonly bars: number; readonly from: DraftColumn }
  | { readonly kind: "window-panel"; readonly bars: number; readonly draft: Draft }
  | Extract<InputRef, { kind: "constant" }>;

/** A result whose columns still point at drafts. */
export type DraftResult = {
  readonly spec: (place: (column: DraftColumn) => { node: number; column: string }) => DecisionSpec | DatasetSpec;
  readonly columns: readonly DraftColumn[];
};

export type HandleMeaning =
  | { readonly kind: "column"; readonly from: DraftColumn }
  | { readonly kind: "panel"; readonly draft: Draft }
  | {
      readonly kind: "window";
      readonly bars: number;
      readonly of: Extract<HandleMeaning, { kind: "column" | "panel" }>;
    }
  | { readonly kind: "label"; readonly from: DraftColumn }
  | { readonly kind: "decision"; readonly result: DraftResult }
  | { readonly kind: "dataset"; readonly result: DraftResult };

// A handle of a second copy of the package is not in here, and refused.
const meanings = new WeakMap<object, HandleMeaning>();

/** True for what a builder returned: streams, columns, panels, windows, labels, decisions. */
export function isHandle(value: unknown): value is object {
  return typeof value === "object" && value !== null && meanings.has(value);
}

/** @throws `strategy.not-a-handle` */
export function meaningOf(value: unknown, where: string): HandleMeaning {
  const meaning = typeof value === "object" && value !== null ? meanings.get(value) : undefined;
  if (meaning === undefined)
    throw new QmtlError({
      code: "strategy.not-a-handle",
      message: `${where} is not a stream, column, panel or window`,
      next: "Pass what stream(), node(), window() or an indicator returned, made by the same copy of @qmtl/core.",
    });
  return meaning;
}

function handle(meaning: HandleMeaning, properties: Record<string, unknown> = {}): object {
  const object = Object.assign(Object.create(null) as object, properties);
  Object.freeze(object);
  meanings.set(object, meaning);
  return object;
}

function columnHandle(from: DraftColumn): object {
  return handle({ kind: "column", from });
}

/** A handle with one property per output column. */
export function panelHandle(draft: Draft): object {
  const columns = Object.fromEntries(
    Object.keys(draft.node.output).map((column) => [column, columnHandle({ draft, column })]),
  );
  return handle({ kind: "panel", draft }, columns);
}

/** The only column of a draft with one output. */
export function singleColumn(draft: Draft): object {
  return columnHandle({ draft, column: Object.keys(draft.node.output)[0] as string });
}

export function windowHandle(of: Extract<HandleMeaning, { kind: "column" | "panel" }>, bars: number): object {
  return handle({ kind: "window", bars, of }, { bars });
}

export function labelHandle(draft: Draft, column: string): object {
  return handle({ kind: "label", from: { draft, column } });
}

export function resultHandle(kind: "decision" | "dataset", result: DraftResult): object {
  return handle({ kind, result }, kind === "dataset" ? { dataset: true } : {});
}

/** The column behind a handle. @throws `strategy.column-expected` */
export function columnOf(value: unknown, where: string): DraftColumn {
  const meaning = meaningOf(value, where);
  if (meaning.kind === "column") return meaning.from;
  if (meaning.kind === "label")
    throw new QmtlError({
      code: "strategy.label-not-causal",
      message: `${where} is a label: it is known only after its bar`,
      next: "Use labels in dataset() only.",
    });
  throw new QmtlError({
    code: "strategy.column-expected",
    message: `${where} is a ${meaning.kind}, where one column is needed`,
    next: "Name a column of it, for example bars.close.",
  });
}

/** The draft of a panel or the node of a column. @throws `strategy.panel-expected` */
export function panelOf(value: unknown, where: string): Draft {
  const meaning = meaningOf(value, where);
  if (meaning.kind === "panel") return meaning.draft;
  throw new QmtlError({
    code: "strategy.panel-expected",
    message: `${where} is a ${meaning.kind}, where a stream or panel is needed`,
    next: "Pass the whole stream, for example bars.",
  });
}

export function cellOf(column: DraftColumn): Cell {
  const cell = (column.draft.node.output as Columns)[column.column];
  if (cell === undefined)
    throw new QmtlError({
      code: "strategy.unknown-column",
      message: `There is no column "${column.column}"`,
      next: `Use one of ${Object.keys(column.draft.node.output).join(", ")}.`,
    });
  return cell;
}

/** Interval and scope of what an input reads; undefined for constants. */
export function clockOf(read: DraftRead): { interval: Interval; scope: Scope } | undefined {
  if (read.kind === "constant") return undefined;
  const { node } = read.kind === "column" || read.kind === "window" ? read.from.draft : read.draft;
  return { interval: node.interval, scope: node.scope };
}

/** The one clock of several inputs. @throws `strategy.mixed-intervals`, `strategy.no-clock` */
export function commonClock(inputs: readonly DraftInput[], where: string): { interval: Interval; scope: Scope } {
  let interval: Interval | undefined;
  let first = "";
  let scope: Scope = "market";
  for (const input of inputs) {
    const clock = clockOf(input.read);
    if (clock === undefined) continue;
    if (interval === undefined) {
      interval = clock.interval;
      first = input.name;
    } else if (interval !== clock.interval)
      throw new QmtlError({
        code: "strategy.mixed-intervals",
        message: `${where} joins "${first}" of ${interval} with "${input.name}" of ${clock.interval}`,
        next: "resample() one of them.",
      });
    if (clock.scope === "symbol") scope = "symbol";
  }
  if (interval === undefined)
    throw new QmtlError({
      code: "strategy.no-clock",
      message: `${where} reads no column`,
      next: "Give it at least one column among its inputs.",
    });
  return { interval, scope };
}
