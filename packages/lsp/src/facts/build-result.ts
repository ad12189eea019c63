import type { ts } from "../syntax/index.ts";
import type { NamedRead, ResultFact, TradeFact } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { namedReads, option, readFact, required } from "./reads.ts";
import { unexpected, unknownValue, type Value } from "./value.ts";

/** `targetWeights(of)`, `targetPositions(of)`. */
export function buildTargets(
  reader: Reader,
  kind: "targetWeights" | "targetPositions",
  args: readonly Value[],
  call: ts.CallExpression,
): Value {
  const of = args[0] ?? unknownValue(call, "missing", "There is no target here");
  return result(call, {
    kind,
    at: reader.at(call),
    target: of.kind === "object" ? namedReads(reader, of) : readFact(reader, of),
  });
}

/** `orders({ long, short })`. */
export function buildOrders(reader: Reader, spec: Value, call: ts.CallExpression): Value {
  const long = option(spec, "long");
  const short = option(spec, "short");
  return result(call, {
    kind: "orders",
    at: reader.at(call),
    ...(long !== undefined && { long: tradeFact(reader, long) }),
    ...(short !== undefined && { short: tradeFact(reader, short) }),
  });
}

// In the order in which the graph meets them.
const COLUMNS = ["enter", "exit", "limit", "trigger", "stop", "takeProfit", "trail", "until", "size"] as const;

function tradeFact(reader: Reader, spec: Value): TradeFact {
  if (spec.kind !== "object") return reader.unknown(unexpected(spec, "a trade is expected"));
  if (spec.open !== undefined) return reader.unknown(spec.open);
  const columns: NamedRead[] = [];
  for (const name of COLUMNS) {
    const value = option(spec, name);
    if (value !== undefined) columns.push({ name, read: readFact(reader, value) });
  }
  const expire = option(spec, "expire");
  const auction = option(spec, "at");
  const timeInForce = option(spec, "timeInForce");
  return {
    kind: "trade",
    at: reader.at(spec.from),
    columns,
    ...(expire !== undefined && { expire: termOf(reader, expire) }),
    ...(auction !== undefined && { auction: termOf(reader, auction) }),
    ...(timeInForce !== undefined && { timeInForce: termOf(reader, timeInForce) }),
  };
}

/** `dataset({ … })`. */
export function buildDataset(reader: Reader, spec: Value, call: ts.CallExpression): Value {
  return result(call, {
    kind: "dataset",
    at: reader.at(call),
    name: termOf(reader, required(spec, "name", call)),
    features: namedReads(reader, required(spec, "features", call)),
    labels: namedReads(reader, required(spec, "labels", call)),
  });
}

function result(from: ts.Node, fact: ResultFact): Value {
  return { kind: "result", result: fact, from };
}
