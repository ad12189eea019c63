import { describe, expect, test } from "vitest";
import { completionsAt } from "./completion.ts";
import { markedFiles } from "./marked-text.test.kit.ts";

const NAMES = {
  tags: new Map([["us-index", "SPX in sp500-trend"]]),
  symbols: new Map([
    ["SPX", "sp500-trend"],
    ["BP.L", "lab"],
  ]),
};

function complete(body: string): string[] {
  const { view, position } = markedFiles({
    "a.ts": `import { sma } from "@qmtl/core/indicators";
import { f64, fraction, ohlcv } from "@qmtl/core/schema";
import { node, pick, resample, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
export default strategy({
  name: "sample",
  graph() {
    ${body}
  },
});
`,
  });
  return completionsAt(view, position("1"), NAMES).map(({ insert }) => insert);
}

const STREAM = `const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });`;
const OHLCV = ["open", "high", "low", "close", "volume"];

describe("columns", () => {
  test.each([
    [`${STREAM} const fast = sma(bars.|1`],
    [`${STREAM} const fast = sma(bars.|1, 10); return targetWeights(fast);`],
    [`${STREAM} const fast = sma(bars.cl|1o, 10);`],
    [`${STREAM} const fast = sma(bars.|1\n    const slow = 1;`],
    [
      `${STREAM} const n = node({ name: "n", inputs: { bars }, output: { w: f64 }, compute: ({ bars }) => ({ w: bars.|1 }) });`,
    ],
    [
      `${STREAM} const n = node({ name: "n", inputs: { bars }, output: { w: f64 }, compute: ({ bars: { |1 } }) => ({ w: 1 }) });`,
    ],
  ])("%s", (body) => {
    expect(complete(body)).toEqual(OHLCV);
  });
  test("what is returned, but for what is there", () => {
    const body = `${STREAM} const n = node({ name: "n", inputs: { bars }, output: { w: f64, v: f64 }, compute: () => ({ w: 1, |1 }) });`;
    expect(complete(body)).toEqual(["v"]);
  });
  test("inputs, but for those that are taken", () => {
    const body = `${STREAM} const n = node({ name: "n", inputs: { a: bars.open, b: bars.close }, output: { w: f64 }, compute: ({ a, |1 }) => ({ w: 1 }) });`;
    expect(complete(body)).toEqual(["b"]);
  });
});

describe("words", () => {
  test.each<[string, string[]]>([
    [`const bars = stream({ schema: ohlcv, tags: ["|1"], interval: "1d" });`, ["us-index"]],
    [`const bars = stream({ schema: ohlcv, tags: ["us-|1], interval: "1d" });`, ["us-index"]],
    [`${STREAM} const spx = pick(bars, "|1");`, ["SPX", "BP.L"]],
    [`${STREAM} return targetWeights({ |1 });`, ["SPX", '"BP.L"']],
    [`const n = node({ name: "n", domains: ["|1"] });`, ["backtest", "dryrun", "live", "shadow"]],
    [`const bars = stream({ schema: ohlcv, tags: [], interval: "1d", match: "|1" });`, ["any", "all"]],
    [`const x = "|1";`, []],
    [`const x = 1 + |1;`, []],
  ])("%s", (body, expected) => {
    expect(complete(body)).toEqual(expected);
  });
  test("intervals, in a stream and where one is resampled to", () => {
    expect(complete(`const bars = stream({ schema: ohlcv, tags: [], interval: "|1" });`)).toContain("1mo");
    expect(complete(`${STREAM} const weekly = resample(bars, "|1");`)).toContain("1w");
  });
});
