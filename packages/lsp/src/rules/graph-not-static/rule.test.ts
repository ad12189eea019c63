import { describe, expect, test } from "vitest";
import { applyFix, describeRule, filesOf, findingsOf } from "../rule.test.kit.ts";

const body = (text: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
${text}
return targetPositions(cast(last, quantity));`;

describeRule("G306", {
  flagged: {
    "a loop": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
let mean = bars.close;
//  ^^^^^^^^^^^^^^^^^ G306 may be assigned again
  for (const length of [3, 5]) mean = sma(mean, length);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ G306 What a loop makes
return targetPositions(cast(mean, quantity));`,
  },
  fixed: {
    "a helper of one expression": [
      body("const smooth = (length: number) => sma(bars.close, length);\nconst last = smooth(5);"),
      body("const smooth = (length: number) => sma(bars.close, length);\nconst last = sma(bars.close, 5);"),
    ],
    "a helper whose argument is an expression": [
      body("function smooth(of, n) { return sma(of, n); }\nconst last = smooth(ema(bars.close, 3), params.bars);"),
      body("function smooth(of, n) { return sma(of, n); }\nconst last = sma((ema(bars.close, 3)), params.bars);"),
    ],
    "a list of indicators": [
      body("const [short, last] = [5, 10].map((n) => sma(bars.close, n));"),
      body("const [short, last] = [sma(bars.close, 5), sma(bars.close, 10)];"),
    ],
    "values one after the other": [
      body("let last = bars.close;\nlast = sma(last, 3);\nconst other = { last };\nlast = ema(last, 5);"),
      body(
        "const last = bars.close;\nconst last2 = sma(last, 3);\nconst other = { last: last2 };\nconst last3 = ema(last2, 5);",
      ).replace("cast(last", "cast(last3"),
    ],
  },
});

describe("a loop over words", () => {
  test("is written out, and its values get names of their own", () => {
    const before = filesOf(body("let last = bars.close;\nfor (const n of [3, 5]) last = sma(last, n);"));
    const mend = (files: ReturnType<typeof filesOf>, title: RegExp) => {
      const fix = findingsOf(files)
        .flatMap(({ fixes }) => fixes)
        .find((each) => title.test(each.title));
      if (fix === undefined) throw new Error(`there is no fix ${title}`);
      return applyFix(files, fix);
    };
    const unrolled = mend(before, /each turn/);
    const named = mend(unrolled as typeof before, /name of its own/);
    const wanted = body("const last = bars.close;\nconst last2 = sma(last, 3);\nconst last3 = sma(last2, 5);");
    expect(named.get("strategies/example.ts")?.text).toBe(
      filesOf(wanted.replace("cast(last", "cast(last3")).get("strategies/example.ts")?.text,
    );
    expect(findingsOf(named).filter(({ code }) => code === "G306")).toEqual([]);
  });

  test.each([
    [
      "an argument that would be made twice",
      "const twice = (of) => [of, of];\nconst last = twice(sma(bars.close, 3));",
    ],
    [
      "a name that means something else there",
      "const n = 3;\nconst smooth = () => sma(bars.close, n);\nconst last = (() => { const n = 4; return smooth(); })();",
    ],
    ["a value that a function sees later", "let last = bars.close;\nconst late = () => last;\nlast = sma(last, 3);"],
    [
      "a list that is not known",
      "const list = [3];\nlist.push(5);\nconst [last] = list.map((n) => sma(bars.close, n));",
    ],
  ])("%s is left alone", (_, text) => {
    const found = findingsOf(filesOf(body(text))).filter(({ code }) => code === "G306");
    expect(found.length).toBeGreaterThan(0);
    expect(found.flatMap(({ fixes }) => fixes)).toEqual([]);
  });
});
