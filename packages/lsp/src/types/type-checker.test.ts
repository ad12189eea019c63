import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkerOf, PROJECT, told } from "./type-files.test.kit.ts";

const SHARED = `import type { Column, Panel } from "@qmtl/core/strategy";
import type { F64, Ohlcv } from "@qmtl/core/schema";
import { sma } from "@qmtl/core/indicators";

export const level = (of: Panel<Ohlcv, "1d">): Column<F64<"price">, "1d"> => sma(of.close, 10);
`;
const MAIN = `import { cast, stream, targetWeights } from "@qmtl/core/strategy";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { level } from "./made-shared.ts";

const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
export const decision = targetWeights(cast(level(bars), fraction));
`;
const main = `${PROJECT}/strategies/made-main.ts`;
const shared = `${PROJECT}/strategies/made-shared.ts`;

describe("as files change", () => {
  const texts = new Map([
    [main, MAIN],
    [shared, SHARED],
  ]);
  const checker = checkerOf(texts);
  const now = () => told(texts.get(main) ?? "", checker.problems(main));

  test("an edit of an imported file is seen", () => {
    expect(now()).toEqual([]);
    texts.set(shared, SHARED.replaceAll('"1d"', '"1h"'));
    expect(now()).toEqual(["mixed-intervals bars"]);
    texts.set(shared, SHARED);
    expect(now()).toEqual([]);
  });

  test("a file that goes and comes is seen", () => {
    texts.set(main, MAIN.replace("cast(level(bars), fraction)", "level(bars)"));
    expect(now()).toEqual(["wrong-cell level(bars)"]);
    texts.delete(shared);
    expect(now()).toEqual([]);
    texts.set(shared, SHARED);
    expect(now()).toEqual(["wrong-cell level(bars)"]);
    texts.delete(main);
    expect(checker.problems(main)).toEqual([]);
    texts.set(main, MAIN);
    expect(now()).toEqual([]);
  });

  test("a question that is called off has no answer, and harms none after it", () => {
    texts.set(main, MAIN.replace("bars), fraction", "bras), fraction").replace("level(bars)", "level(bars.closs)"));
    expect(checker.problems(main, () => true)).toBeUndefined();
    texts.set(main, MAIN.replace("cast(level(bars), fraction)", "level(bars)"));
    expect(now()).toEqual(["wrong-cell level(bars)"]);
  });
});

describe("a project", () => {
  test("without our packages has nothing to be proven", () => {
    const folder = "/no-such-project";
    const path = `${folder}/a.ts`;
    const texts = new Map([[path, MAIN.replace("cast(level(bars), fraction)", "bars.clsoe")]]);
    expect(checkerOf(texts).problems(path)).toEqual([]);
  });

  test("says how imports are found, not how strictly types are looked at", () => {
    const path = `${PROJECT}/strategies/made-main.ts`;
    const config = (options: object) =>
      JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { strict: false, ...options } });
    const texts = new Map([
      [path, MAIN.replace("./made-shared.ts", "@desk/level").replace("cast(level(bars), fraction)", "level(bars)")],
      [shared, SHARED],
      [`${PROJECT}/tsconfig.json`, config({})],
    ]);
    const checker = checkerOf(texts);
    expect(checker.problems(path)).toEqual([]);
    texts.set(`${PROJECT}/tsconfig.json`, config({ paths: { "@desk/*": ["./strategies/made-shared.ts"] } }));
    expect(checker.problems(path)).toMatchObject([{ kind: "wrong-cell" }]);
    texts.set(`${PROJECT}/tsconfig.json`, "{ not json");
    expect(checker.problems(path)).toEqual([]);
  });
});

test("what is known after many edits is what a fresh look knows", () => {
  const names = ["pairs-zscore", "trend-filter", "top-momentum"];
  const originals = new Map(
    names.map((name) => [`${PROJECT}/strategies/${name}.ts`, readFileSync(`${PROJECT}/strategies/${name}.ts`, "utf8")]),
  );
  const swaps = [
    ["close", "clsoe"],
    ["fraction", "price"],
    ["weight:", "wieght:"],
    ['"1d"', '"1h"'],
    ["bars.close", "bars"],
    ["return targetWeights(", "return ("],
    [");", ")"],
    ["bars.", "pars."],
  ] as const;
  const edit = fc.record({
    path: fc.constantFrom(...originals.keys()),
    swap: fc.constantFrom(...swaps),
    which: fc.nat(5),
    back: fc.boolean(),
  });
  const texts = new Map(originals);
  const checker = checkerOf(texts);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 3, maxLength: 8 }), (edits) => {
      for (const [path, text] of originals) texts.set(path, text);
      for (const { path, swap, which, back } of edits) {
        const [from, to] = back ? [swap[1], swap[0]] : swap;
        const parts = (texts.get(path) ?? "").split(from);
        const at = 1 + (which % Math.max(1, parts.length - 1));
        texts.set(path, parts.slice(0, at).join(from) + (at < parts.length ? to : "") + parts.slice(at).join(from));
        checker.problems(path);
      }
      const fresh = checkerOf(new Map(texts));
      for (const path of originals.keys()) expect(checker.problems(path)).toEqual(fresh.problems(path));
    }),
    { numRuns: 3, seed: 20261122 },
  );
});
