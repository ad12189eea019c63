import type { Violation } from "@qmtl/core";
import { describe, expect, test } from "vitest";
import { gateOutcome, submissionFault } from "./gate-message.ts";

const gates = [
  { name: "trades", expression: "num_trades >= 10.0", passed: true },
  { name: "drawdown", expression: "max_drawdown <= 0.05", passed: false, because: "max_drawdown is 0.2" },
  { name: "deflated", expression: "deflated_sharpe > 0.9", passed: false, because: "it is undefined" },
];
const SHORT: Violation = {
  stage: "gates",
  rule: "drawdown",
  message: "max_drawdown is 0.2, more than 0.05",
  metric: "max_drawdown",
  value: 0.20000000001,
  bound: 0.05,
  distance: 0.15,
  hint: "Hold less.",
};
const judged = (violations: Violation[] = []): Parameters<typeof gateOutcome>[0] => ({
  decision: null,
  precheck: { verdict: "excluded", gates },
  violations,
});

describe("a gate", () => {
  test("that passed is one that passed", () => {
    expect(gateOutcome(judged(), "trades")).toMatchObject({
      passed: true,
    });
  });
  test("that failed says by how much", () => {
    expect(gateOutcome(judged([SHORT]), "drawdown")).toEqual({
      passed: false,
      message: {
        text: "max_drawdown is 0.2, more than 0.05 (short by 0.15)\nHold less.",
        expected: "max_drawdown <= 0.05",
        actual: "max_drawdown = 0.2",
      },
    });
  });
  test("whose metric has no value says why, and compares nothing", () => {
    expect(gateOutcome(judged(), "deflated")).toEqual({
      passed: false,
      message: { text: "it is undefined", expected: "deflated_sharpe > 0.9", actual: undefined },
    });
  });
  test("that was not reached has no outcome", () => {
    expect(gateOutcome({ decision: null, precheck: null, violations: [] }, "trades")).toBeUndefined();
  });
});

describe("a submission", () => {
  const result = { status: "rejected", reason: "r", error: null, violations: [] } as unknown as Parameters<
    typeof submissionFault
  >[0];
  test("that only its gates hold back has no fault of its own", () => {
    expect(submissionFault({ ...result, violations: [SHORT] })).toBeUndefined();
  });
  test("that was refused for its code says so", () => {
    expect(submissionFault({ ...result, violations: [{ stage: "check", rule: "C403", message: "random" }] })).toBe(
      "random",
    );
    const error = { code: "x", message: "broken", next: "Mend it." };
    expect(submissionFault({ ...result, status: "failed", error })).toBe("broken\nMend it.");
  });
});
