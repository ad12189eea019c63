import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import { closestName } from "./closest-name.ts";

export type ArithmeticOperator = "+" | "-" | "*" | "/";
export type ComparisonOperator = "<" | "<=" | ">" | ">=" | "==" | "!=";

/**
 * A policy's expression: the part of CEL that numbers and conditions need. All numbers are doubles, `2` as well as `2.0`; types
 * are checked, so a comparison has numbers on both sides and `&&` has conditions.
 */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "condition"; readonly value: boolean }
  | { readonly kind: "metric"; readonly name: string }
  | { readonly kind: "negative"; readonly of: Expression }
  | { readonly kind: "not"; readonly of: Expression }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "comparison";
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "agreement";
      readonly operator: "==" | "!=";
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "logic"; readonly operator: "&&" | "||"; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "choice";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    };

export type ExpressionType = "number" | "condition";

/** What is wrong with an expression, and where: UTF-16 offsets into its text. */
export interface ExpressionFault {
  readonly code: "policy.syntax" | "policy.unknown-metric" | "policy.type" | "policy.unsupported";
  readonly message: string;
  readonly next: string;
  readonly offset: number;
  readonly length: number;
}

export type ParsedExpression =
  | { readonly kind: "parsed"; readonly expression: Expression; readonly metrics: readonly string[] }
  | { readonly kind: "faulty"; readonly faults: readonly ExpressionFault[] };

/** Far above what people write; an expression is walked recursively. */
const CEL = new Environment({ limits: { maxAstNodes: 500, maxDepth: 100 } });

const LANGUAGE = "Expressions know numbers, true, false, metrics, + - * /, comparisons, && || ! and ?:.";
const NOUN: Readonly<Record<ExpressionType, string>> = { number: "a number", condition: "a condition" };

/** Reads a CEL expression over metrics that is to be a number or a condition. Never throws for what a user wrote. */
export function parseExpression(text: string, wanted: ExpressionType, metrics: ReadonlySet<string>): ParsedExpression {
  let root: ASTNode;
  try {
    root = CEL.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const start = Math.min(error.range?.start ?? 0, text.length);
    const length = Math.max(0, Math.min(error.range?.end ?? start, text.length) - start);
    const message = text.trim() === "" ? "The expression is empty" : `The expression can't be read: ${error.summary}`;
    return {
      kind: "faulty",
      faults: [{ code: "policy.syntax", message, next: LANGUAGE, offset: start, length }],
    };
  }
  const used = new Set<string>();
  const faults: ExpressionFault[] = [];
  const read = readNode(root, { metrics, used, faults });
  if (read !== undefined && read.type !== wanted)
    faults.push({
      code: "policy.type",
      message: `The expression is ${NOUN[read.type]}, and ${NOUN[wanted]} is needed`,
      next:
        wanted === "condition"
          ? "Compare it, for example with >= 0.5."
          : "Write a number, or choose between two with condition ? a : b.",
      offset: 0,
      length: text.length,
    });
  if (read === undefined || faults.length > 0) return { kind: "faulty", faults };
  return { kind: "parsed", expression: read.expression, metrics: [...used] };
}

interface Reading {
  readonly metrics: ReadonlySet<string>;
  /** Filled with the names of metrics, in their order. */
  readonly used: Set<string>;
  readonly faults: ExpressionFault[];
}

interface Read {
  readonly expression: Expression;
  readonly type: ExpressionType;
}

/** Undefined when a fault was recorded below: one mistake is told once. */
function readNode(node: ASTNode, reading: Reading): Read | undefined {
  switch (node.op) {
    case "value":
      return readLiteral(node, node.args, reading);
    case "id":
      return readMetric(node, node.args, reading);
    case "-_":
      return typed(readOf(node.args, "number", reading), "number", (of) => ({ kind: "negative", of }));
    case "!_":
      return typed(readOf(node.args, "condition", reading), "condition", (of) => ({ kind: "not", of }));
    case "+":
    case "-":
    case "*":
    case "/": {
      const operator = node.op;
      return readPair(node.args, "number", "number", reading, (left, right) => ({
        kind: "arithmetic",
        operator,
        left,
        right,
      }));
    }
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const operator = node.op;
      return readPair(node.args, "number", "condition", reading, (left, right) => ({
        kind: "comparison",
        operator,
        left,
        right,
      }));
    }
    case "&&":
    case "||": {
      const operator = node.op;
      return readPair(node.args, "condition", "condition", reading, (left, right) => ({
        kind: "logic",
        operator,
        left,
        right,
      }));
    }
    case "==":
    case "!=":
      return readEquality(node.args, node.op, reading);
    case "?:":
      return readChoice(node.args, reading);
    default:
      return refuse(node, `Policies have no use for ${describe(node)}`, reading);
  }
}

function readLiteral(node: ASTNode, value: unknown, reading: Reading): Read | undefined {
  if (typeof value === "boolean") return { expression: { kind: "condition", value }, type: "condition" };
  if (typeof value === "number" || typeof value === "bigint")
    return { expression: { kind: "number", value: Number(value) }, type: "number" };
  return refuse(node, `Policies have no use for ${describe(node)}`, reading);
}

function readMetric(node: ASTNode, name: string, reading: Reading): Read | undefined {
  if (!reading.metrics.has(name)) {
    const known = [...reading.metrics].sort();
    const close = closestName(name, known);
    reading.faults.push({
      code: "policy.unknown-metric",
      message: `No evaluator of this world gives the metric ${name}`,
      next: close === undefined ? `Metrics are ${known.join(", ") || "none"}.` : `Did you mean ${close}?`,
      offset: node.start,
      length: node.end - node.start,
    });
    return undefined;
  }
  reading.used.add(name);
  return { expression: { kind: "metric", name }, type: "number" };
}

function readEquality(
  [left, right]: readonly [ASTNode, ASTNode],
  operator: "==" | "!=",
  reading: Reading,
): Read | undefined {
  const a = readNode(left, reading);
  const b = a === undefined ? readNode(right, reading) : readOf(right, a.type, reading);
  if (a === undefined || b === undefined) return undefined;
  const kind = a.type === "number" ? "comparison" : "agreement";
  return { expression: { kind, operator, left: a.expression, right: b.expression }, type: "condition" };
}

function readChoice(args: readonly [ASTNode, ASTNode, ASTNode], reading: Reading): Read | undefined {
  const condition = readOf(args[0], "condition", reading);
  const whenTrue = readNode(args[1], reading);
  const whenFalse = whenTrue === undefined ? readNode(args[2], reading) : readOf(args[2], whenTrue.type, reading);
  if (condition === undefined || whenTrue === undefined || whenFalse === undefined) return undefined;
  return {
    expression: {
      kind: "choice",
      condition: condition.expression,
      whenTrue: whenTrue.expression,
      whenFalse: whenFalse.expression,
    },
    type: whenTrue.type,
  };
}

function readOf(node: ASTNode, wanted: ExpressionType, reading: Reading): Read | undefined {
  const read = readNode(node, reading);
  if (read === undefined || read.type === wanted) return read;
  reading.faults.push({
    code: "policy.type",
    message: `This is ${NOUN[read.type]}, and ${NOUN[wanted]} is needed here`,
    next: LANGUAGE,
    offset: node.start,
    length: node.end - node.start,
  });
  return undefined;
}

function readPair(
  [left, right]: readonly [ASTNode, ASTNode],
  wanted: ExpressionType,
  type: ExpressionType,
  reading: Reading,
  make: (left: Expression, right: Expression) => Expression,
): Read | undefined {
  const a = readOf(left, wanted, reading);
  const b = readOf(right, wanted, reading);
  return a === undefined || b === undefined ? undefined : { expression: make(a.expression, b.expression), type };
}

function typed(read: Read | undefined, type: ExpressionType, make: (of: Expression) => Expression): Read | undefined {
  return read === undefined ? undefined : { expression: make(read.expression), type };
}

function refuse(node: ASTNode, message: string, reading: Reading): undefined {
  reading.faults.push({
    code: "policy.unsupported",
    message,
    next: LANGUAGE,
    offset: node.start,
    length: node.end - node.start,
  });
  return undefined;
}

function describe(node: ASTNode): string {
  switch (node.op) {
    case "value":
      return typeof node.args === "string" ? "texts" : "literals of this kind";
    case "call":
    case "rcall":
      return "functions";
    case "list":
    case "map":
      return "lists and maps";
    default:
      return `the operator ${node.op}`;
  }
}
