import { beforeAll, describe, expect, test } from "vitest";
import { makeProject, strategyText, type TestProject } from "../project.test.kit.ts";
import { ALLOWED_GLOBALS } from "./prelude.ts";

let project: TestProject;
beforeAll(() => {
  project = makeProject();
});

/** What an expression is inside of a strategy's `compute`, as text: it travels out as the message of an error. */
async function inside(expression: string, top = ""): Promise<string> {
  project.write(
    "strategies/tested.ts",
    // Where only a value leads: the check of the text would refuse some of what is asked for here.
    strategyText({
      top: `${top}\nconst unseen = { tell: (): string => String(${expression}) };`,
      compute: "() => { throw new Error(unseen.tell()); }",
    }),
  );
  const { error } = await project.submit("strategies/tested.ts");
  expect(error.code, error.message).toBe("engine.compute-failed");
  const told = /threw Error: ([\s\S]*)$/.exec(error.message)?.[1];
  expect(told, error.message).toBeDefined();
  return told as string;
}

test("a strategy sees the globals of the language that are allowed, and no other", async () => {
  const seen = await inside(
    "Reflect.ownKeys(globalThis).filter((key) => (globalThis as any)[key] !== undefined).map(String).join()",
  );
  const symbols = seen.split(",").filter((name) => name.startsWith("Symbol("));
  const names = seen.split(",").filter((name) => !name.startsWith("Symbol("));
  expect(symbols.filter((name) => name !== "Symbol(Symbol.toStringTag)")).toEqual([]);
  expect(names.filter((name) => !ALLOWED_GLOBALS.has(name))).toEqual([]);
  // Iterator came with a later version of the language.
  const expected = [...ALLOWED_GLOBALS].filter(
    (name) => name !== "undefined" && !(name === "Iterator" && !("Iterator" in globalThis)),
  );
  expect(names).toEqual(expect.arrayContaining(expected));
});

describe("frozen intrinsics let ordinary code be", () => {
  test.each([
    [
      "errors with names of their own",
      `class Odd extends Error { name = "Odd"; }
       const make = (): string => { const e = new Error("m"); e.name = "Named"; (e as any).toString = () => "own"; return new Odd("x").name + e.name + String(e); };`,
      "make()",
      "OddNamedown",
    ],
    [
      "objects with toString and valueOf",
      `class Money { constructor(readonly cents: number) {} toString() { return this.cents + "c"; } valueOf() { return this.cents; } }
       const plain = { toString: () => "plain" };
       const late: any = {}; late.toString = () => "late"; late.constructor = 1;`,
      '[String(new Money(5)), String(plain), String(late), (new Money(2) as any) * 2].join("")',
      "5cplainlate4",
    ],
    [
      "classes that extend arrays and maps",
      `class Stack extends Array<number> { top() { return this.at(-1); } }
       class Counter extends Map<string, number> { add(key: string) { this.set(key, (this.get(key) ?? 0) + 1); return this; } }`,
      '[(Stack.from([1, 2, 3]) as Stack).top(), new Counter().add("a").add("a").get("a")].join("")',
      "32",
    ],
    [
      "arithmetic with dates, collections and text",
      "",
      `[new Date(Date.UTC(2020, 1, 29)).toISOString(), [3, 1, 2].sort().join(""), [..."añb"].length, JSON.stringify({ a: [1, null] }), (0.1).toFixed(2), "x".padStart(3, "-"), [...new Set([1, 1, 2])].length, parseInt("12px"), Math.hypot(3, 4)].join(" ")`,
      '2020-02-29T00:00:00.000Z 123 3 {"a":[1,null]} 0.10 --x 2 12 5',
    ],
  ])("%s", async (_what, top, expression, expected) => {
    expect(await inside(expression, top)).toBe(expected);
  });
});
