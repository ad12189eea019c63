import type { Cell } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type {
  CellFact,
  ColumnFact,
  FunctionFact,
  InputsFact,
  ListFact,
  NamedReads,
  OutputFact,
  ReadFact,
  ScopeFact,
  Term,
} from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { dataOfValue, type ObjectValue, type UnknownValue, unexpected, unknownValue, type Value } from "./value.ts";

/** An option of an options object: absent, unknown, or a value. */
export function option(spec: Value, name: string): Value | undefined {
  if (spec.kind !== "object") return unexpected(spec, "an options object is expected");
  const value = spec.entries[name] ?? spec.open;
  return value?.kind === "literal" && value.value === undefined ? undefined : value;
}

/** An option that must be there. */
export function required(spec: Value, name: string, call: ts.Node): Value {
  return option(spec, name) ?? unknownValue(call, "missing", `There is no "${name}" here`);
}

/** What a node reads through one of its inputs. */
export function readFact(reader: Reader, value: Value): ReadFact {
  const at = reader.at(value.from);
  switch (value.kind) {
    case "column":
      return { kind: "column", node: value.node, column: value.column, at };
    case "panel":
      return { kind: "panel", node: value.node, at };
    case "label":
      return { kind: "label", node: value.node, column: value.column, at };
    case "window": {
      const bars = termOf(reader, value.bars);
      return value.of.kind === "column"
        ? { kind: "window", bars, node: value.of.node, column: value.of.column, at }
        : { kind: "window-panel", bars, node: value.of.node, at };
    }
    case "literal":
    case "param":
    case "operation": {
      const constant = termOf(reader, value);
      return constant.kind === "unknown" ? constant : { kind: "constant", value: constant, at };
    }
    default:
      return reader.unknown(unexpected(value, "a column, panel, window or constant is expected"));
  }
}

export function inputsFact(reader: Reader, value: Value): InputsFact {
  const named = namedReads(reader, value);
  return named.kind === "reads" ? { kind: "inputs", inputs: named.reads, at: named.at } : named;
}

export function namedReads(reader: Reader, value: Value): NamedReads {
  if (value.kind !== "object") return reader.unknown(unexpected(value, "an object of columns by name is expected"));
  if (value.open !== undefined) return reader.unknown(value.open);
  const reads = Object.entries(value.entries).map(([name, each]) => ({ name, read: readFact(reader, each) }));
  return { kind: "reads", reads, at: reader.at(value.from) };
}

export function listFact(reader: Reader, value: Value): ListFact {
  if (value.kind !== "array") return reader.unknown(unexpected(value, "a list is expected"));
  return { kind: "list", items: value.items.map((item) => termOf(reader, item)), at: reader.at(value.from) };
}

export function functionFact(reader: Reader, value: Value): FunctionFact {
  if (value.kind !== "function") return reader.unknown(unexpected(value, "a function is expected"));
  return { kind: "function", at: reader.at(value.node) };
}

export function cellFact(reader: Reader, value: Value): CellFact {
  const plain = dataOfValue(value);
  if ("unknown" in plain) return reader.unknown(plain.unknown);
  if (isCell(plain.data)) return { kind: "cell", cell: plain.data, at: reader.at(value.from) };
  return reader.unknown(unknownValue(value.from, "unexpected", "This is no cell"));
}

function isCell(data: unknown): data is Cell {
  if (typeof data !== "object" || data === null) return false;
  const { dtype, unit, values } = data as { dtype?: unknown; unit?: unknown; values?: unknown };
  if (dtype === "bool") return true;
  if (dtype === "categorical") return Array.isArray(values) && values.every((word) => typeof word === "string");
  return (dtype === "f64" || dtype === "i32") && typeof unit === "string";
}

/** The columns that an `output` option or a schema declares. */
export function outputFact(reader: Reader, value: Value): OutputFact {
  if (value.kind !== "object") return reader.unknown(unexpected(value, "an object of cells by column is expected"));
  if (value.open !== undefined) return reader.unknown(value.open);
  return outputOf(reader, value);
}

function outputOf(reader: Reader, value: ObjectValue): OutputFact {
  const columns = Object.entries(value.entries).map(([name, each]) => ({ name, cell: cellFact(reader, each) }));
  return { kind: "output", columns, at: reader.at(value.from) };
}

/** The output with one column of a node, or all of them. */
export function outputOfRead(reader: Reader, of: Extract<Value, { kind: "column" | "panel" }>): OutputFact {
  if (of.kind === "panel") return reader.node(of.node).output;
  return { kind: "output", columns: [columnFact(reader, of.node, of.column)], at: reader.at(of.from) };
}

export function columnFact(reader: Reader, node: number, column: string): ColumnFact {
  const { output } = reader.node(node);
  if (output.kind === "unknown") return { name: column, cell: output };
  const found = output.columns.find(({ name }) => name === column);
  // evaluate() has refused columns that are not there.
  return found as ColumnFact;
}

/** Interval and scope of a node that reads all these. */
export function clockOfReads(
  reader: Reader,
  reads: readonly ReadFact[],
  call: ts.Node,
): { readonly interval: Term; readonly scope: ScopeFact } {
  let interval: Term | undefined;
  let scope: ScopeFact = { kind: "scope", scope: "market" };
  let isSymbol = false;
  for (const read of reads) {
    if (read.kind === "constant") continue;
    if (read.kind === "unknown") {
      scope = read;
      continue;
    }
    const node = reader.node(read.node);
    // All inputs have one clock or the graph does not build; the one that is surest is taken.
    if (interval === undefined || rank(node.interval) < rank(interval)) interval = node.interval;
    if (node.scope.kind === "unknown") scope = node.scope;
    else if (node.scope.scope === "symbol") isSymbol = true;
  }
  const unread = reads.find((read) => read.kind === "unknown");
  return {
    interval: interval ?? unread ?? reader.unknown(unknownValue(call, "missing", "There is no input that has a clock")),
    scope: isSymbol ? { kind: "scope", scope: "symbol" } : scope,
  };
}

function rank(interval: Term): number {
  return interval.kind === "literal" ? 0 : interval.kind === "unknown" ? 2 : 1;
}

/** What `resample()`, `align()` and the like read: a column or a panel, or the reason why it can't be told. */
export function columnOrPanel(
  value: Value | undefined,
  call: ts.Node,
): Extract<Value, { kind: "column" | "panel" }> | UnknownValue {
  if (value === undefined) return unknownValue(call, "missing", "There is no column here");
  if (value.kind === "column" || value.kind === "panel") return value;
  return unexpected(value, "a column or a panel is expected");
}
