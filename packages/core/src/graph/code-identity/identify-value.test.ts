import { afterEach, describe, expect, test } from "vitest";
import type { CauseCode } from "./causes.ts";
import { identifyExport, runText } from "./identify-text.test.helper.ts";

afterEach(() => {
  Reflect.deleteProperty(Array.prototype, "last");
});

const it = (compute: string, module = ""): string => `${module}\nexport const it = ${compute};`;

describe("two programs that differ in behaviour never share an id", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["an optional chain that parentheses end", it("(i) => (i?.b).c"), it("(i) => i?.b.c")],
    ["an optional call that parentheses end", it("(i) => (i?.b.c)(1)"), it("(i) => i?.b.c(1)")],
    [
      "the base of a class, exchanged after its definition",
      it(
        "() => new A().f()",
        "class B { f() { return 1 } } class C { f() { return 2 } } const o = { b: B }; class A extends o.b {} o.b = C;",
      ),
      it(
        "() => new A().f()",
        "class B { f() { return 1 } } class C { f() { return 2 } } const o = { b: B }; o.b = C; class A extends o.b {}",
      ),
    ],
    [
      "the computed name of a method, exchanged after the definition",
      it("() => Object.keys(A.prototype)", `const o = { k: "f" }; class A { [o.k]() { return 1 } } o.k = "g";`),
      it("() => Object.keys(A.prototype)", `const o = { k: "f" }; o.k = "g"; class A { [o.k]() { return 1 } }`),
    ],
    [
      "a default parameter that sees the outer variable, not the body's",
      it("(a = 1, g = () => b) => { var b = 2; return g() + a }", "const b = 3;"),
      it("(a = 1, g = () => b) => { var b = 2; return g() + a }", "const b = 4;"),
    ],
    [
      "a tag that is called with its object as this",
      it("() => o.f`x`", "const o = { k: 1, f() { return this.k } };"),
      it("() => o.f`x`", "const o = { k: 2, f() { return this.k } };"),
    ],
    [
      "a method that a later property replaces",
      it("() => o.f(1)", "const g = (x) => x; const o = { f(x) { return 0 }, f: g };"),
      it("() => o.f(1)", "const g = (x) => -x; const o = { f(x) { return 0 }, f: g };"),
    ],
    [
      "a method that a later spread replaces",
      it("() => o.f(1)", "const g = { f: (x) => x }; const o = { f(x) { return 0 }, ...g };"),
      it("() => o.f(1)", "const g = { f: (x) => -x }; const o = { f(x) { return 0 }, ...g };"),
    ],
    [
      "the name that a destructured arrow got from its key",
      it("() => g.name", "const { p: g } = { p: () => 0 };"),
      it("() => g.name", "const { q: g } = { q: () => 0 };"),
    ],
    [
      "the name of a nested function",
      it("() => { const p = () => 0; return p.toString }"),
      it("() => { const q = () => 0; return q.toString }"),
    ],
    [
      "a capture behind parentheses called as method",
      it("() => (o.f)()", "const o = { k: 1, f() { return this.k } };"),
      it("() => (o.f)()", "const o = { k: 2, f() { return this.k } };"),
    ],
    [
      "holes at the end of an array",
      it("() => a.length", "const a = [1, , ];"),
      it("() => a.length", "const a = [1];"),
    ],
    ["a null prototype", it("() => o", "const o = Object.create(null);"), it("() => o", "const o = {};")],
    [
      "a lone surrogate against its escape",
      it("() => s", `const s = "\\ud800";`),
      it("() => s", `const s = "\\\\ud800";`),
    ],
    ["a number against the string of it", it("() => s", "const s = 1;"), it("() => s", `const s = "1";`)],
    ["a big integer against a number", it("() => s", "const s = 1n;"), it("() => s", "const s = 1;")],
    ["NaN against undefined", it("() => s", "const s = NaN;"), it("() => s", "const s = undefined;")],
    ["adjacent numbers", it("() => a", "const a = [1, 23];"), it("() => a", "const a = [12, 3];")],
    ["regular expression flags", it("() => r.test('A')", "const r = /a/;"), it("() => r.test('A')", "const r = /a/i;")],
    [
      "which of two functions is which",
      it("() => f(1) - g(2)", "const f = (x) => x, g = (x) => -x;"),
      it("() => f(1) - g(2)", "const g = (x) => x, f = (x) => -x;"),
    ],
    [
      "one object twice against two equal ones",
      it("() => a === b", "const a = {}, b = a;"),
      it("() => a === b", "const a = {}, b = {};"),
    ],
    [
      "static accessors",
      it("() => A.k", "class A { static get k() { return 1 } }"),
      it("() => A.k", "class A { static get k() { return 2 } }"),
    ],
    [
      "a static block's effect",
      it("() => A.k", "class A { static k; static { A.k = 1 } }"),
      it("() => A.k", "class A { static k; static { A.k = 2 } }"),
    ],
    [
      "getters and methods",
      it("() => new A().f", "class A { get f() { return 1 } }"),
      it("() => new A().f", "class A { f() { return 1 } }"),
    ],
    ["well-known symbols", it("() => s", "const s = Symbol.iterator;"), it("() => s", "const s = Symbol.hasInstance;")],
    ["intrinsics by value", it("() => f(1.5)", "const f = Math.floor;"), it("() => f(1.5)", "const f = Math.ceil;")],
    [
      "instances by field order",
      it("() => Object.keys(o)", "class A { a = 1; b = 2 } const o = new A();"),
      it("() => Object.keys(o)", "class A { b = 2; a = 1 } const o = new A();"),
    ],
  ];

  test.each(cases)("%s", (_label, left, right) => {
    const first = identifyExport(left);
    const second = identifyExport(right);
    expect(first.unique || second.unique || first.id !== second.id).toBe(true);
  });

  test("what these pairs have in common is proven, where nothing else forbids it", () => {
    const proven = cases.filter(([, left]) => !identifyExport(left).unique).map(([label]) => label);
    expect(proven.length).toBeGreaterThan(18);
  });
});

describe("what cannot be proven says why", () => {
  const cases: readonly (readonly [string, CauseCode, string])[] = [
    [
      "a private static counter",
      "capture-private",
      it("() => A.next()", "class A { static #n = 0; static next() { return ++this.#n } }"),
    ],
    [
      "private state that is inherited",
      "capture-private",
      it("() => o.f()", "class B { #k = 1; f() { return this.#k } } class A extends B {} const o = new A();"),
    ],
    [
      "private members stamped on another object",
      "capture-private",
      it(
        "() => S.get(o)",
        "class R { constructor(o) { return o } } class S extends R { #p = 1; static get(o) { return o.#p } } const o = {}; new S(o);",
      ),
    ],
    ["an instance that is a Map", "capture-mutable", it("() => m.size", "class M extends Map {} const m = new M();")],
    [
      "a boxed number behind a plain prototype",
      "capture-mutable",
      it("() => o", "const o = Object.setPrototypeOf(new Number(1), Object.prototype);"),
    ],
    [
      "a Map behind a plain prototype",
      "capture-mutable",
      it("() => o", "const o = Object.setPrototypeOf(new Map(), Object.prototype);"),
    ],
    [
      "an array with another prototype",
      "capture-unknown-class",
      it("() => a", "class A extends Array {} const a = new A();"),
    ],
    [
      "a generator under way",
      "capture-mutable",
      it("() => g.next().value", "function* make() { yield 1; yield 2 } const g = make();"),
    ],
    ["an array iterator", "capture-unknown-class", it("() => g.next().value", "const g = [1, 2].values();")],
    ["an error", "capture-mutable", it("() => e.message", `const e = new Error("x");`)],
    ["a property on a method", "patched", it("() => new A().f.k", "class A { f() {} } (A.prototype.f as any).k = 1;")],
    [
      "a property on a captured function's length",
      "patched",
      it("() => f.length", "const f = () => 0; Object.defineProperty(f, 'length', { value: 3 });"),
    ],
    [
      "a function with another prototype",
      "patched",
      it("() => f(1)", "const f = (x) => x; Object.setPrototypeOf(f, { k: 1 });"),
    ],
    [
      "super in an object's method",
      "outer-this",
      it("() => f()", "const o = { f() { return super.toString() } }; const f = o.f;"),
    ],
    ["the legacy properties of RegExp", "nondeterministic", it(`() => { /(a)/.exec("a"); return RegExp.$1 }`)],
    ["a locale", "nondeterministic", it("(x) => x.toLocaleString()")],
    ["a locale by destructuring", "nondeterministic", it("({ toLocaleString }) => toLocaleString")],
    ["the Function constructor", "source-observer", it("(x) => x.constructor")],
    ["a call stack", "source-observer", it("() => new Error().stack")],
    ["a call stack's length, inherited", "source-observer", it("() => E.stackTraceLimit", "class E extends Error {}")],
    [
      "a call stack put elsewhere by what an error inherits",
      "source-observer",
      it("(x) => { E.captureStackTrace(x) }", "class E extends Error {}"),
    ],
    [
      "the constructor that a captured function inherits",
      "source-observer",
      it("() => f.constructor", "const f = () => 0;"),
    ],
    ["a locale method that a captured number has", "nondeterministic", it("() => n.toLocaleString", "const n = 1;")],
    ["a base with a memory", "nondeterministic", it("() => new R('a').test('a')", "class R extends RegExp {}")],
    ["the this that a compute is called with", "outer-this", it("function () { return this.k }")],
    ["the this around a class", "outer-this", it("function () { return (() => class { [this.k]() {} })() }")],
    ["a built-in overwritten while running", "capture-write", it("() => { isNaN = () => true }")],
    ["a prototype overwritten while running", "capture-write", it("() => { (Array.prototype as any).x = 1 }")],
    ["a destructuring write", "capture-write", it("() => { [o.n] = [5] }", "const o = { n: 1 };")],
    ["a write by a loop head", "capture-write", it("() => { for (o.n of [1]); }", "const o = { n: 1 };")],
    ["a delete", "capture-write", it("() => delete o.n", "const o: any = { n: 1 };")],
    [
      "a var that its catch parameter shadows",
      "unsupported-syntax",
      it("() => { try { throw 1 } catch (e) { var e = 2 } return e }"),
    ],
    [
      "a var in a loop of a suspended generator",
      "reassigned-capture",
      it("() => f()", "function* make() { for (var i of [1, 2]) yield () => i } const f = make().next().value as any;"),
    ],
    [
      "a loop variable of a suspended generator",
      "reassigned-capture",
      it(
        "() => f()",
        "function* make() { for (let i = 0; i < 3; i++) yield () => i } const f = make().next().value as any;",
      ),
    ],
    [
      "a field with a computed name",
      "unsupported-syntax",
      it("() => new A()", `const o = { k: "x" }; class A { [o.k] = 1 }`),
    ],
    ["an enum in two parts", "unsupported-syntax", it("() => { enum E { A = 1 } enum E { B = 2 } return E.B }")],
    ["__proto__ in a literal", "unsupported-syntax", it("() => ({ __proto__: null })")],
    ["an accessor field", "unsupported-syntax", it("() => new A()", "class A { accessor x = 1 }")],
    ["a symbol", "capture-symbol", it("() => s", `const s = Symbol("x");`)],
    ["a symbol as key", "capture-symbol", it("() => o", "const o = { [Symbol.iterator]: 1 };")],
    ["a hidden property", "capture-hidden", it("() => o", "const o = Object.defineProperty({}, 'k', { value: 1 });")],
    ["a regular expression with a position", "capture-stateful-regexp", it("() => r.test('a')", "const r = /a/g;")],
    [
      "the names of functions together with reading names",
      "function-name",
      it("() => { const f = () => 0; return n(f) }", "const n = (g) => g.name;"),
    ],
    ["a handle", "capture-handle", it("() => handle", `import { handle } from "./sdk.ts";`)],
    ["Math as a value", "nondeterministic", it("() => m.abs(1)", "const m = Math;")],
    ["an aliased Math.random", "nondeterministic", it("() => r()", "const r = Math.random;")],
    ["a locale method by value", "nondeterministic", it("() => f", "const f = Number.prototype.toLocaleString;")],
    ["arguments of the outer function", "unlisted-global", it("function () { return arguments.length }")],
    ["import.meta", "unlisted-global", it("() => import.meta.url")],
    [
      "data that nests too deeply",
      "capture-too-deep",
      it(
        "() => o",
        "const make = () => { let a: any = {}; for (let i = 0; i < 2000; i++) a = { a }; return a }; const o = make();",
      ),
    ],
    [
      "a function declared twice",
      "reassigned-capture",
      it("make()", "function make() { function f() { return 1 } function f() { return 2 } return () => f() }"),
    ],
    ["a built-in function of a host", "untagged-function", it("() => f", "const f = structuredClone;")],
  ];

  test.each(cases)("%s: %s", (_label, code, source) => {
    const { unique, rejected, causes } = identifyExport(source);
    expect(causes.map((one) => one.code)).toContain(code);
    expect({ unique, rejected }).toEqual({ unique: true, rejected: false });
    for (const { message } of causes) expect(message).toMatch(/^[`A-Z].*\. [A-Z].*\.$/);
  });
});

test("unique ids differ within a run and from run to run", () => {
  const source = it("() => Date.now()");
  expect(identifyExport(source, "one").id).not.toBe(identifyExport(source, "two").id);
  expect(identifyExport(source, "one").id).toMatch(/^[0-9a-f]{64}$/);
});

test("a generator may help, but not compute", () => {
  const make = "function* range(n) { for (let i = 0; i < n; i++) yield i }";
  expect(identifyExport(it("() => [...range(3)]", make)).causes).toEqual([]);
  expect(identifyExport(it("range", make)).rejected).toBe(true);
});

test("an error class of the author's own is proven, and counts with all it says", () => {
  const thrown = (above: string) =>
    identifyExport(it("(x) => { if (x < 0) throw new Short(x); return x instanceof Short ? 0 : x }", above));
  const bodies = [
    "{}",
    "{ code = 1 }",
    "{ code = 2 }",
    '{ constructor(x) { super("short of " + x) } }',
    '{ constructor(x) { super("lacks " + x) } }',
  ];
  const found = [
    ...bodies.map((body) => thrown(`class Short extends Error ${body}`)),
    thrown("class Short extends RangeError {}"),
    thrown("class Base extends Error { code = 1 } class Short extends Base {}"),
    thrown("class Base extends Error { code = 2 } class Short extends Base {}"),
  ];
  expect(found.map(({ causes }) => causes)).toEqual(found.map(() => []));
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  expect(thrown("class Short extends Error { code = 1 }").id).toBe(found[1]!.id);
  const own = identifyExport(
    it("() => E.stackTraceLimit + o.stack", "class E { static stackTraceLimit = 3 } const o = { stack: 1 };"),
  );
  expect(own.causes).toEqual([]);
});

test("a cause has the path to the value and the place in the source", () => {
  const { causes } = identifyExport(
    it("(x) => h(x)", "const table = { m: new Map() };\nconst h = (x) => table.m.get(x) + Date.now();"),
  );
  expect(causes).toEqual([
    expect.objectContaining({
      code: "nondeterministic",
      path: "h",
      location: { file: "strategy.ts", line: 2, column: 35 },
    }),
    expect.objectContaining({ code: "capture-mutable", path: "h > table.m" }),
  ]);
});

test("what was walked can no longer be changed", () => {
  const { identity, exports } = runText(
    it(
      "() => o.list[0] + f.k + new A().m() + new A().m.length",
      "export const o = { list: [1] }; export const f: any = () => 0; f.k = {}; export class A { m() { return 1 } }",
    ),
  );
  expect(identity.causes).toEqual([]);
  const { o, f, A } = exports as { o: { list: unknown }; f: { k: unknown }; A: { prototype: { m: unknown } } };
  const walked = [o.list, f, f.k, A, A.prototype, A.prototype.m];
  expect(walked.map((one) => Object.isFrozen(one))).toEqual(walked.map(() => true));
});

test("names and order of captures do not count, their values do", () => {
  const left = identifyExport(it("(x) => x * a + b", "const b = 2; const a = 1;"));
  const right = identifyExport(it("(y) => y * p + q", "const p = 1, unused = 0, q = [2][0];"));
  expect(left).toEqual(right);
});
