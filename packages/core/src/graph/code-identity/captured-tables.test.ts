import { describe, expect, test } from "vitest";
import { runText } from "./identify-text.test.helper.ts";

const DAY = 86_400_000;
const FIRST = Date.UTC(2020, 0, 1);
const days = Array.from({ length: 25 }, (_, day) => new Date(FIRST + day * DAY).toISOString().slice(0, 10));
const instants = days.map((day) => Date.parse(day));
const text = (value: unknown): string => JSON.stringify(value);
const tablesOf = (module: string, compute = "(i) => table[i.key]") =>
  runText(`export const it = ${compute};\n${module}`).tables;

describe("dates are found however a table is keyed", () => {
  test.each<[string, string]>([
    ["by date", `const table = ${text(Object.fromEntries(days.map((day, i) => [day, i])))};`],
    [
      "by a compact date",
      `const table = ${text(Object.fromEntries(days.map((day, i) => [`x${day}`.slice(1).replaceAll("-", ""), i])))};`,
    ],
    ["by seconds", `const table = ${text(Object.fromEntries(instants.map((at, i) => [at / 1000, i])))};`],
    ["by milliseconds, in a Map", `const table = new Map(${text(instants.map((at, i) => [at, i]))});`],
    ["in a Set of texts", `const table = new Set(${text(days)});`],
    ["in a list of texts", `const table = ${text(days)};`],
    ["in a list of instants", `const table = ${text(instants)};`],
    ["in a list of pairs", `const table = ${text(days.map((day, i) => [day, i]))};`],
    [
      "in a list of records",
      `const table = ${text(days.map((day, i) => ({ value: i, tradeDate: `${day}T16:00:00Z` })))};`,
    ],
    ["below a symbol", `const table = { SPX: ${text(Object.fromEntries(days.map((day, i) => [day, i])))} };`],
  ])("%s", (_how, module) => {
    const found = tablesOf(module).filter(({ dates }) => dates.length > 0);
    expect(found).toHaveLength(1);
    expect([...found[0]!.dates].sort()).toEqual(instants);
    expect(found[0]!.path).toMatch(/^table(\.SPX)?$/);
    expect(found[0]!.location).toMatchObject({ line: 1 });
  });

  test("in the text of a function that is called", () => {
    const found = tablesOf(
      `const ahead = (key) => (${text(Object.fromEntries(days.map((day, i) => [day, i])))})[key];`,
      "(i) => ahead(i.key)",
    );
    expect(found).toMatchObject([{ path: "ahead", entries: 25, location: { line: 2 } }]);
    expect(found[0]!.dates).toEqual(instants);
  });

  test("through helpers, classes and arrays in between", () => {
    const table = `const table = ${text(Object.fromEntries(days.map((day, i) => [day, i])))};`;
    for (const [module, path] of [
      ["const ahead = (key) => table[key];", "ahead > table"],
      ["const ahead = { of: [(key) => table[key]] }.of[0];", "ahead > table"],
    ] as const)
      expect(tablesOf(`${table}\n${module}`, "(i) => ahead(i.key)")).toMatchObject([{ path }]);
  });
});

describe("what is no table of dates", () => {
  test("a list of numbers is counted, whatever they look like", () => {
    const volumes = Array.from({ length: 300 }, (_, i) => 1_200_000_000 + ((i * 7919) % 1000));
    expect(tablesOf(`const table = ${text(volumes)};`)).toMatchObject([{ path: "table", entries: 300, dates: [] }]);
    expect(tablesOf(`const table = Float64Array.of(...${text(volumes)});`)).toMatchObject([
      { entries: 300, dates: [] },
    ]);
  });

  test("few entries, no entries, and code without captures", () => {
    expect(tablesOf(`const table = ${text(days.slice(0, 19))};`)).toEqual([]);
    expect(tablesOf("const table = {};")).toEqual([]);
    expect(tablesOf("", "(i) => i.a + 20200101 - 1577836800")).toEqual([]);
  });

  test("accessors are not called, and cycles end", () => {
    const module = `const table = { get date() { throw new Error("called") } }; table.self = table;`;
    expect(tablesOf(module)).toEqual([]);
  });
});
