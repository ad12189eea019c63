import type { ManifestNode } from "@qmtl/core/static";
import type { ts } from "../syntax/index.ts";
import type { At, NodeFact, Term, Unknown } from "./facts.ts";
import { type UnknownValue, unexpected, type Value } from "./value.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One reading of one strategy: what builders need of it. */
export interface Reader {
  /** What an expression is, without running it. The same expression gives the same value, and makes its node once. */
  evaluate(expression: ts.Expression): Value;
  /** Puts a node into the strategy and gives its index. */
  add(node: DistributiveOmit<NodeFact, "index">): number;
  node(index: number): NodeFact;
  /** What the manifest of a package says of a builder that it exports. */
  nodeBuilder(specifier: string, name: string): ManifestNode | undefined;
  at(syntax: ts.Node): At;
  /** States something unknown as a fact, and keeps it among what could not be read. */
  unknown(value: UnknownValue): Unknown;
}

/** A constant of the graph as a fact. */
export function termOf(reader: Reader, value: Value): Term {
  const at = reader.at(value.from);
  switch (value.kind) {
    case "literal":
      return literalTerm(reader, value, at);
    case "param":
      return { kind: "param", name: value.name, at };
    case "operation":
      return { kind: "operation", operator: value.operator, of: value.of.map((each) => termOf(reader, each)), at };
    case "unknown":
      return reader.unknown(value);
    default:
      return reader.unknown(unexpected(value, "a constant is expected"));
  }
}

function literalTerm(reader: Reader, value: Extract<Value, { kind: "literal" }>, at: At): Term {
  const literal = value.value;
  if (literal === null || literal === undefined) return reader.unknown(unexpected(value, "a constant is expected"));
  if (typeof literal !== "number") return { kind: "literal", value: literal, at };
  if (Number.isNaN(literal)) return { kind: "special", value: "NaN", at };
  if (literal === Number.POSITIVE_INFINITY) return { kind: "special", value: "Infinity", at };
  if (literal === Number.NEGATIVE_INFINITY) return { kind: "special", value: "-Infinity", at };
  return Object.is(literal, -0) ? { kind: "special", value: "-0", at } : { kind: "literal", value: literal, at };
}
