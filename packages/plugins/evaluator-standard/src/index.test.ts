import type { EvaluationInput, EvaluatorResult, SetupContext } from "@qmtl/core/plugin";
import { describe, expect, test } from "vitest";
import plugin from "./index.ts";

function input(change: Partial<EvaluationInput> = {}): EvaluationInput {
  const returns = Float64Array.from({ length: 30 }, (_, i) => Math.sin(i) / 100 + 0.001);
  const equity = new Float64Array(31).fill(100);
  for (let i = 0; i < 30; i++) equity[i + 1] = equity[i]! * (1 + returns[i]!);
  return {
    times: Float64Array.from(returns, (_, i) => i),
    equity,
    returns,
    exposure: new Float64Array(30).fill(1),
    turnover: 3,
    trades: [],
    periodsPerYear: 252,
    trials: [{ evalKey: "me", periods: 30, sharpe: 0.1 }],
    self: "me",
    minTrialPeriods: 20,
    evidence: "backtest",
    ...change,
  };
}

async function evaluator(config: unknown) {
  const checked = await plugin.config["~standard"].validate(config);
  if (checked.issues !== undefined) throw new Error(checked.issues.map(({ message }) => message).join("; "));
  return plugin.setup({} as SetupContext, checked.value);
}

async function evaluate(change: Partial<EvaluationInput> = {}, config: unknown = {}): Promise<EvaluatorResult> {
  return (await evaluator(config)).evaluate(input(change));
}

function reason({ metrics }: EvaluatorResult, name: string): string {
  const figure = metrics[name];
  return figure?.kind === "undefined" ? figure.because : `${figure?.value}`;
}

describe("evaluator-standard", () => {
  test("describes exactly the metrics it gives, each with formula, unit and direction", async () => {
    const { metrics } = await evaluator({});
    expect(Object.keys((await evaluate()).metrics)).toEqual(metrics.map(({ name }) => name));
    for (const metric of metrics) {
      expect(metric.name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(
        Object.keys(metric).every((key) => ["name", "formula", "unit", "better", "source", "ledger"].includes(key)),
      ).toBe(true);
    }
  });

  test("says of which figures the ledger decides", async () => {
    const { metrics } = await evaluator({});
    const own = metrics.filter(({ ledger }) => ledger === true).map(({ name }) => name);
    const alone = await evaluate({ trials: [] });
    const among = await evaluate();
    const differing = Object.keys(among.metrics).filter(
      (name) => JSON.stringify(among.metrics[name]) !== JSON.stringify(alone.metrics[name]),
    );
    expect(own).toEqual(["deflated_sharpe", "trials", "trials_variance"]);
    expect(own).toEqual(expect.arrayContaining(differing));
  });

  test("equal input gives equal output", async () => {
    expect(await evaluate()).toEqual(await evaluate());
  });

  test("its configuration is strict", async () => {
    await expect(evaluator({ minPeriod: 3 })).rejects.toThrow(/minPeriod/);
    await expect(evaluator({ minPeriods: 1 })).rejects.toThrow();
    await expect(evaluator({ minPeriods: 2.5 })).rejects.toThrow();
  });

  test("short runs are inconclusive, by a bound that can be set", async () => {
    expect((await evaluate()).checks["enough_periods"]).toMatchObject({ verdict: "pass" });
    expect((await evaluate({}, { minPeriods: 31 })).checks["enough_periods"]).toEqual({
      verdict: "inconclusive",
      reason: "30 periods are too few to judge: it takes 31",
    });
  });

  test("says what the deflated figures rest on", async () => {
    const basis = async (trials: EvaluationInput["trials"]) =>
      (await evaluate({ trials })).checks["deflated_basis"]?.reason;
    expect(await basis([{ evalKey: "me", periods: 30, sharpe: 0.1 }])).toMatch(/1 trial of .* estimator's own/);
    expect(
      await basis([
        { evalKey: "me", periods: 30, sharpe: 0.1 },
        { evalKey: "b", periods: 30, sharpe: 0.2 },
      ]),
    ).toMatch(/2 trials of at least 20 periods; V = 0.005000 is the sample variance/);
  });

  test("nothing traded: figures of trades and of variation are undefined by name, none is infinite", async () => {
    const flat = new Float64Array(30);
    const result = await evaluate({
      returns: flat,
      equity: new Float64Array(31).fill(100),
      exposure: flat,
      turnover: 0,
    });
    expect(reason(result, "sharpe")).toBe("the returns do not vary");
    expect(reason(result, "psr")).toBe("the returns do not vary");
    expect(reason(result, "deflated_sharpe")).toBe("the returns do not vary");
    expect(reason(result, "win_rate")).toBe("no trade was closed");
    expect(reason(result, "num_trades")).toBe("0");
    expect(result.checks["deflated_basis"]?.verdict).toBe("fail");
  });

  test("declared returns have no trades, turnover or exposure", async () => {
    const unknown = new Float64Array(input().returns.length).fill(Number.NaN);
    const positions = { times: unknown, exposure: unknown, turnover: Number.NaN, trades: [] };
    const result = await evaluate({ evidence: "declared", ...positions });
    for (const name of ["num_trades", "win_rate", "profit_factor", "turnover", "exposure"])
      expect(reason(result, name)).toBe("declared returns come without positions");
    expect(result.metrics["sharpe"]?.kind).toBe("value");
  });

  test("input that is not finite or does not fit makes every figure undefined, saying where", async () => {
    const returns = input().returns.slice();
    returns[7] = Number.NaN;
    const result = await evaluate({ returns });
    for (const name of Object.keys(result.metrics)) expect(reason(result, name)).toBe("the return of period 7 is NaN");
    expect(result.checks["sound_input"]?.verdict).toBe("fail");
    expect(reason(await evaluate({ equity: new Float64Array(3) }), "sharpe")).toMatch(/31 equity values/);
    expect(reason(await evaluate({ turnover: Number.POSITIVE_INFINITY }), "sharpe")).toMatch(/turnover/);
    expect(reason(await evaluate({ periodsPerYear: 0 }), "sharpe")).toMatch(/periods per year/);
  });
});
