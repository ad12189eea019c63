import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawdowns, underwater } from "./drawdowns.ts";
import { monthlyReturns, type YearOfReturns } from "./monthly-returns.ts";
import { type RollingSharpe, rollingSharpe } from "./rolling-sharpe.ts";

interface Golden {
  readonly name: string;
  readonly times: readonly number[];
  readonly returns: readonly number[];
  readonly equity: readonly number[];
  readonly periodsPerYear: number;
  readonly monthly: readonly YearOfReturns[];
  readonly drawdowns: ReturnType<typeof drawdowns>;
  readonly rollingSharpe: RollingSharpe;
}

const SAMPLES = JSON.parse(
  readFileSync(new URL("../../../../../fixtures/golden/report/tables.json", import.meta.url), "utf8"),
) as readonly Golden[];

function near(found: number | null | undefined, wanted: number | null): void {
  if (wanted === null) expect(found).toBeNull();
  else expect(Math.abs((found as number) - wanted)).toBeLessThan(1e-10);
}

describe.each(SAMPLES)("$name, against pandas", ({ times, returns, equity, periodsPerYear, ...golden }) => {
  test("returns by month and year", () => {
    const found = monthlyReturns(times, returns);
    expect(found.map(({ year }) => year)).toEqual(golden.monthly.map(({ year }) => year));
    golden.monthly.forEach(({ months, total }, i) => {
      expect(found[i]?.months).toHaveLength(12);
      for (const [month, wanted] of months.entries()) near(found[i]?.months[month], wanted);
      near(found[i]?.total, total);
    });
  });

  test("every drawdown, the deepest first", () => {
    const found = drawdowns(equity);
    expect(found.map(({ depth: _, ...places }) => places)).toEqual(
      golden.drawdowns.map(({ depth: _, ...places }) => places),
    );
    for (const [i, { depth }] of golden.drawdowns.entries()) near(found[i]?.depth, depth);
    expect(Math.min(...underwater(equity))).toBeCloseTo(-(golden.drawdowns[0]?.depth ?? 0), 12);
  });

  test("the rolling Sharpe ratio and its window", () => {
    const found = rollingSharpe(returns, periodsPerYear);
    expect(found?.window).toBe(golden.rollingSharpe.window);
    for (const [i, wanted] of golden.rollingSharpe.values.entries()) near(found?.values[i], wanted);
  });
});
