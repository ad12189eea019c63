import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExpressionType, parseExpression } from "./expression.ts";
import { reckon } from "./reckon.ts";
import { shortfalls } from "./shortfall.ts";

const METRICS = new Set(["sharpe", "max_drawdown", "var_95", "num_trades"]);

function parse(text: string, type: ExpressionType = "condition") {
  const parsed = parseExpression(text, type, METRICS);
  if (parsed.kind === "faulty") throw new Error(parsed.faults.map(({ message }) => message).join("; "));
  return parsed.expression;
}

function value(text: string, metrics: Record<string, number> = {}, type: ExpressionType = "condition") {
  return reckon(parse(text, type), new Map(Object.entries(metrics)));
}

function fault(text: string, type: ExpressionType = "condition") {
  const parsed = parseExpression(text, type, METRICS);
  if (parsed.kind === "parsed") throw new Error(`${text} has no fault`);
  return parsed.faults[0]!;
}

describe("expressions", () => {
  test("whole numbers are doubles, whatever they meet", () => {
    expect(value("2*sharpe > 1 + sharpe", { sharpe: 1.5 })).toBe(true);
    expect(value("1/2", {}, "number")).toBe(0.5);
    expect(value("num_trades >= 10", { num_trades: 10 })).toBe(true);
    expect(value("0x10 + 1", {}, "number")).toBe(17);
    expect(value("9007199254740993", {}, "number")).toBe(9007199254740992);
  });

  test("conditions, choices and parentheses", () => {
    const metrics = { sharpe: 1, max_drawdown: 0.3 };
    expect(value("!(sharpe < 1) && (max_drawdown <= 0.2 || sharpe == 1)", metrics)).toBe(true);
    expect(value("sharpe > 2 ? 1.0 : -max_drawdown", metrics, "number")).toBe(-0.3);
    expect(value("(sharpe > 0) == (max_drawdown > 0)", metrics)).toBe(true);
    expect(value("(sharpe > 0) != true", metrics)).toBe(false);
    expect(value("sharpe != 1 // a remark", metrics)).toBe(false);
  });

  test("the metrics it reads, each once, in order", () => {
    const parsed = parseExpression("sharpe - max_drawdown * sharpe", "number", METRICS);
    expect(parsed).toMatchObject({ kind: "parsed", metrics: ["sharpe", "max_drawdown"] });
  });

  test("a number on the way that is not finite makes no condition true", () => {
    expect(value("sharpe / 0 > 1", { sharpe: 1 })).toBeUndefined();
    expect(value("!(sharpe / 0 < 1)", { sharpe: 1 })).toBeUndefined();
    expect(value("0.0 / 0.0 != 1", {})).toBeUndefined();
    expect(value("sharpe > 1", { sharpe: Number.NaN })).toBeUndefined();
    expect(value("sharpe < 1", {})).toBeUndefined();
    expect(value("num_trades == 0 || sharpe / num_trades > 1", { num_trades: 0, sharpe: 1 })).toBe(true);
  });

  test.each([
    ["sharp > 1.0", "policy.unknown-metric", 0, 5, "Did you mean sharpe?"],
    ["sharpe > 1 && maxdrawdown < 1", "policy.unknown-metric", 14, 11, "Did you mean max_drawdown?"],
    ["zzzzzzzz > 1", "policy.unknown-metric", 0, 8, "Metrics are max_drawdown, num_trades, sharpe, var_95."],
    ["sharpe >", "policy.syntax", 8, 0, undefined],
    ["", "policy.syntax", 0, 0, undefined],
    ["sharpe > 1 &", "policy.syntax", 11, 1, undefined],
    ["sharpe + 1", "policy.type", 0, 10, "Compare it, for example with >= 0.5."],
    ["1 < sharpe < 2", "policy.type", 0, 10, undefined],
    ["sharpe && true", "policy.type", 0, 6, undefined],
    ["!sharpe", "policy.type", 1, 6, undefined],
    ["true == 1", "policy.type", 8, 1, undefined],
    ["sharpe > 1 ? 1 : true", "policy.type", 17, 4, undefined],
    ["sharpe in [1.0]", "policy.unsupported", 0, 15, undefined],
    ["abs(sharpe) > 1", "policy.unsupported", 0, 11, undefined],
    ["sharpe > 'a'", "policy.unsupported", 9, 3, undefined],
    ["sharpe % 2 == 0", "policy.unsupported", 0, 10, undefined],
    ["null == null", "policy.unsupported", 0, 4, undefined],
  ])("%s is refused at its place", (text, code, offset, length, next) => {
    expect(fault(text)).toMatchObject({ code, offset, length, ...(next !== undefined && { next }) });
  });

  test("every unknown metric is told, and a condition is no score", () => {
    const parsed = parseExpression("aaaaaaaa > 1 && bbbbbbbb > 1", "condition", METRICS);
    expect(parsed.kind === "faulty" && parsed.faults.map(({ offset }) => offset)).toEqual([0, 16]);
    expect(fault("sharpe > 1", "number").message).toBe("The expression is a condition, and a number is needed");
  });

  test("an expression without end is refused, not walked", () => {
    expect(fault(Array.from({ length: 5000 }, () => "1").join("+"), "number").code).toBe("policy.syntax");
    expect(fault(`${"(".repeat(5000)}1${")".repeat(5000)}`, "number").code).toBe("policy.syntax");
    expect(fault(`${"-".repeat(5000)}1`, "number").code).toBe("policy.syntax");
  });

  test("agrees with the CEL library wherever numbers are finite", () => {
    const names = [...METRICS];
    const leaf = fc.oneof(
      fc.integer({ min: 0, max: 9 }).map((n) => `${n}.0`),
      fc.constantFrom(...names),
    );
    const { condition } = fc.letrec<{ number: string; condition: string }>((tie) => ({
      number: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie("number"), fc.constantFrom("+", "-", "*", "/"), tie("number"))
          .map(([a, o, b]) => `(${a} ${o} ${b})`),
        fc.tuple(tie("number"), fc.constantFrom("+", "-", "*"), tie("number")).map(([a, o, b]) => `${a} ${o} ${b}`),
        tie("number").map((a) => `-(${a})`),
        fc.tuple(tie("condition"), tie("number"), tie("number")).map(([c, a, b]) => `((${c}) ? (${a}) : (${b}))`),
      ),
      condition: fc.oneof(
        { maxDepth: 4 },
        fc
          .tuple(tie("number"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("number"))
          .map(([a, o, b]) => `${a} ${o} ${b}`),
        fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map(([a, o, b]) => `${a} ${o} ${b}`),
        tie("condition").map((a) => `!(${a})`),
        fc.constantFrom("true", "false"),
      ),
    }));
    const library = new Environment();
    for (const name of names) library.registerVariable(name, "double");
    const metrics = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.integer({ min: -4, max: 4 }).map(Number)])),
    );
    let compared = 0;
    fc.assert(
      fc.property(condition, metrics, (text, figures) => {
        const parsed = parseExpression(text, "condition", METRICS);
        if (parsed.kind === "faulty") return expect(parsed.faults[0]?.message).toMatch(/Exceeded/);
        const own = reckon(parsed.expression, new Map(Object.entries(figures)));
        if (own === undefined) return;
        compared++;
        expect(own).toBe(library.evaluate(text, figures));
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe("shortfalls", () => {
  const of = (text: string, metrics: Record<string, number>) =>
    shortfalls(parse(text), new Map(Object.entries(metrics)));

  test("either way round, with the distance to the bound", () => {
    expect(of("sharpe >= 0.5", { sharpe: 0.2 })).toEqual([
      { metric: "sharpe", value: 0.2, operator: ">=", bound: 0.5, distance: 0.3, holds: false, oneOfSeveral: false },
    ]);
    expect(of("0.5 < sharpe", { sharpe: 0.5 })).toMatchObject([{ operator: ">", bound: 0.5, distance: 0 }]);
    expect(of("max_drawdown <= 2 * var_95", { max_drawdown: 0.3, var_95: 0.1 })).toMatchObject([
      { metric: "max_drawdown", operator: "<=", bound: 0.2 },
    ]);
  });

  test("only the sides that fail; of an or, all of them, as alternatives", () => {
    const metrics = { sharpe: 0.2, max_drawdown: 0.3, num_trades: 50 };
    expect(of("sharpe > 1 && num_trades > 10 && max_drawdown < 0.1", metrics).map(({ metric }) => metric)).toEqual([
      "sharpe",
      "max_drawdown",
    ]);
    expect(of("sharpe > 1 || max_drawdown < 0.1", metrics)).toMatchObject([
      { metric: "sharpe", oneOfSeveral: true },
      { metric: "max_drawdown", oneOfSeveral: true },
    ]);
  });

  test("through negation and choice", () => {
    expect(of("!(sharpe < 1 || max_drawdown > 0.1)", { sharpe: 0.5, max_drawdown: 0 })).toMatchObject([
      { metric: "sharpe", operator: ">=", bound: 1, oneOfSeveral: false },
    ]);
    expect(of("num_trades > 9 ? sharpe > 1 : sharpe > 2", { num_trades: 3, sharpe: 1.5 })).toMatchObject([
      { bound: 2 },
    ]);
    expect(of("sharpe - max_drawdown > 1", { sharpe: 0.5, max_drawdown: 0 })).toEqual([]);
  });
});
