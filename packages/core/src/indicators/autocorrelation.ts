import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { comoments, correlationOf } from "./comoments.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly bars: number;
  readonly lag: number;
  readonly rows: WindowRows;
}

const kernel: Kernel<State> = {
  name: "autocorrelation",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1 + (params["lag"] as number),
  settle: (params) => barsOf(params) - 1 + (params["lag"] as number),
  create: (params) => ({
    bars: barsOf(params),
    lag: params["lag"] as number,
    rows: createWindowRows(barsOf(params) + (params["lag"] as number)),
  }),
  run({ bars, lag, rows }, inputs, outputs, from, to) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { ring } = rows;
    for (let row = from; row < to; row++) {
      const at = pushRow(rows, input[row]!);
      output[row] = at < 0 ? Number.NaN : correlationOf(comoments(ring, at, ring, at + lag, bars));
    }
  },
};

export const autocorrelationSignature = signature({
  name: "autocorrelation",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
    { kind: "period", name: "lag", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Correlation of the last `bars` values with those `lag` bars before each of them, -1 to 1; NaN while one side does not vary.
 *
 * First valid: `bars - 1 + lag`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const persistence = autocorrelation(returns(bars.close, 1), 60, 1);
 */
export function autocorrelation<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
  lag: Period<M>,
): Column<F64<"fraction">, I, A> {
  return build(autocorrelationSignature, [column, bars, lag]) as Column<F64<"fraction">, I, A>;
}
