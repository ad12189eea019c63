import type { ManifestNode } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type { InputFact, ListFact, Term } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { clockOfReads, readFact } from "./reads.ts";
import { unknownValue, type Value } from "./value.ts";

/** A call of a package's builder, by what its manifest says. Its inputs are the columns, panels and windows among its arguments. */
export function buildPlugin(
  reader: Reader,
  described: ManifestNode,
  args: readonly Value[],
  call: ts.CallExpression,
): Value {
  const inputs = args.flatMap((value, index) => inputsIn(reader, value, String(index)));
  const at = reader.at(call);
  const columns = Object.entries(described.outputs).map(([name, cell]) => ({
    name,
    cell: { kind: "cell", cell, at } as const,
  }));
  const domains: ListFact | undefined =
    described.domains === undefined
      ? undefined
      : { kind: "list", items: described.domains.map((value) => ({ kind: "literal", value, at })), at };
  const warmup = warmUpTerm(reader, described, args, call);
  const { module, description, returns, causality, mutability, actuation } = described;
  const node = reader.add({
    kind: "plugin",
    at,
    module,
    builder: described.export,
    description,
    returns,
    causality,
    mutability,
    actuation,
    ...(domains !== undefined && { domains }),
    ...(warmup !== undefined && { warmup }),
    inputs: { kind: "inputs", inputs, at },
    output: { kind: "output", columns, at },
    ...clockOfReads(
      reader,
      inputs.map(({ read }) => read),
      call,
    ),
  });
  const [only] = columns;
  if (causality === "delayed")
    return only === undefined || returns === "panel"
      ? unknownValue(call, "package", `${described.export}() gives a panel of labels, which is not followed`)
      : { kind: "label", node, column: only.name, from: call };
  if (returns === "panel") return { kind: "panel", node, from: call };
  return only === undefined
    ? unknownValue(call, "package", `${described.export}() gives a column, and its manifest names none`)
    : { kind: "column", node, column: only.name, from: call };
}

function inputsIn(reader: Reader, value: Value, name: string): readonly InputFact[] {
  switch (value.kind) {
    case "column":
    case "panel":
    case "label":
    case "window":
      return [{ name, read: readFact(reader, value) }];
    case "object":
      return Object.entries(value.entries).flatMap(([key, each]) => inputsIn(reader, each, `${name}.${key}`));
    case "array":
      return value.items.flatMap((each, index) => inputsIn(reader, each, `${name}.${index}`));
    // It may be a column.
    case "unknown":
      return [{ name, read: reader.unknown(value) }];
    default:
      return [];
  }
}

function warmUpTerm(
  reader: Reader,
  { warmup }: ManifestNode,
  args: readonly Value[],
  call: ts.CallExpression,
): Term | undefined {
  if (warmup === undefined) return undefined;
  const at = reader.at(call);
  if (typeof warmup === "number") return { kind: "literal", value: warmup, at };
  const given =
    args[warmup.argument] ?? unknownValue(call, "missing", `There is no argument ${warmup.argument + 1} here`);
  const of = [termOf(reader, given), { kind: "literal", value: warmup.plus, at } as const];
  return { kind: "operation", operator: "+", of, at };
}
