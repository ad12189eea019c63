import { QmtlError } from "../schema/error.ts";
import { refuseUnknownKeys } from "./option.ts";

/** A knob of the strategy, with the range a sweep may try. */
export interface Param<V extends number | string> {
  readonly kind: "int" | "float" | "choice";
  readonly default: V;
  readonly range:
    | { readonly min: number; readonly max: number; readonly step?: number }
    | { readonly of: readonly V[] };
}

export type Params = { readonly [name: string]: Param<number> | Param<string> };
export type ParamValues<P> = { readonly [K in keyof P]: P[K] extends Param<infer V> ? V : never };

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}

/**
 * Declares the knobs of a strategy.
 *
 * @throws `strategy.invalid-param`
 * @example
 * params: { fast: param.int(10, { min: 2, max: 200 }), side: param.choice("both", ["both", "long-only"]) }
 */
export const param: {
  /** A whole number. */
  int: (value: number, range: Range) => Param<number>;
  float: (value: number, range: Range) => Param<number>;
  /** One of a list of words. */
  choice: <const V extends string>(value: NoInfer<V>, of: readonly V[]) => Param<V>;
} = Object.freeze({
  int: (value: number, range: Range) => numeric("int", value, range),
  float: (value: number, range: Range) => numeric("float", value, range),
  choice: <const V extends string>(value: NoInfer<V>, of: readonly V[]): Param<V> => {
    const made = Object.freeze({
      kind: "choice" as const,
      default: value,
      range: Object.freeze({ of: Object.freeze([...of]) }),
    });
    requireParamValue("a choice", made as Param<string>, value);
    return made;
  },
});

function numeric(kind: "int" | "float", value: number, range: Range): Param<number> {
  refuseUnknownKeys(range, ["min", "max", "step"], `The range of param.${kind}()`);
  const made = Object.freeze({ kind, default: value, range: Object.freeze({ ...range }) });
  if (!(range.min <= range.max) || (range.step !== undefined && !(range.step > 0)))
    throw new QmtlError({
      code: "strategy.invalid-param",
      message: `The range ${range.min} to ${range.max}${range.step === undefined ? "" : ` by ${range.step}`} is empty`,
      next: "Give min <= max and a step above 0.",
    });
  requireParamValue(`a ${kind === "int" ? "whole number" : "number"}`, made, value);
  return made;
}

/** Checks one value against its declaration. @throws `strategy.invalid-param` */
export function requireParamValue(
  name: string,
  declared: Param<number> | Param<string>,
  value: unknown,
): number | string {
  const { range } = declared;
  if ("of" in range) {
    if ((range.of as readonly unknown[]).includes(value)) return value as string;
    throw new QmtlError({
      code: "strategy.invalid-param",
      message: `${JSON.stringify(value)} is not offered by ${name}`,
      next: `Use one of ${range.of.join(", ")}.`,
    });
  }
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= range.min &&
    value <= range.max &&
    (declared.kind !== "int" || Number.isInteger(value));
  if (fits) return value as number;
  throw new QmtlError({
    code: "strategy.invalid-param",
    message: `${JSON.stringify(value)} does not fit ${name}: ${declared.kind === "int" ? "a whole number" : "a number"} from ${range.min} to ${range.max}`,
    next: "Choose a value inside the declared range, or widen the range in the strategy.",
  });
}
