import { describe, expect, test } from "vitest";
import { identifyCode, inspectCode } from "./identify-code.ts";
import { identifyEverywhere, parsers } from "./identify-text.test.helper.ts";
import { allSyntax, typedSyntax } from "./mutation.test.helper.ts";
import { codeScheme } from "./scheme.ts";

test("the golden hashes hold under every parser", async () => {
  const functions = [...allSyntax, ...typedSyntax].flatMap((source) => identifyEverywhere(source).functions);
  const hashes = Object.fromEntries(functions.map(({ hash }, index) => [`function ${index}`, hash]));
  const golden = `${JSON.stringify({ scheme: codeScheme, ...hashes }, null, 2)}\n`;
  await expect(golden).toMatchFileSnapshot("./codeid.golden.json");
});

test("who only inspects hears the same of the same functions, at every place", () => {
  const module = [
    "let count = 0; const limit = 3;",
    "const f = () => count + limit + Math.random();",
    "function g() { return Date.now() + f() + Date.now(); } class C { static #x = 1; }",
    "export const o = { compute: () => { const h = () => fetch; return h; }, m() { count++; } };",
  ].join("\n");
  for (const syntax of parsers)
    for (const source of [...allSyntax, ...typedSyntax, module, `\uFEFF${module}`]) {
      const { functions } = identifyCode("a.ts", source, syntax);
      const inspected = inspectCode("a.ts", source, syntax);
      const firsts = inspected.map(({ line, column, issues }) => ({
        line,
        column,
        issues: issues.filter(
          ({ code, subject }, index) =>
            index === issues.findIndex((each) => each.code === code && each.subject === subject),
        ),
      }));
      expect(firsts).toEqual(functions.map(({ line, column, issues }) => ({ line, column, issues })));
    }
  const [, g] = inspectCode("a.ts", module, parsers[0]!);
  expect(g!.issues.map(({ subject, column }) => [subject, column])).toEqual([
    ["Date", 23],
    ["Date", 42],
  ]);
  expect(inspectCode("a.ts", "const = 1;", parsers[0]!)).toEqual([]);
});

describe("tags", () => {
  const code = (source: string): string => identifyEverywhere(source).code.replace(/"[0-9a-f]{12}\./g, '"#.');

  test("stand on the lines of the source", () => {
    for (const source of [...allSyntax, ...typedSyntax].map((one) => one.replaceAll("; ", ";\n"))) {
      expect(identifyEverywhere(source).code.split("\n")).toHaveLength(source.split("\n").length);
    }
  });

  test("wrap function expressions, and call for what they capture", () => {
    expect(code("const k = 1, o = { a: 2 };\nconst f = (x) => x + k + o.a;")).toBe(
      'const k = 1, o = { a: 2 };\nconst f = __qmtl.t((x) => x + k + o.a, "#.0", () => [k, __qmtl.p(o, "a")]);',
    );
  });

  test("nest, the inner function inside of the outer", () => {
    expect(code("const f = () => () => 0;")).toBe(
      'const f = __qmtl.t(() => __qmtl.t(() => 0, "#.1", () => []), "#.0", () => []);',
    );
  });

  test("of declarations stand before everything else of their block", () => {
    expect(code("/* first */ g();\nfunction g() { return h(); function h() {} }")).toBe(
      '/* first */ __qmtl.t(g, "#.0", () => [g]);g();\nfunction g() {__qmtl.t(h, "#.1", () => []); return h(); function h() {} }'.replace(
        "() => [g]",
        "() => []",
      ),
    );
  });

  test("of classes stand in a static block, and nameless exports get a name", () => {
    expect(code("export default class { m() {} }")).toBe(
      'export default class { static { __qmtl.t(this, "#.0", () => []); }  m() {} }',
    );
    expect(code("export default function (x) { return x }")).toBe(
      '__qmtl.t(__qmtl_default, "#.0", () => []);export default function  __qmtl_default(x) { return x }',
    );
    expect(code("export default function* /* function ( */ <T>(x: T) { yield x }")).toContain(
      "function* /* function ( */  __qmtl_default<T>(",
    );
  });

  test("are left out where a function cannot be captured", () => {
    for (const source of [
      "node({ compute: (i) => xs.map((x) => x + i) });".replace("compute", "graph"),
      "xs.map((x) => x);",
      "(() => 0)();",
      "(function () {})();",
      "new function () {}();",
      "switch (x) { case 1: function f() {} }",
      "namespace N { function f() {} }",
    ]) {
      expect(code(source)).toBe(source);
    }
    expect(code("node({ compute: (i) => i.f(() => 0) });").match(/__qmtl\.t/g)).toHaveLength(1);
  });

  test("link what comes from packages, also through re-exports", () => {
    expect(code('import { mean as m, type T } from "stats";\nm();')).toBe(
      '__qmtl.x(() => m, "000000000000", "stats", "mean");import { mean as m, type T } from "stats";\nm();'.replace(
        "000000000000",
        identifyEverywhere('import { mean as m, type T } from "stats";\nm();').id,
      ),
    );
    expect(code('export * from "stats";')).toMatch(/import \* as (__qmtl_\w+) from "stats";__qmtl\.x\(\(\) => \1, /);
    expect(code('import { T } from "stats"; let x: T;')).not.toContain("__qmtl");
  });

  test("name a module by its functions, wherever it stands and however it is formatted", () => {
    const left = identifyCode("a/b.ts", "const k = 1; export const f = (x) => x + k;", parsers[0]!);
    const right = identifyCode("c.ts", "// c\nconst k = 1\n\nexport const f =\n(x) => x+k", parsers[0]!);
    expect(left.id).toBe(right.id);
    expect(identifyCode("c.ts", "export const f = (x) => x - k;", parsers[0]!).id).not.toBe(left.id);
  });
});

describe("modules that cannot be used", () => {
  const cases: readonly (readonly [string, string, number, number])[] = [
    ["const x = ;", "syntax", 1, 11],
    ["export let k = 1;\nk = 2;", "exported-reassigned", 1, 12],
    ["let k = 1;\nexport { k as q };\nconst f = () => k++;", "exported-reassigned", 2, 10],
    ["const __qmtl = 1;", "reserved-name", 1, 7],
    ["const f = (x) => x;\nmodule.exports = f;", "commonjs", 2, 1],
    ['const f = require("./f");', "commonjs", 1, 11],
  ];

  test.each(cases)("%s", (source, code, line, column) => {
    expect(identifyEverywhere(source).errors).toEqual([expect.objectContaining({ code, line, column })]);
  });

  test("code that no parser can take is refused too", () => {
    const source = `export const f = () => ${"[".repeat(20_000)}${"]".repeat(20_000)};`;
    expect(() => identifyCode("deep.ts", source, parsers[0]!)).toThrow(
      expect.objectContaining({ code: "identity.nesting", place: { file: "deep.ts" } }),
    );
  });

  test("code that nests too deeply is refused with its place", () => {
    const source = `\nexport const f = () => ${"!".repeat(600)}x;`;
    expect(() => identifyCode("deep.ts", source, parsers[0]!)).toThrow(
      expect.objectContaining({
        code: "identity.nesting",
        place: expect.objectContaining({ file: "deep.ts", line: 2 }),
      }),
    );
  });
});

test("syntax that the table does not know has no identity", () => {
  const source = "export const it = (i) => { using x = i; @d class A {} import x = i.y; };";
  const issues = identifyEverywhere(source).functions[0]?.issues.map(({ code }) => code) ?? [];
  expect(new Set(issues)).toContain("unsupported-syntax");
});

test("functions tell what they capture and where their problems are", () => {
  const source = "const o = { k: 1 };\nlet n = 0;\nexport const it = (x) => {\n  n++;\n  return x + o.k;\n};";
  expect(identifyEverywhere(source).functions).toEqual([
    expect.objectContaining({
      name: "it",
      line: 3,
      column: 19,
      captures: ["n", "o.k"],
      issues: [{ code: "reassigned-capture", subject: "n", line: 4, column: 3 }],
    }),
  ]);
});
