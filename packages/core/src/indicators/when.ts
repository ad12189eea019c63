import type { Bool, ColumnArray, Num } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

/** By the flag: what false and what true stands for. */
type Choices = Float64Array;

/** Eight rows a turn: a turn of the loop costs as much as several choices. */
function runMany(choices: Choices, flag: ColumnArray, output: ColumnArray, from: number, to: number): void {
  let row = from;
  for (; row < to - 7; row += 8) {
    output[row] = choices[flag[row]!]!;
    output[row + 1] = choices[flag[row + 1]!]!;
    output[row + 2] = choices[flag[row + 2]!]!;
    output[row + 3] = choices[flag[row + 3]!]!;
    output[row + 4] = choices[flag[row + 4]!]!;
    output[row + 5] = choices[flag[row + 5]!]!;
    output[row + 6] = choices[flag[row + 6]!]!;
    output[row + 7] = choices[flag[row + 7]!]!;
  }
  for (; row < to; row++) output[row] = choices[flag[row]!]!;
}

const kernel: Kernel<Choices> = {
  name: "when",
  version: 1,
  inputs: ["flag"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: (params) => Float64Array.of(params["no"] as number, params["yes"] as number),
  run(choices, inputs, outputs, from, to) {
    const flag = inputs[0]!;
    const output = outputs[0]!;
    // Apart, so that the little that a single row takes is compiled into the caller.
    if (to - from === 1) output[from] = choices[flag[from]!]!;
    else runMany(choices, flag, output, from, to);
  },
  next: (choices, _stamp, flag) => choices[flag]!,
};

export const whenSignature = signature({
  name: "when",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "flag", dtypes: ["bool"] },
    { kind: "number", name: "yes" },
    { kind: "number", name: "no" },
    { kind: "cell", name: "cell" },
  ],
  outputs: { value: { kind: "given", argument: "cell" } },
  scope: "inputs",
  clocked: false,
});

/**
 * One number while a flag is true, another while it is false, declared as `cell`.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-number` for a number that the cell can't hold
 * @example
 * const held = when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity);
 */
export function when<T extends Num, I extends Interval, A extends Scope>(
  flag: Column<Bool, I, A>,
  yes: number,
  no: number,
  cell: T,
): Column<T, I, A> {
  const { dtype } = cell ?? {};
  if (dtype !== "f64" && dtype !== "i32")
    throw new QmtlError({
      code: "strategy.wrong-dtype",
      message: `"cell" of when() is ${String(dtype)}, where f64 or i32 is needed`,
      next: "Pass a cell such as fraction or quantity.",
    });
  for (const value of [yes, no])
    if (dtype === "i32" && value !== (value | 0))
      throw new QmtlError({
        code: "strategy.invalid-number",
        message: `when() can't put ${value} into a 32-bit integer`,
        next: "Pass whole numbers, or a cell of f64.",
      });
  return build(whenSignature, [flag, yes, no, cell]) as Column<T, I, A>;
}
