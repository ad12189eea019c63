import type { Columns } from "../../schema/cell.ts";

/** What the nodes of a builder are, without their code: the axes by which rules judge them. */
export interface NodeDescription {
  readonly description: string;
  readonly outputs: Columns;
  /** A builder of one output may give its column, or the panel that has it. */
  readonly returns: "column" | "panel";
  /** `delayed`: known only after its bar. Datasets take it, decisions refuse it. */
  readonly causality: "causal" | "delayed";
  readonly mutability: "pure" | "stateful";
  /** `order`: what it makes orders by itself. */
  readonly actuation: "none" | "order";
  /** Where it may run; everywhere when absent. */
  readonly domains?: readonly ("backtest" | "dryrun" | "live" | "shadow")[];
  /**
   * Bars of its inputs before its first output, and until the start of the data is forgotten: a number, or that of an argument
   * (counted from 0) and some more. Absent: it can't be told.
   */
  readonly warmup?: number | { readonly argument: number; readonly plus: number };
}

const DESCRIPTION = Symbol.for("qmtl.node-builder");

/**
 * Describes a function of a package that makes nodes, so that editors and checks know its nodes without running it:
 * `qmtl plugin build` writes the description into the package's manifest. The function stays what it is.
 *
 * @example
 * export const trendStrength = nodeBuilder(
 *   {
 *     description: "How far the close stands above its average, in deviations",
 *     outputs: { value: f64 },
 *     returns: "column",
 *     causality: "causal",
 *     mutability: "pure",
 *     actuation: "none",
 *     warmup: { argument: 1, plus: -1 },
 *   },
 *   (close: PriceColumn, bars: number) => divide(subtract(close, sma(close, bars)), stddev(close, bars)),
 * );
 */
export function nodeBuilder<Build extends (...args: never[]) => unknown>(
  description: NodeDescription,
  build: Build,
): Build {
  Object.defineProperty(build, DESCRIPTION, { value: description });
  return build;
}

/** What {@link nodeBuilder} was told of a function; undefined for any other value. */
export function nodeDescriptionOf(value: unknown): NodeDescription | undefined {
  if (typeof value !== "function") return undefined;
  return (value as { readonly [DESCRIPTION]?: NodeDescription })[DESCRIPTION];
}
