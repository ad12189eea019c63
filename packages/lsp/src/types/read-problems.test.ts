import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkerOf, PROJECT, told } from "./type-files.test.kit.ts";

/** The page of wrong programs that core keeps, beside what TypeScript says to them. */
const page = readFileSync(new URL("../../../core/src/strategy/type-tests/messages.md", import.meta.url), "utf8");
const [head = "", ...sections] = page.split(/^## /m);
const blockOf = (text: string): string => text.match(/^```ts\n([\s\S]*?)^```$/m)?.[1] ?? "";
const programs = new Map(sections.map((each) => [each.slice(0, each.indexOf("\n")), blockOf(each)]));

const PATH = `${PROJECT}/strategies/wrong-program.ts`;
const texts = new Map<string, string>();
const checker = checkerOf(texts);

function problemsIn(code: string) {
  const text = blockOf(head) + code;
  texts.set(PATH, text);
  const problems = checker.problems(PATH);
  return { problems, told: told(text, problems) };
}

/** What each of the programs comes to. The others are wrong for reasons that no rule about types has. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "unknown column": ["unknown-column clsoe"],
  "unknown column of a panel in compute": ["unknown-column clsoe"],
  "wrong unit: quantity where a price is needed": ["wrong-cell bars.volume"],
  "wrong unit: a bare number as a weight": ["wrong-cell cross.zscore(returns(bars.close, 20))"],
  "wrong unit: rsi as a weight": ["wrong-cell rsi(bars.close, 14)"],
  "wrong dtype: categorical into sma": ["wrong-cell ticks.side"],
  "wrong dtype: bool as weight": ["wrong-cell all.up"],
  "units differ in a comparison": ["wrong-cell bars.volume"],
  "missing required column": ["missing-columns ticks"],
  "missing required column (book from bars)": ["missing-columns bars"],
  "mixed intervals in a node": ["mixed-intervals sma(hours.close, 30)"],
  "mixed intervals in an indicator": ["mixed-intervals sma(hours.close, 30)"],
  "mixed intervals in a cross section": ["mixed-intervals hours.close"],
  "negative lag": ["look-ahead -1"],
  "look-ahead in a window": ["look-ahead 1"],
  "the newest bar by index 0": ["look-ahead 0"],
  "label into a decision": ["label-read week"],
  "label into a node": ["label-read week"],
  "label into an indicator": ["label-read week"],
  "a feature that is a label": ["label-read week"],
  "bar time of a label": ["label-read week"],
  "output key missing": ["missing-outputs { w: fast }"],
  "output key extra": ["undeclared-output wieght"],
  "an extra key on one of two returns": ["undeclared-output up"],
  "output of another type": ["wrong-output up"],
  "output word not in the list": ["wrong-output tone"],
  "no decision": ["no-decision all"],
  "a decision from a condition that may be nothing": ["no-decision undefined"],
  "orders: a stop that is not a price": ["wrong-cell all.weight"],
  "orders: two clocks": ["mixed-intervals crossOver(hours.close, hours.open)"],
  "positions in fractions": ["wrong-cell all.weight"],
  "two registries: a unit of one's own": [
    'wrong-cell node({ name: "n", inputs: { fast }, output: { x: unit(f64, "bps") }, compute: ({ fast }) => ({ x: fast }) }).x',
  ],
  "a cast of a boolean": ["wrong-cell all.up"],
  "a label of another clock": ["mixed-intervals forwardReturn(hours.close, 5)"],
  "words compared with a bar": ["wrong-cell ticks.side"],
  "when() of a number": ["wrong-cell bars.close"],
};

describe("what TypeScript says to wrong programs", () => {
  test("is read for what it means to our rules", () => {
    const titles: string[] = blockOf(head)
      .split("\n")
      .map(() => "");
    let text = blockOf(head);
    for (const [title, code] of programs) {
      for (let line = text.split("\n").length; line < (text + code).split("\n").length; line++) titles[line] = title;
      text += code;
    }
    texts.set(PATH, text);
    const problems = checker.problems(PATH) ?? [];
    const found: Record<string, string[]> = {};
    told(text, problems).forEach((says, i) => {
      const title = titles[problems[i]?.place.start.line ?? 0] ?? "";
      found[title] = [...(found[title] ?? []), says];
    });
    expect(found).toEqual(EXPECTED);
  });

  test("names what is needed and what is there", () => {
    expect(problemsIn("sma(ticks.side, 3);").problems).toMatchObject([
      { who: "sma()", wanted: { dtypes: ["f64", "i32"] }, found: { dtype: "categorical", values: ["buy", "sell"] } },
    ]);
    expect(problemsIn("orders({ long: { enter: all.up, size: 0.1, stop: all.weight } });").problems).toMatchObject([
      { who: "orders().stop", wanted: { dtypes: ["f64"], unit: "price" }, found: { dtype: "f64", unit: "fraction" } },
    ]);
    expect(problemsIn("atr(ticks, 14);").problems).toMatchObject([
      { missing: ["high", "low"], needed: ["high", "low", "close"] },
    ]);
    expect(
      problemsIn(
        'node({ name: "n", inputs: { a: bars.close, b: hours.close, c: hours }, output: { w: fraction }, compute: () => ({ w: 1 }) });',
      ).problems,
    ).toMatchObject([
      { who: '"n"', from: "1d", to: "1h", resamples: true },
      { who: '"n"', from: "1d", to: "1h", resamples: true },
    ]);
  });
});

describe("behind functions of the author's own", () => {
  const problems = (code: string) => problemsIn(code).told;

  test("columns, units and clocks are known", () => {
    const helper = `function channel(of: typeof bars, n: number) {
      return node({ name: "c", inputs: { top: of.high, n }, output: { mid: price }, compute: ({ top }) => ({ mid: top }) });
    }\n`;
    expect(problems(`${helper}sma(channel(bars, 3).middle, 2);`)).toEqual(["unknown-column middle"]);
    expect(problems(`${helper}targetWeights(channel(bars, 3).mid);`)).toEqual(["wrong-cell channel(bars, 3).mid"]);
    expect(problems(`${helper}targetWeights(channel(bars, 3).mid ? channel(bars, 3).mid : all.weight);`)).toEqual([
      "wrong-cell channel(bars, 3).mid",
    ]);
    expect(problems(`${helper}targetWeights([all.weight, channel(bars, 3).mid][0]!);`)).toEqual([
      "wrong-cell [all.weight, channel(bars, 3).mid][0]!",
    ]);
    expect(problems(`${helper}channel(hours, 3);`)).toEqual(["mixed-intervals hours"]);
    expect(problems(`${helper}targetWeights(cast(channel(bars, 3).mid, fraction));`)).toEqual([]);
  });

  test("what they return is held against what they say", () => {
    expect(problems("const volume = (): typeof bars.close => bars.volume;")).toEqual(["wrong-cell bars.volume"]);
    expect(problems("function volume(): typeof bars.close {\n  return bars.volume;\n}")).toEqual([
      "wrong-cell bars.volume",
    ]);
    expect(problems("const price: typeof bars.close = bars.volume;")).toEqual(["wrong-cell bars.volume"]);
  });

  test("a window is read by an offset with a name", () => {
    const compute = (body: string) =>
      `const AHEAD = 2;\nnode({ name: "n", inputs: { r: window(bars.close, 5) }, output: { w: fraction }, compute: ({ r }) => ${body} });`;
    expect(problemsIn(compute("({ w: r.at(AHEAD) })")).problems).toMatchObject([
      { kind: "look-ahead", offset: 2, isLiteral: false },
    ]);
    expect(problems(compute("({ w: r.at(-AHEAD) })"))).toEqual([]);
  });

  test("outputs are followed through spreads and calls", () => {
    const node = (returned: string) =>
      `const base = (x: number) => ({ w: x, up: x > 1 });\nnode({ name: "n", inputs: { fast }, output: { w: fraction, up: bool }, compute: ({ fast }) => ${returned} });`;
    expect(problems(node("base(fast)"))).toEqual([]);
    expect(problems(node("({ ...base(fast), up: 1 })"))).toEqual(["wrong-output up"]);
    expect(problems(node("({ ...base(fast), dwon: true })"))).toEqual(["undeclared-output dwon"]);
    expect(problems(node("({ w: base(fast).w })"))).toEqual(["missing-outputs { w: base(fast).w }"]);
    expect(problems(node("{ return base(fast > 1); }"))).toEqual([]);
  });

  test("what a cross section writes is known", () => {
    expect(
      problems(
        'crossSection({ name: "c", inputs: { fast }, output: { w: fraction }, compute: (_, out) => { out.wieght.set(0, 1); } });',
      ),
    ).toEqual(["undeclared-output wieght"]);
  });
});

test("mistakes that have nothing to do with us are left to TypeScript", () => {
  expect(
    problemsIn('const n: number = "one"; [].push(missing); Math.sqare(2); Promise.resolve(1).thn();').told,
  ).toEqual([]);
});
