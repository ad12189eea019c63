import type { SubmitResult } from "@qmtl/core";

/** Why a gate did not pass, as a test says it. */
export interface GateMessage {
  readonly text: string;
  readonly expected: string;
  /** Absent where the metric has no value. */
  readonly actual: string | undefined;
}

/** What became of a gate; undefined where the submission did not come as far. */
export function gateOutcome(
  { decision, precheck, violations }: Pick<SubmitResult, "decision" | "precheck" | "violations">,
  name: string,
): { readonly passed: boolean; readonly message: GateMessage } | undefined {
  const gate = (decision ?? precheck)?.gates.find((one) => one.name === name);
  if (gate === undefined) return undefined;
  const own = violations.filter(({ stage, rule }) => stage === "gates" && rule === name);
  const actual = own.flatMap(({ metric, value }) =>
    metric === undefined || value === undefined ? [] : [`${metric} = ${Number(value.toPrecision(6))}`],
  );
  const told = own.map(({ message, hint, distance }) => {
    const short = distance === undefined ? "" : ` (short by ${Number(Math.abs(distance).toPrecision(4))})`;
    return [`${message}${short}`, hint].filter(Boolean).join("\n");
  });
  return {
    passed: gate.passed,
    message: {
      text: told.length > 0 ? told.join("\n") : (gate.because ?? `${gate.expression} does not hold`),
      expected: gate.expression,
      actual: actual.length > 0 ? actual.join("\n") : undefined,
    },
  };
}

/** Why the submission as a whole is none that passed, beside its gates; undefined where it is. */
export function submissionFault({ status, reason, error, violations }: SubmitResult): string | undefined {
  if (status === "failed" || error !== null)
    return [error?.message ?? reason, error?.next ?? undefined].filter(Boolean).join("\n");
  const others = violations.filter(({ stage }) => stage === "check" || stage === "run");
  if (status !== "rejected" || others.length === 0) return undefined;
  return others.map(({ message, hint }) => [message, hint].filter(Boolean).join("\n")).join("\n");
}
