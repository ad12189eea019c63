import type { Figure } from "@qmtl/core/plugin";

/** A number that is finite, or why there is none: an overflow is no figure either. */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? { kind: "value", value } : missing("the formula has no finite value here");
}

/** `because` completes "undefined, because …". */
export function missing(because: string): Figure {
  return { kind: "undefined", because };
}

/** Carries on with the number, or hands on why there is none. */
export function withValue(from: Figure, then: (value: number) => Figure): Figure {
  return from.kind === "value" ? then(from.value) : from;
}
