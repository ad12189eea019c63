import type { ts } from "../syntax/index.ts";
import type { SchemaFact } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { clockOfReads, functionFact, inputsFact, listFact, option, outputFact, required } from "./reads.ts";
import { literalValue, unexpected, unknownValue, type Value } from "./value.ts";

/** `stream({ … })`. */
export function buildStream(reader: Reader, spec: Value, call: ts.CallExpression): Value {
  const schema = required(spec, "schema", call);
  const columns = required(schema, "columns", call);
  const gaps = option(spec, "gaps");
  const node = reader.add({
    kind: "stream",
    at: reader.at(call),
    inputs: { kind: "inputs", inputs: [], at: reader.at(call) },
    schema: schemaFact(reader, schema),
    tags: listFact(reader, required(spec, "tags", call)),
    match: termOf(reader, option(spec, "match") ?? literalValue(call, "any")),
    ...(gaps !== undefined && { gaps: termOf(reader, gaps) }),
    prices: termOf(reader, option(spec, "prices") ?? literalValue(call, "adjusted")),
    output: outputFact(reader, columns),
    interval: termOf(reader, required(spec, "interval", call)),
    scope: { kind: "scope", scope: "symbol" },
  });
  return { kind: "panel", node, from: call };
}

function schemaFact(reader: Reader, schema: Value): SchemaFact {
  if (schema.kind !== "object") return reader.unknown(unexpected(schema, "a schema is expected"));
  const id = required(schema, "id", schema.from);
  const fold = required(schema, "fold", schema.from);
  if (id.kind !== "literal" || typeof id.value !== "string")
    return reader.unknown(unexpected(id, "the id of a schema is expected"));
  if (fold.kind !== "object") return reader.unknown(unexpected(fold, "the folds of a schema are expected"));
  if (fold.open !== undefined) return reader.unknown(fold.open);
  const folds: Record<string, string> = {};
  for (const [column, how] of Object.entries(fold.entries)) {
    if (how.kind !== "literal" || typeof how.value !== "string")
      return reader.unknown(unexpected(how, "a fold is expected"));
    folds[column] = how.value;
  }
  return { kind: "schema", id: id.value, fold: folds, at: reader.at(schema.from) };
}

/** `node({ … })`, `crossSection({ … })`, `aggregate({ … })`. */
export function buildCompute(
  reader: Reader,
  kind: "user" | "cross-section" | "aggregate",
  spec: Value,
  call: ts.CallExpression,
): Value {
  const inputs = inputsFact(reader, required(spec, "inputs", call));
  const clock =
    inputs.kind === "inputs"
      ? clockOfReads(
          reader,
          inputs.inputs.map(({ read }) => read),
          call,
        )
      : { interval: inputs, scope: inputs };
  const state = kind === "user" ? option(spec, "state") : undefined;
  const warmup = kind === "user" ? option(spec, "warmup") : undefined;
  const domains = kind === "aggregate" ? undefined : option(spec, "domains");
  const node = reader.add({
    kind,
    at: reader.at(call),
    name: termOf(reader, required(spec, "name", call)),
    inputs,
    output: outputFact(reader, required(spec, "output", call)),
    compute: functionFact(reader, required(spec, "compute", call)),
    ...(state !== undefined && { state: functionFact(reader, state) }),
    ...(warmup !== undefined && { warmup: termOf(reader, warmup) }),
    ...(domains !== undefined && { domains: listFact(reader, domains) }),
    interval: clock.interval,
    scope: kind === "user" ? clock.scope : { kind: "scope", scope: kind === "aggregate" ? "market" : "symbol" },
  });
  return { kind: "panel", node, from: call };
}

/** `window(of, bars)`. */
export function buildWindow(args: readonly Value[], call: ts.CallExpression): Value {
  const [of, bars = unknownValue(call, "missing", "There is no number of bars here")] = args;
  if (of === undefined) return unknownValue(call, "missing", "There is no column here");
  if (of.kind !== "column" && of.kind !== "panel") return unexpected(of, "a column or a panel is expected");
  return { kind: "window", bars, of, from: call };
}
