import { categorical, fraction } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type { CellFact, ReadFact, Term } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { cellFact, clockOfReads, option, readFact, required } from "./reads.ts";
import { entriesOf, literalValue, unexpected, unknownValue, type Value, valueOfData } from "./value.ts";

/** `forwardReturn(close, bars)`. */
export function buildForwardReturn(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const [of] = args;
  if (of === undefined) return missing(call, "column");
  if (of.kind !== "column") return unexpected(of, "a column is expected");
  const read = readFact(reader, of);
  const at = reader.at(call);
  const node = reader.add({
    kind: "label",
    label: "forward-return",
    at,
    bars: termOf(reader, args[1] ?? missing(call, "number of bars")),
    options: {},
    inputs: { kind: "inputs", inputs: [{ name: "close", read }], at },
    output: { kind: "output", columns: [{ name: "value", cell: fixed(reader, fraction, call) }], at },
    ...clockOfReads(reader, [read], call),
  });
  return { kind: "label", node, column: "value", from: call };
}

/** `tripleBarrier(close, { volatility, profit, loss, bars, side, cost })`. */
export function buildTripleBarrier(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const [of, spec = missing(call, "options object")] = args;
  if (of === undefined) return missing(call, "column");
  if (of.kind !== "column") return unexpected(of, "a column is expected");
  const close = readFact(reader, of);
  const measure = required(spec, "volatility", call);
  const volatility: ReadFact =
    measure.kind === "column" ? readFact(reader, measure) : reader.unknown(unexpected(measure, "a column is expected"));
  const term = (name: string): Term => termOf(reader, required(spec, name, call));
  const at = reader.at(call);
  const node = reader.add({
    kind: "label",
    label: "triple-barrier",
    at,
    bars: term("bars"),
    options: {
      profit: term("profit"),
      loss: term("loss"),
      side: termOf(reader, option(spec, "side") ?? literalValue(call, "long")),
      cost: termOf(reader, option(spec, "cost") ?? literalValue(call, 0)),
    },
    inputs: {
      kind: "inputs",
      inputs: [
        { name: "close", read: close },
        { name: "volatility", read: volatility },
      ],
      at,
    },
    output: {
      kind: "output",
      columns: [
        { name: "outcome", cell: fixed(reader, categorical(["loss", "timeout", "profit"]), call) },
        { name: "net", cell: fixed(reader, fraction, call) },
      ],
      at,
    },
    ...clockOfReads(reader, [close, volatility], call),
  });
  const label = (column: string): Value => ({ kind: "label", node, column, from: call });
  const entries = entriesOf({ outcome: label("outcome"), net: label("net") });
  return { kind: "object", entries, open: undefined, frozen: true, from: call };
}

function fixed(reader: Reader, cell: unknown, call: ts.Node): CellFact {
  return cellFact(reader, valueOfData(cell, call, true));
}

function missing(call: ts.CallExpression, what: string): Value {
  return unknownValue(call, "missing", `There is no ${what} here`);
}
