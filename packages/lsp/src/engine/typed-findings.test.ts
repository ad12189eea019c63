import { describe, expect, test } from "vitest";
import type { TypeProblem } from "../types/problem.ts";
import { createAnalysis } from "./analysis.ts";

/** @param compute the body of a node */
function strategyText({
  before = "",
  of = "bars.close",
  compute = "({ weight: close > 1 ? 1 : 0 })",
  after = "",
} = {}) {
  return `import { cast, node, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
import { fraction, ohlcv } from "@qmtl/core/schema";
${before}
export default strategy({
  name: "tested",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const hold = node({
      name: "hold",
      inputs: { close: ${of}, recent: window(bars.close, 5) },
      output: { weight: fraction },
      compute: ({ close, recent }) => ${compute},
    });
    return targetWeights(hold.weight);
  },
});
${after}`;
}

const PATH = "a.ts";
function analysed(text: string, others: Readonly<Record<string, string>> = {}) {
  const texts: Record<string, string> = { [PATH]: text, ...others };
  const analysis = createAnalysis({ read: (path) => texts[path], list: () => Object.keys(texts) });
  const codes = () => analysis.findings(PATH)?.map(({ code, place }) => `${code} ${place.start.line}`);
  codes();
  return {
    analysis,
    codes,
    edit(now: string) {
      texts[PATH] = now;
      analysis.changed([PATH]);
    },
  };
}

const HELPER = "const half = (of: any): any => of;\n";
const OPEN = strategyText({ before: HELPER, of: "half(bars.close)" });

describe("a file asks for types", () => {
  const asks = (given: Parameters<typeof strategyText>[0]) => analysed(strategyText(given)).analysis.asksTypes(PATH);

  test("never, where its text tells all", () => {
    expect(asks({})).toBe(false);
    for (const value of [
      "1",
      "-close",
      "close / 2",
      "Math.abs(close)",
      "close > 1 ? NaN : 0",
      "scaled",
      "clamp(close)",
    ])
      expect(
        asks({
          before: "function clamp(x: number): number { return x; }",
          compute: `{ const scaled = close * 2; return { weight: ${value} }; }`,
        }),
        value,
      ).toBe(false);
  });

  test("where the graph goes through functions of its own", () => {
    expect(asks({ before: HELPER, of: "half(bars.close)" })).toBe(true);
    expect(asks({ before: HELPER, compute: "({ weight: half(recent) > 0 ? 1 : 0 })" })).toBe(true);
  });

  test("where what compute gives is not seen, or seen to be another thing", () => {
    for (const compute of [
      "half(close)",
      "({ ...half(close) })",
      "({ weight: half(close) })",
      "({ weight: close > 1 })",
      '({ weight: "1" })',
      "({ weight: recent.newest })",
    ])
      expect(asks({ before: HELPER, compute }), compute).toBe(true);
  });

  test("where it builds without a strategy, and nothing when it only brings data or types", () => {
    const asksAlone = (text: string) => analysed(text).analysis.asksTypes(PATH);
    expect(
      asksAlone('import { sma } from "@qmtl/core/indicators";\nexport const fast = (x: any) => sma(x, 3);\n'),
    ).toBe(true);
    expect(asksAlone('import { unit, f64 } from "@qmtl/core/schema";\nexport const bps = unit(f64, "bps");\n')).toBe(
      false,
    );
  });

  test("where another one calls what it builds", () => {
    const { analysis } = analysed(
      strategyText({ before: 'import { half } from "./shared.ts";', of: "half(bars.close)" }),
      { "shared.ts": 'import { sma } from "@qmtl/core/indicators";\nexport const half = (of: any) => sma(of, 2);\n' },
    );
    expect(analysis.asksTypes("shared.ts")).toBe(true);
  });

  test("not while it does not parse, and not where it is JavaScript", () => {
    const { analysis, codes, edit } = analysed(OPEN);
    edit(`${OPEN} (`);
    codes();
    expect(analysis.asksTypes(PATH)).toBe(false);
    const script = createAnalysis({ read: () => OPEN.replaceAll(": any", ""), list: () => ["a.js"] });
    expect(script.findings("a.js")).toBeDefined();
    expect(script.asksTypes("a.js")).toBe(false);
  });
});

/** At `half(bars.close)`. */
const place = { file: PATH, start: { line: 11, column: 24 }, end: { line: 11, column: 40 } };
const cell = { dtype: "f64", unit: "price" } as const;
const WORDED: readonly (readonly [TypeProblem, string, string])[] = [
  [
    { kind: "unknown-column", place, wanted: "clsoe", among: ["open", "close"] },
    'S201 There is no column "clsoe"; there are open, close',
    "Change to close",
  ],
  [
    { kind: "wrong-cell", place, who: "sma()", wanted: { dtypes: ["f64", "i32"], unit: "fraction" }, found: cell },
    "S202 sma() needs fraction, and this column is f64<price>",
    "Cast it to fraction",
  ],
  [
    { kind: "wrong-cell", place, who: "sma()", wanted: { dtypes: ["f64", "i32"] }, found: { dtype: "bool" } },
    "S202 sma() needs f64 or i32, and this column is bool",
    "",
  ],
  [
    { kind: "missing-columns", place, missing: ["high", "low"], needed: ["high", "low", "close"] },
    'S203 This panel has no column "high", and high, low, close are needed here',
    "",
  ],
  [
    { kind: "undeclared-output", place, name: "wieght", declared: ["weight"] },
    'S204 "wieght" is not declared; output declares weight',
    "",
  ],
  [
    { kind: "missing-outputs", place, missing: ["weight"], declared: ["weight"] },
    "S204 What is returned lacks weight, which output declares",
    "",
  ],
  [
    { kind: "wrong-output", place, name: "weight", cell, found: "boolean" },
    'S204 "weight" is declared as f64<price>, and boolean is given',
    "",
  ],
  [
    { kind: "mixed-intervals", place, who: '"hold"', from: "1d", to: "1h", resamples: true },
    'G304 "hold" joins 1d with 1h',
    "Resample it to 1d",
  ],
  [
    { kind: "mixed-intervals", place, who: '"hold"', from: "1d", to: "1h", resamples: false },
    'G304 "hold" joins 1d with 1h',
    "",
  ],
  [{ kind: "no-decision", place, found: "A column" }, "G305 A column is returned, which decides nothing", ""],
  [
    { kind: "look-ahead", place, of: "window", offset: 1, isLiteral: true },
    "C401 Offset 1 looks ahead: -1 is the bar that just closed, -2 the one before it",
    "Count back: -1",
  ],
  [{ kind: "look-ahead", place, of: "lag", offset: -2, isLiteral: false }, "C401 A lag of -2 looks 2 bars ahead", ""],
  [
    { kind: "label-read", place, who: "sma()" },
    "C402 This label is known only after its bar, and sma() reads it at its bar",
    "",
  ],
];

describe("what types have told", () => {
  test("is said in the words of the rules, with their fixes", () => {
    for (const [problem, says, fix] of WORDED) {
      const { analysis } = analysed(OPEN);
      analysis.answerTypes(PATH, [problem]);
      const told = (analysis.findings(PATH) ?? []).filter(({ tier }) => tier === 2);
      expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([says]);
      expect(told[0]).toMatchObject({ provenByTypes: true, place });
      expect(told[0]?.fixes[0]?.title ?? "").toBe(fix);
    }
  });

  const [, [wrong]] = WORDED as [unknown, (typeof WORDED)[number]];

  test("moves with its text, and is gone where that was edited, answered anew, or taken back", () => {
    const { analysis, codes, edit } = analysed(OPEN);
    analysis.answerTypes(PATH, [wrong]);
    expect(codes()).toEqual(["G306 11", "S202 11"]);
    edit(`\n${OPEN}`);
    expect(codes()).toEqual(["G306 12", "S202 12"]);
    edit(OPEN.replace("half(bars.close)", "half(bars.open)"));
    expect(codes()).toEqual(["G306 11"]);
    edit(OPEN);
    analysis.answerTypes(PATH, []);
    expect(codes()).toEqual(["G306 11"]);
    analysis.answerTypes(PATH, [wrong]);
    analysis.answerTypes(PATH, undefined);
    expect(codes()).toEqual(["G306 11"]);
  });

  test("stays while the file does not parse, and goes when it asks no more", () => {
    const { analysis, codes, edit } = analysed(OPEN);
    analysis.answerTypes(PATH, [wrong]);
    edit(`${OPEN} (`);
    expect(codes()).toContain("S202 11");
    edit(strategyText());
    expect(codes()).toEqual([]);
    edit(OPEN);
    expect(codes()).toEqual(["G306 11"]);
  });

  test("is not told where the text tells it too", () => {
    const text = OPEN.replace("targetWeights(hold.weight)", "targetWeights(bars.close)");
    const { analysis, codes } = analysed(text);
    const at = { file: PATH, start: { line: 15, column: 26 }, end: { line: 15, column: 36 } };
    analysis.answerTypes(PATH, [{ ...wrong, place: at } as TypeProblem]);
    expect(codes()?.filter((each) => each.startsWith("S202"))).toEqual(["S202 15"]);
  });

  test("can be suppressed, and a comment waits for it", () => {
    const text = OPEN.replace(
      "window(bars.close, 5) },",
      "window(bars.close, 5) }, // qmtl-ignore S202, G306 -- agreed",
    );
    const { analysis, codes, edit } = analysed(text);
    expect(codes()).toEqual(["G306 11"]);
    analysis.answerTypes(PATH, [wrong]);
    expect(analysis.findings(PATH)?.map(({ code, suppressed }) => [code, suppressed !== undefined])).toEqual([
      ["G306", true],
      ["S202", true],
    ]);
    analysis.answerTypes(PATH, []);
    expect(codes()).toEqual(["G306 11", "X902 11"]);
    edit(text.replace("S202, G306", "S208, G306"));
    expect(codes()).toEqual(["G306 11", "X902 11"]);
  });
});
