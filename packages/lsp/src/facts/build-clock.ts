import { f64, seconds } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type { InputsFact, OutputFact, ReadFact } from "./facts.ts";
import { type Reader, termOf } from "./reader.ts";
import { cellFact, clockOfReads, columnOrPanel, outputOfRead, readFact, required } from "./reads.ts";
import { unexpected, unknownValue, type Value, valueOfData } from "./value.ts";

type Handle = Extract<Value, { kind: "column" | "panel" }>;

/** `pick(panel, "SPY")`. */
export function buildPick(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const [of] = args;
  if (of === undefined) return missing(call, "panel");
  if (of.kind !== "panel") return unexpected(of, "a panel is expected");
  const read = readFact(reader, of);
  const node = reader.add({
    kind: "pick",
    at: reader.at(call),
    symbol: termOf(reader, args[1] ?? missing(call, "symbol")),
    inputs: one("of", read),
    output: outputOfRead(reader, of),
    interval: clockOfReads(reader, [read], call).interval,
    scope: { kind: "scope", scope: "market" },
  });
  return { kind: "panel", node, from: call };
}

/** `barTime(of)`. */
export function buildBarTime(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const of = columnOrPanel(args[0], call);
  if (of.kind === "unknown") return of;
  const read = readFact(reader, of);
  const node = reader.add({
    kind: "bar-time",
    at: reader.at(call),
    inputs: one("of", read),
    output: fixed(reader, "time", seconds, call),
    ...clockOfReads(reader, [read], call),
  });
  return { kind: "column", node, column: "time", from: call };
}

/** `rng(of, seed)`. */
export function buildRng(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const of = columnOrPanel(args[0], call);
  if (of.kind === "unknown") return of;
  const read = readFact(reader, of);
  const node = reader.add({
    kind: "rng",
    at: reader.at(call),
    seed: termOf(reader, args[1] ?? missing(call, "seed")),
    inputs: one("of", read),
    output: fixed(reader, "value", f64, call),
    ...clockOfReads(reader, [read], call),
  });
  return { kind: "column", node, column: "value", from: call };
}

/** `cast(column, cell)`. */
export function buildCast(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const [of] = args;
  if (of === undefined) return missing(call, "column");
  if (of.kind !== "column") return unexpected(of, "a column is expected");
  const read = readFact(reader, of);
  const to = cellFact(reader, args[1] ?? missing(call, "cell"));
  const node = reader.add({
    kind: "cast",
    at: reader.at(call),
    to,
    inputs: one("of", read),
    output: { kind: "output", columns: [{ name: "value", cell: to }], at: reader.at(call) },
    ...clockOfReads(reader, [read], call),
  });
  return { kind: "column", node, column: "value", from: call };
}

/** `resample(of, interval, fold?)`. */
export function buildResample(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const of = columnOrPanel(args[0], call);
  if (of.kind === "unknown") return of;
  const read = readFact(reader, of);
  const [, to, how] = args;
  const fold =
    how === undefined || (how.kind === "literal" && how.value === undefined) ? undefined : termOf(reader, how);
  const node = reader.add({
    kind: "resample",
    at: reader.at(call),
    ...(fold !== undefined && { fold }),
    inputs: one("of", read),
    output: outputOfRead(reader, of),
    interval: termOf(reader, to ?? missing(call, "interval")),
    scope: clockOfReads(reader, [read], call).scope,
  });
  return likewise(of, node, call);
}

/** `align(of, to, { maxAge })`. */
export function buildAlign(reader: Reader, args: readonly Value[], call: ts.CallExpression): Value {
  const of = columnOrPanel(args[0], call);
  if (of.kind === "unknown") return of;
  const [, to, options] = args;
  const read = readFact(reader, of);
  const clock = columnOrPanel(to, call);
  const target = clock.kind === "unknown" ? reader.unknown(clock) : readFact(reader, clock);
  const node = reader.add({
    kind: "align",
    at: reader.at(call),
    maxAge: termOf(reader, options === undefined ? missing(call, "maxAge") : required(options, "maxAge", call)),
    inputs: {
      kind: "inputs",
      inputs: [
        { name: "of", read },
        { name: "to", read: target },
      ],
      at: reader.at(call),
    },
    output: outputOfRead(reader, of),
    interval: clockOfReads(reader, [target], call).interval,
    scope: clockOfReads(reader, [read, target], call).scope,
  });
  return likewise(of, node, call);
}

function one(name: string, read: ReadFact): InputsFact {
  return { kind: "inputs", inputs: [{ name, read }], at: read.at };
}

function fixed(reader: Reader, name: string, cell: unknown, call: ts.Node): OutputFact {
  return {
    kind: "output",
    columns: [{ name, cell: cellFact(reader, valueOfData(cell, call, true)) }],
    at: reader.at(call),
  };
}

function likewise(of: Handle, node: number, from: ts.Node): Value {
  return of.kind === "column" ? { kind: "column", node, column: of.column, from } : { kind: "panel", node, from };
}

function missing(call: ts.Node, what: string) {
  return unknownValue(call, "missing", `There is no ${what} here`);
}
