import type { ts } from "../syntax/index.ts";
import type { Cause, CauseCode, Operator, ResultFact } from "./facts.ts";

/** What an expression is known to be, without running it. `from` is the syntax that a finding about it should point at. */
export type Value =
  | { readonly kind: "literal"; readonly value: number | string | boolean | null | undefined; readonly from: ts.Node }
  | { readonly kind: "param"; readonly name: string; readonly from: ts.Node }
  | { readonly kind: "operation"; readonly operator: Operator; readonly of: readonly Value[]; readonly from: ts.Node }
  | ObjectValue
  | { readonly kind: "array"; readonly items: readonly Value[]; readonly frozen: boolean; readonly from: ts.Node }
  | { readonly kind: "function"; readonly node: FunctionSyntax; readonly from: ts.Node }
  /** A builder, a namespace of builders, or another export of a package. */
  | { readonly kind: "package"; readonly specifier: string; readonly name: string; readonly from: ts.Node }
  | { readonly kind: "module"; readonly path: string; readonly from: ts.Node }
  | { readonly kind: "global"; readonly name: string; readonly from: ts.Node }
  | HandleValue
  | { readonly kind: "result"; readonly result: ResultFact; readonly from: ts.Node }
  | {
      readonly kind: "declared-param";
      readonly of: "int" | "float" | "choice";
      readonly call: ts.CallExpression;
      readonly from: ts.Node;
    }
  | { readonly kind: "strategy"; readonly call: ts.CallExpression; readonly from: ts.Node }
  | UnknownValue;

export interface UnknownValue {
  readonly kind: "unknown";
  readonly cause: Cause;
  readonly from: ts.Node;
}

/** Columns, panels, windows and labels. */
export type HandleValue =
  | { readonly kind: "column"; readonly node: number; readonly column: string; readonly from: ts.Node }
  | { readonly kind: "panel"; readonly node: number; readonly from: ts.Node }
  | {
      readonly kind: "window";
      readonly bars: Value;
      readonly of: Extract<HandleValue, { kind: "column" | "panel" }>;
      readonly from: ts.Node;
    }
  | { readonly kind: "label"; readonly node: number; readonly column: string; readonly from: ts.Node };

export interface ObjectValue {
  readonly kind: "object";
  /** Without a prototype, in the order that `Object.entries` has at run time. */
  readonly entries: Readonly<Record<string, Value>>;
  /** Set when there may be keys that are not known. */
  readonly open: UnknownValue | undefined;
  /** Nothing can write into it. */
  readonly frozen: boolean;
  readonly from: ts.Node;
}

export type FunctionSyntax = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

export function unknownValue(from: ts.Node, code: CauseCode, message: string, choice?: Cause["choice"]): UnknownValue {
  return { kind: "unknown", cause: { code, message, ...(choice !== undefined && { choice }) }, from };
}

export function literalValue(from: ts.Node, value: number | string | boolean | null | undefined): Value {
  return { kind: "literal", value, from };
}

/** Entries of an object value: without a prototype, so that no name of `Object.prototype` is found in it. */
export function entriesOf(named: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, named);
}

/** The same value, pointing at where it is used. */
export function seenFrom<V extends Value>(value: V, from: ts.Node): V {
  return { ...value, from };
}

/** Data of ours (a cell, a schema) or of a JSON file. */
export function valueOfData(data: unknown, from: ts.Node, frozen: boolean): Value {
  if (data === null || typeof data === "number" || typeof data === "string" || typeof data === "boolean")
    return literalValue(from, data);
  if (Array.isArray(data))
    return { kind: "array", items: data.map((item: unknown) => valueOfData(item, from, frozen)), frozen, from };
  if (typeof data !== "object") return unknownValue(from, "unexpected", `A ${typeof data} is not data`);
  const entries = entriesOf();
  for (const [key, item] of Object.entries(data)) entries[key] = valueOfData(item, from, frozen);
  return { kind: "object", entries, open: undefined, frozen, from };
}

/** A value as plain data, or the first thing in it that is not known. */
export function dataOfValue(value: Value): { readonly data: unknown } | { readonly unknown: UnknownValue } {
  if (value.kind === "literal") return { data: value.value };
  if (value.kind === "unknown") return { unknown: value };
  if (value.kind === "array") {
    const items: unknown[] = [];
    for (const item of value.items) {
      const data = dataOfValue(item);
      if ("unknown" in data) return data;
      items.push(data.data);
    }
    return { data: items };
  }
  if (value.kind !== "object") return { unknown: unexpected(value, "plain data is expected") };
  if (value.open !== undefined) return { unknown: value.open };
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value.entries)) {
    const data = dataOfValue(item);
    if ("unknown" in data) return data;
    entries.push([key, data.data]);
  }
  return { data: Object.fromEntries(entries) };
}

/** The unknown that stands for a value of another kind than `where` asks for. */
export function unexpected(value: Value, where: string): UnknownValue {
  return value.kind === "unknown"
    ? value
    : unknownValue(value.from, "unexpected", `${describe(value)} stands where ${where}`);
}

/** For people: what kind of thing it is. */
function describe(value: Value): string {
  switch (value.kind) {
    case "literal":
      return value.value === undefined ? "undefined" : JSON.stringify(value.value);
    case "param":
      return `The param "${value.name}"`;
    case "package":
      return value.name === "*" ? value.specifier : value.name;
    case "global":
      return value.name;
    case "object":
    case "array":
    case "operation":
      return `An ${value.kind}`;
    default:
      return `A ${value.kind.replace("-", " ")}`;
  }
}
