import { QmtlError } from "@qmtl/core/schema";

/** The values that a sweep tries for one param. */
export interface GridAxis {
  readonly name: string;
  readonly values: readonly (number | string)[];
}

/** `name=from..to:step`, `name=from..to` (by 1) or `name=a,b,c`. */
const RANGE = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/;

/** More values than anybody looks at, and what a mistyped step makes. */
const MOST_VALUES = 100_000;

/**
 * Reads `--grid` options.
 *
 * @throws `cli.invalid-grid`
 * @example
 * parseGrid(["fast=5..15:5", "side=both,long-only"]); // [{ name: "fast", values: [5, 10, 15] }, { name: "side", … }]
 */
export function parseGrid(options: readonly string[]): readonly GridAxis[] {
  const axes = options.map(parseAxis);
  for (const [k, { name }] of axes.entries())
    if (axes.findIndex((axis) => axis.name === name) !== k)
      throw invalid(`${name} stands in two grids`, "Put all of its values into one: --grid fast=5,10,20.");
  return axes;
}

function parseAxis(option: string): GridAxis {
  const at = option.indexOf("=");
  const name = option.slice(0, at).trim();
  const text = option.slice(at + 1).trim();
  const advice = "Write --grid fast=5..50:5, or --grid fast=5,10,20.";
  if (at < 1 || text === "") throw invalid(`${JSON.stringify(option)} is not name=values`, advice);
  const range = RANGE.exec(text);
  if (range !== null) return { name, values: rangeValues(name, range) };
  const words = text.split(",").map((word) => word.trim());
  if (words.some((word) => word === "" || word.includes("..")))
    throw invalid(`${JSON.stringify(text)} is no range and no list of values`, advice);
  const values = words.map((word) => (Number.isFinite(Number(word)) ? Number(word) : word));
  if (new Set(values).size < values.length) throw invalid(`${name} names a value twice`, "Name each value once.");
  return { name, values };
}

function rangeValues(name: string, [, low = "", high = "", by = "1"]: RegExpExecArray): readonly number[] {
  const [from, to, step] = [Number(low), Number(high), Number(by)];
  if (!(step > 0)) throw invalid(`The step of ${name} is ${by}`, "Give a step above 0.");
  if (from > to) throw invalid(`The range of ${name} runs from ${low} down to ${high}`, "Put the smaller end first.");
  // Counted, not added up: 0.1 + 0.1 + 0.1 is not 0.3.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_VALUES)
    throw invalid(`The range of ${name} has ${count} values`, `Widen its step: at most ${MOST_VALUES} make sense.`);
  const digits = Math.max(...[low, by].map((word) => word.split(".")[1]?.length ?? 0));
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toFixed(digits)));
}

function invalid(message: string, next: string): QmtlError {
  return new QmtlError({ code: "cli.invalid-grid", message, next });
}
