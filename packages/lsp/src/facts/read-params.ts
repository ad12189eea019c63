import type { ts } from "../syntax/index.ts";
import type { ParamFact, ParamsFact } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { listFact, option, required } from "./reads.ts";
import { entriesOf, unexpected, unknownValue, type Value } from "./value.ts";

/** The knobs that a strategy declares. */
export function readParams(reader: Reader, declared: Value | undefined): ParamsFact {
  if (declared === undefined) return { kind: "params", params: [] };
  if (declared.kind !== "object") return reader.unknown(unexpected(declared, "an object of params is expected"));
  if (declared.open !== undefined) return reader.unknown(declared.open);
  return {
    kind: "params",
    params: Object.entries(declared.entries).map(([name, value]) => readParam(reader, name, value)),
  };
}

function readParam(reader: Reader, name: string, value: Value): ParamFact {
  if (value.kind !== "declared-param") {
    const { cause, at } = reader.unknown(unexpected(value, "the declaration of a param is expected"));
    return { kind: "unknown", name, cause, at };
  }
  const { call } = value;
  const at = reader.at(call);
  const [standard, range = unknownValue(call, "missing", "There is no range here")] = call.arguments.map(
    reader.evaluate,
  );
  const byDefault = termOf(reader, standard ?? unknownValue(call, "missing", "There is no default here"));
  if (value.of === "choice") return { kind: "choice", name, at, default: byDefault, of: listFact(reader, range) };
  const step = option(range, "step");
  return {
    kind: value.of,
    name,
    at,
    default: byDefault,
    min: termOf(reader, required(range, "min", call)),
    max: termOf(reader, required(range, "max", call)),
    ...(step !== undefined && { step: termOf(reader, step) }),
  };
}

/** What the graph's function receives. */
export function graphContext(params: ParamsFact, from: ts.Node): Value {
  const entries = entriesOf();
  if (params.kind === "params") for (const { name } of params.params) entries[name] = { kind: "param", name, from };
  const open = params.kind === "unknown" ? { kind: "unknown" as const, cause: params.cause, from } : undefined;
  const given: Value = { kind: "object", entries, open, frozen: true, from };
  return { kind: "object", entries: entriesOf({ params: given }), open: undefined, frozen: false, from };
}
