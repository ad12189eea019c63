import { GUARD_RULES, type GuardFinding } from "../guards/finding.ts";
import type { GuardReport } from "../guards/report.ts";
import { type ErrorPlace, QmtlError } from "../schema/error.ts";

/**
 * A run whose values could not have been known, or are not those of its code, is no evidence: it leaves no record.
 *
 * @throws `guard.prefix`, `guard.repeat`, `guard.start` (class `rejected`)
 */
export function refuseVoidEvidence({ findings }: GuardReport, place: Pick<ErrorPlace, "world" | "strategy">): void {
  const [first, ...more] = findings.filter(({ severity }) => severity === "fail");
  if (first === undefined) return;
  throw new QmtlError({
    code: GUARD_RULES[first.kind],
    message: first.message,
    place: { ...place, ...placeOf(first) },
    next: first.hint,
    class: "rejected",
    details: more.map((one) => ({
      code: GUARD_RULES[one.kind],
      message: one.message,
      place: placeOf(one),
      next: one.hint,
    })),
  });
}

function placeOf({ node, symbol, bar, place }: GuardFinding): ErrorPlace {
  return {
    ...place,
    ...(node !== undefined && { node }),
    ...(symbol !== undefined && { symbol }),
    ...(bar !== undefined && { bar }),
  };
}
