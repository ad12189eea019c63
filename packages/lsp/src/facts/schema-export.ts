import {
  bookTop,
  bool,
  categorical,
  f64,
  fraction,
  INTERVALS,
  i32,
  isQmtlError,
  ohlcv,
  percent,
  price,
  quantity,
  schema,
  seconds,
  unit,
} from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import { dataOfValue, unknownValue, type Value, valueOfData } from "./value.ts";

const DATA: Readonly<Record<string, unknown>> = {
  bookTop,
  bool,
  f64,
  fraction,
  i32,
  INTERVALS,
  ohlcv,
  percent,
  price,
  quantity,
  seconds,
};

/** Pure functions from plain data to plain data: called with what the author wrote, they run no code of the author's. */
const FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = { categorical, schema, unit };

/** An export of `@qmtl/core/schema`. */
export function schemaExport(name: string, from: ts.Node): Value {
  if (Object.hasOwn(DATA, name)) return valueOfData(DATA[name], from, true);
  return { kind: "package", specifier: "@qmtl/core/schema", name, from };
}

/** A call of `schema()`, `unit()` or `categorical()`. */
export function callSchema(name: string, args: readonly Value[], call: ts.CallExpression): Value {
  const make = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (make === undefined) return unknownValue(call, "helper-call", `What ${name}() returns is not followed`);
  const data: unknown[] = [];
  for (const arg of args) {
    const plain = dataOfValue(arg);
    if ("unknown" in plain) return plain.unknown;
    data.push(plain.data);
  }
  try {
    return valueOfData(make(...(data as never[])), call, true);
  } catch (error) {
    if (isQmtlError(error)) return unknownValue(call, "refused", error.message);
    return unknownValue(call, "refused", `${name}() does not take these arguments`);
  }
}
