import type { Case } from "./strategy-files.test.helper.ts";

/** `same` and `different` compare proven ids; `unique` wants a cause on both sides, `rejected` a refusal. */
export type Expected = "same" | "different" | "either" | "one unique" | "unique" | "rejected" | "refused at load";

export interface Pair {
  readonly label: string;
  readonly expected: Expected;
  readonly left: Case;
  /** Absent: the left strategy holds two nodes, `x` and `y`, that are compared. */
  readonly right?: Case;
  /** A cause that must be named. */
  readonly cause?: string;
}

type Side = string | Case;
const side = (it: Side): Case => (typeof it === "string" ? { compute: it } : it);
const pair = (label: string, expected: Expected, left: Side, right: Side): Pair => ({
  label,
  expected,
  left: side(left),
  right: side(right),
});
const same = (label: string, left: Side, right: Side) => pair(label, "same", left, right);
const different = (label: string, left: Side, right: Side) => pair(label, "different", left, right);
const unique = (label: string, cause: string, it: Side): Pair => ({ ...pair(label, "unique", it, it), cause });
const rejected = (label: string, cause: string, it: Side): Pair => ({ ...pair(label, "rejected", it, it), cause });
const nodes = (label: string, expected: "same" | "different", text: string, module = ""): Pair => ({
  label,
  expected,
  left: { nodes: text, module },
});

const callsH = "({ a }: any) => h(a)";
const importH = `import { h } from "./h";`;
const readsK = "(i: any) => i.a * K";
const file = (text: string) => ({ "p/h.ts": text });
const helper = (text: string): Case => ({ module: text, compute: callsH });
const imported = (text: string, module = importH): Case => ({ module, compute: callsH, files: file(text) });
const throughM = (compute: string, text: string): Case => ({
  module: `import * as m from "./h";`,
  compute,
  files: file(text),
});
const ofPackage = (name: string): Case => helperFrom(`import { ${name} as h } from "tiny-stats";`);
const helperFrom = (module: string): Case => ({ module, compute: callsH, packages: "1.0.0" });

export const cosmetic: readonly Pair[] = [
  same("comments added", "({ a }: any) => a + 1", "({ a }: any) => /* c */ a + 1 // d\n"),
  same(
    "whitespace, line breaks, trailing comma",
    "({ a, b }: any) => Math.max(a, b)",
    "(\n  { a,\n b, }: any,\n) =>\n  Math.max(\n a,\n b,\n)",
  ),
  same(
    "quotes, semicolons, redundant parentheses",
    `(i: any) => { return i["a"] + (1) }`,
    "(i: any) => { return (i['a'] + 1); }",
  ),
  same(
    "CRLF line endings, also inside a template literal",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
    "(i: any) => {\n return `x\ny${i.a}`.length }",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
    "(i: any) => {\r\n return `x\r\ny${i.a}`.length }",
  ),
  same("BOM; file in another directory", "(i: any) => i.a", {
    compute: "(i: any) => i.a",
    entry: "other/dir/t.ts",
    rewrite: (text) => `\uFEFF${text}`,
  }),
  same(
    "types, as, satisfies, !, generics, return type",
    "(i: any) => { const r = f(i.a); return r; function f(x) { return x } }",
    "(i: Rec): number => { const r: number = f<number>(i.a as number)! satisfies number; return r; function f<T extends number>(x: T): T { return x } }",
  ),
  same(
    "interface, type alias, import type added",
    imported("export const h = (x: any) => x;"),
    imported(
      "export type Z = 1; export const h = (x: Z) => x;",
      `${importH} import type { Z } from "./h"; interface Q { a: Z }`,
    ),
  ),
  same(
    "1_000 / 1e3 / 0x3e8 against 1000; 1.0 against 1",
    "(i: any) => i.a * 1_000 + 1.0 + 0x3e8 + 1e3",
    "(i: any) => i.a * 1000 + 1 + 1000 + 1000",
  ),
  same(
    "local variable and parameter renamed",
    "({ a: x }: any) => { const y = x * 2; return y; }",
    "({ a: p }: any) => { const q = p * 2; return q; }",
  ),
  same(
    "captured const renamed",
    { module: "const K = 3;", compute: readsK },
    { module: "const LIMIT = 3;", compute: "(i: any) => i.a * LIMIT" },
  ),
  same(
    "unrelated function changed in the same file",
    { module: "const u = () => 1;" },
    { module: "const u = () => 2; let z = 0; z++;" },
  ),
  same(
    "unrelated export changed in the helper's file",
    imported("export const h = (x) => x; export const o = 1;"),
    imported("export const h = (x) => x; export const o = 2;"),
  ),
  same(
    "declarations reordered, node moved",
    { module: "const A = 1; const B = 2;", compute: "(i: any) => i.a + A + B" },
    { module: "const B = 2;\n\n\nconst A = 1;", compute: "(i: any) => i.a + A + B" },
  ),
  same("helper moved to another file", helper("const h = (x) => x + 1;"), imported("export const h = (x) => x + 1;")),
  same("helper reached through a re-export chain and an alias", imported("export const h = (x) => x + 1;"), {
    module: `import { k as h } from "./i";`,
    compute: callsH,
    files: {
      "p/i.ts": `export * from "./j";`,
      "p/j.ts": `export { h as k } from "./h";`,
      "p/h.ts": "export const h = (x) => x + 1;",
    },
  }),
  same(
    "unused member of a namespace import changed",
    throughM("(i: any) => m.h(i.a)", "export const h = (x) => x + 1; export const o = 1;"),
    throughM("(i: any) => m.h(i.a)", "export const h = (x) => x + 1; export const o = 2;"),
  ),
];

const usesA = (module: string, compute = "(i: any) => new A().f(i.a)"): Case => ({ module, compute });

export const meaning: readonly Pair[] = [
  different("operator", "(i: any) => i.a + 1", "(i: any) => i.a - 1"),
  different("return followed by a line break", "(i: any) => { return i.a }", "(i: any) => { return\n i.a }"),
  different("(a?.b).c against a?.b.c", "(i: any) => (i?.b).c", "(i: any) => i?.b.c"),
  different("0 against -0", "(i: any) => i.a * 0", "(i: any) => i.a * -0"),
  different("1 against 1n", "(i: any) => typeof 1n", "(i: any) => typeof 1"),
  different(
    "shadowing: the same text, another binding",
    { module: "const k = 1;", compute: "(i: any) => { { const k = 2; } return k }" },
    { module: "const k = 1;", compute: "(i: any) => { const k = 2; { } return k }" },
  ),
  different("default parameter value", "({ a = 1 }: any) => a", "({ a = 2 }: any) => a"),
  different("input name", "({ a }: any) => a", "({ b }: any) => b"),
  different("spread order", "(i: any) => ({ a: 1, ...i })", "(i: any) => ({ ...i, a: 1 })"),
  different("array hole against undefined", "(i: any) => 0 in [,1]", "(i: any) => 0 in [undefined,1]"),
  different("raw text of a tagged template", "(i: any) => String.raw`\\u0041`", "(i: any) => String.raw`A`"),
  different("state initialiser", { state: "() => ({ s: 0 })" }, { state: "() => ({ s: 1 })" }),
  different(
    "parameter property against plain parameter in a class",
    usesA("class A { constructor(public x: number) {} }", "(i: any) => Object.keys(new A(1)).length"),
    usesA("class A { constructor(x: number) {} }", "(i: any) => Object.keys(new A(1)).length"),
  ),
  pair(
    "compute as method against arrow",
    "either",
    { property: "compute(i: any) { return i.a }" },
    { property: "compute: (i: any) => { return i.a }" },
  ),
];

export const reach: readonly Pair[] = [
  different("called helper changed", helper("function h(x) { return x }"), helper("function h(x) { return x + 1 }")),
  different(
    "transitively called helper in a third file changed",
    {
      ...imported(""),
      files: {
        ...file(`import { g } from "./g"; export const h = (x) => g(x);`),
        "p/g.ts": "export const g = (x) => x;",
      },
    },
    {
      ...imported(""),
      files: {
        ...file(`import { g } from "./g"; export const h = (x) => g(x);`),
        "p/g.ts": "export const g = (x) => -x;",
      },
    },
  ),
  different(
    "mutually recursive helpers, the second changed",
    helper("function h(x) { return x > 0 ? g(x) : 0 } function g(x) { return h(x - 1) }"),
    helper("function h(x) { return x > 0 ? g(x) : 0 } function g(x) { return h(x - 2) }"),
  ),
  different(
    "default-exported helper changed",
    imported("export default function (x) { return x }", `import h from "./h";`),
    imported("export default function (x) { return -x }", `import h from "./h";`),
  ),
  different(
    "helper behind re-exports changed",
    {
      ...imported("", `import { h } from "./i";`),
      files: { "p/i.ts": `export * from "./h";`, ...file("export const h = (x) => x") },
    },
    {
      ...imported("", `import { h } from "./i";`),
      files: { "p/i.ts": `export * from "./h";`, ...file("export const h = (x) => -x") },
    },
  ),
  different(
    "namespace import, the used member changed",
    throughM("(i: any) => m.h(i.a)", "export const h = (x) => x"),
    throughM("(i: any) => m.h(i.a)", "export const h = (x) => -x"),
  ),
  different(
    "namespace import with a dynamic key, any member changed",
    throughM("(i: any) => m[i.k](i.a)", "export const h = (x) => x; export const o = (x) => 1;"),
    throughM("(i: any) => m[i.k](i.a)", "export const h = (x) => x; export const o = (x) => 2;"),
  ),
  different("class method changed", usesA("class A { f(x) { return x } }"), usesA("class A { f(x) { return -x } }")),
  different(
    "base class changed",
    usesA("class B { f(x) { return x } } class A extends B {}"),
    usesA("class B { f(x) { return -x } } class A extends B {}"),
  ),
  different(
    "static field changed from elsewhere",
    usesA("class A { static k = 1 }", "(i: any) => i.a * A.k"),
    usesA("class A { static k = 1 } A.k = 2;", "(i: any) => i.a * A.k"),
  ),
  different(
    "method of a captured object, using this",
    { module: "const o = { k: 1, f(x) { return x * this.k } };", compute: "(i: any) => o.f(i.a)" },
    { module: "const o = { k: 2, f(x) { return x * this.k } };", compute: "(i: any) => o.f(i.a)" },
  ),
  different(
    "compute given by name, its body changed",
    { module: "const c = (i) => i.a;", compute: "c" },
    { module: "const c = (i) => -i.a;", compute: "c" },
  ),
  different(
    "compute chosen from a table of functions",
    { module: "const fs = { p: (i) => i.a, q: (i) => -i.a };", compute: `fs["p"]` },
    { module: "const fs = { p: (i) => i.a, q: (i) => -i.a };", compute: `fs["q"]` },
  ),
  different("package helper: another function of the package", ofPackage("mean"), ofPackage("median")),
  different("package helper: another package version", ofPackage("mean"), { ...ofPackage("mean"), packages: "1.0.1" }),
  different(
    "SDK import: another export",
    helper(`import { clamp as h } from "@qmtl/core/strategy";`),
    helper(`import { window as h } from "@qmtl/core/strategy";`),
  ),
];

const constant = (module: string, compute = readsK): Case => ({ module, compute });
const json = (text: string): Case => ({
  module: `import t from "./t.json";`,
  compute: "(i: any) => t.k",
  files: { "p/t.json": text },
});

export const data: readonly Pair[] = [
  different("module const changed", constant("const K = 3;"), constant("const K = 4;")),
  same(
    "module const computed another way, same value",
    constant("const K = 2 * 5;"),
    constant("const K = [1,2,3,4].reduce((a, b) => a + b);"),
  ),
  different(
    "0 and -0 as captured values",
    constant("const K = 0;", "(i: any) => 1 / K"),
    constant("const K = 0 * -1;", "(i: any) => 1 / K"),
  ),
  different(
    "captured undefined against missing",
    constant("const o = { a: undefined };", "(i: any) => Object.keys(o)"),
    constant("const o = {};", "(i: any) => Object.keys(o)"),
  ),
  different("JSON import, value changed", json(`{"k":1}`), json(`{"k":2}`)),
  same("JSON import, formatting and an unread key changed", json(`{"k":1}`), json(`{ "z": 9,\n "k": 1.0 }`)),
  different(
    "enum member's value",
    constant("enum S { A = 1, B }", "(i: any) => i.a === S.B"),
    constant("enum S { A = 5, B }", "(i: any) => i.a === S.B"),
  ),
  different(
    "const enum member's value, imported",
    {
      ...constant(`import { S } from "./h";`, "(i: any) => i.a === S.B"),
      files: file("export const enum S { A = 1, B }"),
    },
    {
      ...constant(`import { S } from "./h";`, "(i: any) => i.a === S.B"),
      files: file("export const enum S { A = 5, B }"),
    },
  ),
  different(
    "declared param that compute reads",
    { compute: "(i: any) => i.a > params.n", params: { n: 1 } },
    { compute: "(i: any) => i.a > params.n", params: { n: 2 } },
  ),
  same(
    "declared param that compute does not read",
    { compute: "(i: any) => i.a > params.n", params: { n: 1, m: 1 } },
    { compute: "(i: any) => i.a > params.n", params: { n: 1, m: 2 } },
  ),
  different(
    "key order of a captured object",
    constant("const o = { a: 1, b: 2 };", "(i: any) => Object.keys(o)"),
    constant("const o = { b: 2, a: 1 };", "(i: any) => Object.keys(o)"),
  ),
  pair(
    "captured typed array, one element",
    "one unique",
    constant("const w = new Float64Array([1, 2]);", "(i: any) => w[0]"),
    constant("const w = new Float64Array([1, 3]);", "(i: any) => w[0]"),
  ),
  different(
    "captured plain array, one element",
    constant("const w = [1, 2];", "(i: any) => w[0]"),
    constant("const w = [1, 3];", "(i: any) => w[0]"),
  ),
  different("const object changed by other code before the seal", constant("const o = { n: 1 };", "(i: any) => o.n"), {
    ...constant("const o = { n: 1 };", "(i: any) => o.n"),
    before: "o.n = 2;",
  }),
  different("the same, after node() and before the seal", constant("const o = { n: 1 };", "(i: any) => o.n"), {
    ...constant("const o = { n: 1 };", "(i: any) => o.n"),
    after: "o.n = 2;",
  }),
];

export const closures: readonly Pair[] = [
  nodes(
    "one factory, sma(10) and sma(30)",
    "different",
    `const mk = (name, n) => node({ name, compute: (i) => i.a > n }); mk("x", 10); mk("y", 30);`,
  ),
  nodes(
    "one factory, equal arguments",
    "same",
    `const mk = (name, n) => node({ name, compute: (i) => i.a > n }); mk("x", 10); mk("y", 10);`,
  ),
  nodes(
    "factory that returns the function",
    "different",
    `node({ name: "x", compute: mk(1) }); node({ name: "y", compute: mk(2) });`,
    "const mk = (n) => (i) => i.a > n;",
  ),
  nodes(
    "higher-order: lambdas passed to a factory",
    "different",
    `const mk = (name, f) => node({ name, compute: (i) => f(i.a) }); mk("x", (v) => v); mk("y", (v) => -v);`,
  ),
  nodes(
    "composition of closures",
    "different",
    `const comp = (f, g) => (x) => f(g(x)); const add = (n) => (x) => x + n; const mul = (n) => (x) => x * n;
     node({ name: "x", compute: comp(add(1), mul(2)) }); node({ name: "y", compute: comp(mul(2), add(1)) });`,
  ),
  nodes(
    "for-of loop variable",
    "different",
    `for (const [k, n] of [["x", 1], ["y", 2]]) node({ name: k, compute: (i) => i.a > n });`,
  ),
  nodes(
    "for-let counter",
    "different",
    `for (let n = 0; n < 2; n++) node({ name: "xy"[n], compute: (i) => i.a > n });`,
  ),
  nodes(
    "closure over an instance of a workspace class",
    "different",
    `const mk = (name, m) => node({ name, compute: (i) => m.f(i.a) }); mk("x", new A(1)); mk("y", new A(2));`,
    "class A { constructor(public k) {} f(x) { return x * this.k } }",
  ),
  nodes(
    "function with its own property",
    "different",
    `const mk = (name, k) => { const f = Object.assign((v) => v, { k }); return node({ name, compute: (i) => f.k }) }; mk("x", 1); mk("y", 2);`,
  ),
];

export const attacks: readonly Pair[] = [
  different(
    "two properties of a captured string",
    constant(`const s = "abc";`, "(i: any) => s.length"),
    constant(`const s = "abc";`, "(i: any) => (s as any).size"),
  ),
  different(
    "two static fields of a captured class",
    usesA("class A { static k = 1; static j = 2 }", "(i: any) => A.k"),
    usesA("class A { static k = 1; static j = 2 }", "(i: any) => A.j"),
  ),
  different(
    "own property against inherited",
    constant("const o: any = { toString: 1 };", "(i: any) => o.toString"),
    constant("const o: any = {};", "(i: any) => o.toString"),
  ),
  different(
    "local enum that refers to another member",
    "(i: any) => { enum E { A = 1, B = 2, C = A } return E.C }",
    "(i: any) => { enum E { A = 1, B = 2, C = B } return E.C }",
  ),
  different(
    "#x against '#x' field",
    "(i: any) => { class Q { #x = 1 } return Object.keys(new Q()).length }",
    `(i: any) => { class Q { "#x" = 1 } return Object.keys(new Q()).length }`,
  ),
  pair(
    "name inferred by assignment",
    "one unique",
    "(i: any) => { let a; a = () => 0; return a.name.length }",
    "(i: any) => { let ab; ab = () => 0; return ab.name.length }",
  ),
  pair(
    "constructor function, patched prototype",
    "one unique",
    { module: "function P(this: any) {} P.prototype.f = () => 1;", compute: "(i: any) => new (P as any)().f()" },
    { module: "function P(this: any) {} P.prototype.f = () => 2;", compute: "(i: any) => new (P as any)().f()" },
  ),
  pair(
    "class, static method overwritten from elsewhere",
    "one unique",
    usesA("class A { static f() { return 1 } }", "(i: any) => A.f()"),
    usesA("class A { static f() { return 1 } } A.f = () => 2;", "(i: any) => A.f()"),
  ),
  pair(
    "class, prototype method overwritten from elsewhere",
    "one unique",
    usesA("class A { f() { return 1 } }"),
    usesA("class A { f() { return 1 } } A.prototype.f = () => 2;"),
  ),
  same(
    "class with a static method, unchanged",
    usesA("class A { static f() { return 1 } }", "(i: any) => A.f()"),
    usesA("class A { static f() { return 1 } } /* c */", "(i: any) => A.f()"),
  ),
  different(
    "property put on a package function",
    { ...helperFrom(`import { mean as h } from "tiny-stats"; (h as any).k = 1;`), compute: "(i: any) => (h as any).k" },
    { ...helperFrom(`import { mean as h } from "tiny-stats"; (h as any).k = 2;`), compute: "(i: any) => (h as any).k" },
  ),
  different(
    "swapped roles of two equal captures",
    constant("const a = [1], b = [1];", "(i: any) => (a as any) === b"),
    constant("const a = [1], b = a;", "(i: any) => (a as any) === b"),
  ),
  different(
    "string that looks like our encoding",
    constant(`const a = ["1,n2"];`, "(i: any) => a.length"),
    constant(`const a = ["1", 2];`, "(i: any) => a.length"),
  ),
  different(
    "cyclic captured data",
    constant("const a: any = { n: 1 }; a.me = a;", "(i: any) => a"),
    constant("const a: any = { n: 1 }; a.me = { n: 1, me: a };", "(i: any) => a"),
  ),
  different(
    "nested function: parameter shadows capture",
    constant("const k = 1;", "(i: any) => ((k: any) => k)(2)"),
    constant("const k = 1;", "(i: any) => ((j: any) => k)(2)"),
  ),
  different(
    "var hoisting out of a block",
    constant("const k = 1;", "(i: any) => { { var k: any } return k }"),
    constant("const k = 1;", "(i: any) => { { let k: any } return k }"),
  ),
  different(
    "destructured capture with default",
    constant("const { k = 1 } = {} as any;", "(i: any) => k"),
    constant("const { k = 1 } = { k: 3 } as any;", "(i: any) => k"),
  ),
];

export const unproven: readonly Pair[] = [
  unique("captured let, reassigned", "reassigned-capture", {
    before: "let n = 1; n = 2;",
    compute: "(i: any) => i.a * n",
  }),
  unique("module-level let counter", "reassigned-capture", {
    module: "let c = 0; export const tick = () => c++;",
    compute: "(i: any) => c",
  }),
  {
    label: "mutable export read in another file",
    expected: "refused at load",
    cause: "strategy.exported-reassigned",
    left: {
      module: `import { k } from "./h";`,
      compute: "(i: any) => k",
      files: file("export let k = 1; export const set = (v) => { k = v };"),
    },
  },
  unique("compute writes to captured object", "capture-write", {
    module: "const o = { n: 0 };",
    compute: "(i: any) => { o.n += 1; return o.n }",
  }),
  unique("compute pushes to a captured array", "capture-write", {
    module: "const o: any[] = [];",
    compute: "(i: any) => { o.push(i.a); return o.length }",
  }),
  unique(
    "helper counts calls in a closure",
    "reassigned-capture",
    helper("const counter = () => { let n = 0; return () => ++n }; const h = counter();"),
  ),
  unique("clock (Date)", "nondeterministic", "(i: any) => Date.now()"),
  unique("unlisted global through a helper", "unlisted-global", helper("const h = (x) => process.env.X;")),
  unique("Math.random, aliased", "nondeterministic", {
    module: "const { random: h } = Math;",
    compute: "(i: any) => h()",
  }),
  unique("Math[key]", "nondeterministic", `(i: any) => (Math as any)["ran" + "dom"]()`),
  unique(
    "decorated class",
    "unsupported-syntax",
    usesA("const d = (x: any): any => x; class A { @d f() { return 1 } }"),
  ),
  unique("const used before it is initialised at the seal", "uninitialised-capture", {
    compute: "(i: any) => late",
    after: "return; const late = 1;",
  }),
  unique("this of the graph method", "outer-this", "(i: any) => (this as any).k"),
  unique("captured node or stream handle", "capture-handle", "(i: any) => bars.close"),
  unique("captured Map", "capture-mutable", {
    module: "const m = new Map();",
    compute: "(i: any) => { const s = m; s.set(1, i.a); return s.size }",
  }),
  unique("captured Proxy", "capture-proxy", {
    module: "const o = new Proxy({}, {});",
    compute: "(i: any) => (o as any)[i.k]",
  }),
  unique("captured object with a getter", "capture-accessor", {
    module: "const o = { get k() { return 1 } };",
    compute: "(i: any) => o.k",
  }),
  unique("instance of a class with #private", "capture-private", {
    module: "class A { #k = 1; f() { return this.#k } } const m = new A();",
    compute: "(i: any) => m.f()",
  }),
  unique("bound function", "untagged-function", {
    module: "function f(this: any) { return this.k }",
    compute: "f.bind({ k: 1 })",
  }),
  unique("closure made by a package", "untagged-function", {
    ...helperFrom(`import { maker } from "tiny-stats"; const h = maker();`),
  }),
  unique("patched prototype", "patched-intrinsic", {
    module: "(Array.prototype as any).last = function () { return this[0] };",
    compute: "(i: any) => i.a.last()",
  }),
  unique("re-exported namespace object used as value", "capture-accessor", {
    module: `import { m } from "./i";`,
    compute: "(i: any) => m.h(i.a)",
    files: { "p/i.ts": `export * as m from "./h";`, ...file("export const h = (x) => x") },
  }),
  unique("TypeScript namespace", "unsupported-syntax", {
    module: "namespace Q { export const k = 1 }",
    compute: "(i: any) => Q.k",
  }),
];

export const refused: readonly Pair[] = [
  rejected("async compute", "async-code", "async (i: any) => i.a"),
  rejected("generator compute", "generator-compute", "function* (i: any) { yield 1 }"),
  rejected("async helper", "async-code", helper("const h = async (x) => x;")),
  rejected("eval", "dynamic-code", `(i: any) => eval("1")`),
  rejected("new Function", "dynamic-code", `(i: any) => new Function("return 1")()`),
  rejected("import()", "dynamic-code", { compute: `(i: any) => import("./h")`, files: file("export const h = 1") }),
];

export const matrix: Readonly<Record<string, readonly Pair[]>> = {
  cosmetic,
  meaning,
  reach,
  data,
  closures,
  attacks,
  unproven,
  refused,
};
