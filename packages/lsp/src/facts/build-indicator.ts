import { type IndicatorArgument, type IndicatorSignature, indicatorSignatures } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type { CellFact, ColumnFact, InputFact, ReadFact, Term } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { cellFact, clockOfReads, columnFact, readFact } from "./reads.ts";
import { unexpected, unknownValue, type Value } from "./value.ts";

/** The signature of a builder of `@qmtl/core/indicators`, by the name it is written by. */
export function signatureOf(name: string): IndicatorSignature | undefined {
  return Object.hasOwn(indicatorSignatures, name) ? indicatorSignatures[name] : undefined;
}

/** A call of an indicator. */
export function buildIndicator(
  reader: Reader,
  signature: IndicatorSignature,
  args: readonly Value[],
  call: ts.CallExpression,
): Value {
  const sources = new Map<string, ReadFact>();
  const cells = new Map<string, CellFact>();
  const params: Record<string, Term> = {};
  signature.arguments.forEach((argument, position) => {
    const value = args[position] ?? unknownValue(call, "missing", `There is no "${argument.name}" here`);
    switch (argument.kind) {
      case "column": {
        const read = readFact(
          reader,
          value.kind === "column" || value.kind === "label" ? value : unexpected(value, "a column is expected"),
        );
        sources.set(argument.name, read);
        cells.set(argument.name, cellOfRead(reader, read, value));
        break;
      }
      case "panel":
        for (const input of signature.kernel.of.inputs)
          sources.set(input, columnOfPanel(reader, argument, value, input));
        break;
      case "cell":
        cells.set(argument.name, cellFact(reader, value));
        break;
      default:
        params[argument.name] = termOf(reader, value);
    }
  });
  const inputs = signature.kernel.of.inputs.map((name): InputFact => ({ name, read: sources.get(name) as ReadFact }));
  const clock = clockOfReads(
    reader,
    inputs.map(({ read }) => read),
    call,
  );
  if (signature.clocked) params["interval"] = clock.interval;
  const node = reader.add({
    kind: signature.kernel.kind,
    builder: signature.name,
    kernel: signature.kernel.of.name,
    at: reader.at(call),
    params,
    inputs: { kind: "inputs", inputs, at: reader.at(call) },
    output: { kind: "output", columns: outputs(reader, signature, cells, call), at: reader.at(call) },
    interval: clock.interval,
    scope: signature.scope === "symbol" ? { kind: "scope", scope: "symbol" } : clock.scope,
  });
  const [only, ...others] = Object.keys(signature.outputs);
  return only !== undefined && others.length === 0
    ? { kind: "column", node, column: only, from: call }
    : { kind: "panel", node, from: call };
}

function cellOfRead(reader: Reader, read: ReadFact, value: Value): CellFact {
  if (read.kind === "column") return columnFact(reader, read.node, read.column).cell;
  return read.kind === "unknown" ? read : reader.unknown(unexpected(value, "a causal column is expected"));
}

function columnOfPanel(
  reader: Reader,
  { columns }: Extract<IndicatorArgument, { kind: "panel" }>,
  value: Value,
  input: string,
): ReadFact {
  if (value.kind !== "panel") return reader.unknown(unexpected(value, "a panel is expected"));
  const { output } = reader.node(value.node);
  const isThere = output.kind === "unknown" || output.columns.some(({ name }) => name === input);
  if (isThere) return { kind: "column", node: value.node, column: input, at: reader.at(value.from) };
  const needed = Object.keys(columns);
  return reader.unknown(
    unknownValue(value.from, "missing-column", `There is no column "${input}"; ${needed.join(", ")} are needed`, {
      wanted: input,
      among: needed,
    }),
  );
}

function outputs(
  reader: Reader,
  { outputs: declared }: IndicatorSignature,
  cells: ReadonlyMap<string, CellFact>,
  call: ts.CallExpression,
): ColumnFact[] {
  const at = reader.at(call);
  return Object.entries(declared).map(([name, output]): ColumnFact => {
    if (output.kind === "fixed") return { name, cell: { kind: "cell", cell: output.cell, at } };
    const of = cells.get(output.argument) as CellFact;
    if (of.kind === "unknown" || output.kind !== "float-of") return { name, cell: of };
    const { cell } = of;
    const unit = cell.dtype === "f64" || cell.dtype === "i32" ? cell.unit : "none";
    return { name, cell: { kind: "cell", cell: { dtype: "f64", unit }, at } };
  });
}
