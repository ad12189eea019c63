import type { CauseCode } from "./facts.ts";

export interface Tricky {
  readonly title: string;
  /** `main.ts` is the strategy. */
  readonly files: Readonly<Record<string, string>>;
  /** The causes of all that is unknown in the graph; none: it is known as a whole. */
  readonly unknown: readonly CauseCode[];
}

const IMPORTS = `
import { above, atr, bollinger, cross, sma, when } from "@qmtl/core/indicators";
import { bool, categorical, f64, fraction, ohlcv, price, quantity, schema, unit } from "@qmtl/core/schema";
import { aggregate, align, barTime, cast, crossSection, dataset, forwardReturn, node, orders, param, pick, resample, rng, strategy, stream, targetPositions, targetWeights, window } from "@qmtl/core/strategy";
`;

const BARS = `const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });`;
const FLAT = `const flat = node({ name: "flat", inputs: { close: bars.close }, output: { w: fraction }, compute: () => ({ w: 0 }) });`;

/** A strategy whose graph is `body`, after `top`. */
function graph(
  title: string,
  unknown: readonly CauseCode[],
  body: string,
  top = "",
  others: Readonly<Record<string, string>> = {},
): Tricky {
  const main = `${IMPORTS}${top}
export default strategy({
  name: "s",
  params: { n: param.int(10, { min: 2, max: 50 }), x: param.float(0.5, { min: 0, max: 1 }), mode: param.choice("a", ["a", "b"]) },
  graph({ params }) {
${body}
  },
});
`;
  return { title, unknown, files: { "main.ts": main, ...others } };
}

/** A graph whose one period is `period`. */
function period(
  title: string,
  unknown: readonly CauseCode[],
  value: string,
  top = "",
  others: Readonly<Record<string, string>> = {},
): Tricky {
  return graph(
    title,
    unknown,
    `${BARS}\nreturn targetWeights(cast(sma(bars.close, ${value}), fraction));`,
    top,
    others,
  );
}

function file(
  title: string,
  unknown: readonly CauseCode[],
  main: string,
  others: Readonly<Record<string, string>> = {},
): Tricky {
  return { title, unknown, files: { "main.ts": IMPORTS + main, ...others } };
}

const DEFAULT = `strategy({ name: "s", graph() { ${BARS} ${FLAT} return targetWeights(flat.w); } })`;

export const TRICKY: readonly Tricky[] = [
  // What is followed.
  period("a chain of consts", [], "C", "const A = 7; const B = A; const C = B;"),
  period("a let that is never assigned again", [], "A", "let A = 7;"),
  period("arithmetic", [], "A * 2 + params.n - 2 ** 2", "const A = 7;"),
  period("Math over a param", [], "Math.max(3, Math.round(params.n * params.x))"),
  period("a hexadecimal number with separators", [], "0x0_f"),
  period("an element of a const array", [], "SPANS[1]", "const SPANS = [5, 10] as const;"),
  period("an element under a computed literal index", [], "SPANS[SPANS.length - 1]", "const SPANS = [5, 10];"),
  period("a member of a nested object", [], `C.spans["long"]`, "const C = { spans: { long: 12 } };"),
  period(
    "destructured consts, renamed and nested",
    [],
    "deep",
    "const { spans: { long: deep = 3 } } = { spans: { long: 12 } };",
  ),
  period("a destructured array", [], "second", "const [, second] = [5, 6];"),
  period(
    "constants that are handed to functions",
    [],
    "C.n + C.deep.m + k",
    "const C = { n: 5, deep: { m: 1 } }; const { n: k } = C; const log = (x: unknown) => x; log(C.n); log(C.deep.m); log(k); void (C as unknown as string + 1);",
  ),
  period(
    "an array of constants that others read",
    [],
    "SPANS[0]",
    "const SPANS = [5, 6]; const doubled = SPANS.map((n) => n * 2); doubled.push(3); for (const n of SPANS) void n;",
  ),
  graph(
    "params that are handed on",
    [],
    `${BARS} const { n } = params; Math.max(n, 3); const log = (x) => x; log(n); return targetWeights(cast(sma(bars.close, n), fraction));`,
  ),
  period("a frozen object", [], "C.n", "const C = Object.freeze({ n: 12 });"),
  period(
    "a spread object whose later key wins",
    [],
    "C.n",
    "const base = { n: 4, m: 5 }; const C = { ...base, n: 12 };",
  ),
  period("an imported const", [], "LONG", `import { LONG } from "./lib.ts";`, { "lib.ts": "export const LONG = 21;" }),
  period("an import by another name, through a re-export", [], "L", `import { LONG as L } from "./lib";`, {
    "lib/index.ts": `export { SPAN as LONG } from "./spans.js";`,
    "lib/spans.ts": "export const SPAN = 22;",
  }),
  period("a default import", [], "config.n", `import config from "./lib.ts";`, {
    "lib.ts": "export default { n: 23 };",
  }),
  period("a namespace import through export *", [], "lib.spans.LONG", `import * as lib from "./lib.ts";`, {
    "lib.ts": `export * as spans from "./spans.ts"; export * from "./spans.ts";`,
    "spans.ts": "export const LONG = 24;",
  }),
  period("a JSON file", [], "config.spans.long", `import config from "./config.json";`, {
    "config.json": `{ "spans": { "long": 25 } }`,
  }),
  period("files that import each other", [], "LONG", `import { LONG } from "./lib.ts";`, {
    "lib.ts": `import { HALF } from "./half.ts"; export const LONG = 2 * HALF;`,
    "half.ts": `import type { X } from "./lib.ts"; export const HALF = 5;`,
  }),
  graph(
    "destructured panels and aliases of builders",
    [],
    `const mean = sma; const { close, open: first } = ${BARS.slice(13, -1)};
    const bars = { close }; const w = when(above(mean(bars.close, 3), first), 1, 0, fraction); return targetWeights(w);`,
  ),
  graph(
    "a shadowed name",
    [],
    `const n = 4; { const n = 5; void n; } ${BARS} return targetWeights(cast(sma(bars.close, n), fraction));`,
    "const n = 3;",
  ),
  graph(
    "optional chaining and assertions",
    [],
    `${BARS} return targetWeights(cast(sma((bars?.close)!, (params.n as number)), fraction));`,
  ),
  graph(
    "options in a const, and a spread of options",
    [],
    `const common = { schema: ohlcv, tags: ["x"] } as const;
    const bars = stream({ ...common, interval: "1h", match: undefined }); const spec = { name: "n", inputs: { bars }, output: { w: fraction }, compute: () => ({ w: 0 }) };
    return targetWeights(node(spec).w);`,
  ),
  graph(
    "cells of one's own",
    [],
    `${BARS} const bps = unit(f64, "bps"); const cells = { w: bps, word: categorical(["up", "down"]) };
    const n = node({ name: "n", inputs: { bars }, output: { ...cells, extra: ohlcv.columns.volume }, compute: () => ({ w: 0, word: "up", extra: 0 }) });
    return targetPositions(cast(cast(n.w, price), quantity));`,
  ),
  graph(
    "integer keys, which come first",
    [],
    `${BARS} return targetWeights({ b: cast(pick(bars, "B").close, fraction), 2: cast(pick(bars, "2").open, fraction), [1]: cast(pick(bars, "1").low, fraction) });`,
  ),
  graph(
    "an input that repeats a key",
    [],
    `${BARS} const n = node({ name: "n", inputs: { a: bars.close, b: bars.open, a: bars.low }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "constants that JSON lacks",
    [],
    `${BARS} const n = node({ name: "n", inputs: { bars, a: NaN, b: -Infinity, c: -0, d: "word", e: true, f: \`\${params.mode}-\${params.n}\` }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "a name and tags that follow a param",
    [],
    `const bars = stream({ schema: ohlcv, tags: [params.mode, "z"], interval: "1d" });
    const n = node({ name: "n-" + params.mode, inputs: { bars }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "all inputs are params",
    [],
    `${BARS} const n = node({ name: "n", inputs: { ...params, bars }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "a schema written by hand",
    [],
    `const bars = stream({ schema: { id: "a@1", columns: { close: price, odd: bool }, fold: { close: "max" } }, tags: ["x"], interval: "1h" });
    const daily = resample(bars, "1d"); const n = node({ name: "n", inputs: { daily }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "folds of a stream that come through pick, align and resample",
    [],
    `const hours = stream({ schema: ohlcv, tags: ["x"], interval: "1h" }); const days = stream({ schema: ohlcv, tags: ["y"], interval: "1d" });
    const one = resample(pick(hours, "A"), "1d"); const other = resample(align(one, days, { maxAge: 2 }), "1w"); const mean = resample(days.close, "1w", "mean");
    const n = node({ name: "n", inputs: { other, mean }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "market inputs alone make a market node",
    [],
    `${BARS} const m = aggregate({ name: "m", inputs: { c: bars.close }, output: { b: f64 }, compute: () => ({ b: 0 }) });
    const k = node({ name: "k", inputs: { b: m.b, spy: pick(bars, "SPY") }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights({ SPY: k.w });`,
  ),
  graph(
    "nodes that reach nothing",
    [],
    `${BARS} const unused = sma(bars.close, 3); rng(bars, 4); ${FLAT} const t = barTime(flat); return targetWeights(flat.w);`,
  ),
  graph(
    "code that changes module data inside compute alone",
    [],
    `${BARS} const n = node({ name: "n", inputs: { bars }, output: { w: fraction }, compute: () => { SPANS.push(1); return { w: 0 }; } }); return targetWeights(cast(sma(n.w, SPANS[0]), fraction));`,
    "const SPANS = [5];",
  ),
  graph(
    "a guard that throws",
    [],
    `if (params.n < 2) throw new Error("too short"); ${BARS} ${FLAT} return targetWeights(flat.w);`,
  ),
  graph("streams at the top of the module", [], `${FLAT} return targetWeights(flat.w);`, BARS),
  file(
    "an arrow, and a strategy that is exported by name too",
    [],
    `const s = strategy({ name: "s", graph: () => targetWeights(all.w) });
    ${BARS} const all = node({ name: "all", inputs: { bars }, output: { w: fraction }, compute: () => ({ w: 1 }) }); export { s, s as default };`,
  ),
  file(
    "a graph that is a function of its own",
    [],
    `function build({ params: { n } }: any) { ${BARS} return targetWeights(cast(sma(bars.close, n), fraction)); }
    export default strategy({ name: "s", params: { n: param.int(4, { min: 1, max: 9 }) }, graph: build });`,
  ),
  file("a strategy from another file", [], `export { default } from "./other.ts";`, {
    "other.ts": `${IMPORTS}export default ${DEFAULT};`,
  }),

  // What is not, and says so.
  period("a const that makes itself", ["cycle"], "A", "const A: number = B; const B: number = A;"),
  period("a let that is assigned again", ["reassigned"], "A", "let A = 7; A = 8;"),
  period("a let that a function assigns", ["reassigned"], "A", "let A = 7; function bump() { [A] = [9]; } bump();"),
  period("a var", ["reassigned"], "A", "var A = 7;"),
  period("an array that is pushed to", ["mutated"], "SPANS[0]", "const SPANS = [5]; SPANS.unshift(6);"),
  period(
    "an array that is written through an alias",
    ["mutated"],
    "SPANS[0]",
    "const SPANS = [5]; const other = SPANS; other[0] = 6;",
  ),
  period(
    "an object that a function writes",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; function set(c: { n: number }) { c.n = 6; } set(C);",
  ),
  period(
    "an object written through a part of another",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; const holder = { inner: C }; holder.inner.n = 6;",
  ),
  period(
    "an object written by a destructured name",
    ["mutated"],
    "C.inner.n",
    "const C = { inner: { n: 5 } }; const { inner } = C; inner.n = 6;",
  ),
  period(
    "an object written in a loop over its holder",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; for (const each of [C]) each.n = 6;",
  ),
  period(
    "a frozen object whose inside is written",
    ["mutated"],
    "C.spans[0]",
    "const C = Object.freeze({ spans: [5] }); C.spans[0] = 6;",
  ),
  period(
    "an object that another file writes",
    ["mutated"],
    "C.n",
    `import { C } from "./lib.ts"; import "./other.ts";`,
    {
      "lib.ts": "export const C = { n: 5 };",
      "other.ts": `import * as lib from "./lib.ts"; lib.C.n = 6;`,
    },
  ),
  period(
    "an object in a namespace that is handed on",
    ["mutated"],
    "C.n",
    `import { C } from "./lib.ts"; import * as lib from "./lib.ts"; Object.values(lib).forEach((c: any) => { c.n = 6; });`,
    {
      "lib.ts": "export const C = { n: 5 };",
    },
  ),
  period("a JSON file that is written", ["mutated"], "config.n", `import config from "./config.json"; config.n = 6;`, {
    "config.json": `{ "n": 5 }`,
  }),
  period(
    "an object with a method that changes it",
    ["mutated"],
    "C.n",
    "const C = { n: 5, bump() { this.n++; } }; C.bump();",
  ),
  period(
    "an object that a template's tag writes",
    ["mutated"],
    "C.n",
    `const C = { n: 5 }; const tag = (_: unknown, c: { n: number }) => { c.n = 9; }; tag\`\${C}\`;`,
  ),
  period(
    "an object whose holder is spread into a call",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; const held = [C]; const set = (c: { n: number }) => { c.n = 9; }; set(...held);",
  ),
  period(
    "an object written through the rest of its holder",
    ["mutated"],
    "C.inner.n",
    "const C = { rest: 1, inner: { n: 5 } }; const { ...rest } = C; rest.inner.n = 9;",
  ),
  period("a let that text may assign", ["reassigned"], "A", `let A = 7; eval("A = 8");`),
  file(
    "a context that is written through arguments",
    ["mutated"],
    `export default strategy({ name: "s", params: { n: param.int(4, { min: 1, max: 9 }) }, graph(context) {
    arguments[0].params = { n: 7 }; ${BARS} return targetWeights(cast(sma(bars.close, context.params.n), fraction)); } });`,
  ),
  period(
    "an object written by each way to assign a member",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; [C.n] = [6]; ({ a: C.n } = { a: 7 }); for (C.n of [8]); C.n ||= 9; C.n++;",
  ),
  period(
    "an object that a default hands on",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; (function (c = C) { c.n = 9; })();",
  ),
  period(
    "an object that a variable takes over",
    ["mutated"],
    "C.n",
    "const C = { n: 5 }; let other; other = C; other.n = 9;",
  ),
  period("an accessor", ["syntax"], "C.n", "let k = 4; const C = { get n() { return ++k; } };"),
  period("a condition", ["conditional"], "params.n > 5 ? 3 : 4"),
  period("a fallback", ["conditional"], "params.n || 4"),
  period("a helper's number", ["helper-call"], "span(3)", "const span = (n: number) => n * 2;"),
  period("a mapped array", ["loop"], "SPANS.map((n) => n * 2)[0]", "const SPANS = [5];"),
  period("an index that is computed", ["dynamic-access"], "SPANS[params.n - 9]", "const SPANS = [5, 6];"),
  period("an import without a file", ["unresolved-import"], "LONG", `import { LONG } from "./nowhere.ts";`),
  period("an import without an export", ["no-such-export"], "LONG", `import { LONG } from "./lib.ts";`, {
    "lib.ts": "export const SHORT = 3;",
  }),
  period("a name that two export * give", ["no-such-export"], "LONG", `import { LONG } from "./lib.ts";`, {
    "lib.ts": `export * from "./a.ts"; export * from "./b.ts";`,
    "a.ts": "export const LONG = 3;",
    "b.ts": "export const LONG = 4;",
  }),
  period("another package", ["package"], "parse(4)", `import { parse } from "some-package";`),
  period("a param that is not declared", ["no-such-property"], "params.fsat"),
  graph(
    "a helper around an indicator",
    ["helper-call"],
    `${BARS} const mean = (c) => sma(c, 3); return targetWeights(cast(mean(bars.close), fraction));`,
  ),
  graph(
    "a helper's column among inputs",
    ["helper-call"],
    `${BARS} const mean = (c) => sma(c, 3); const n = node({ name: "n", inputs: { a: mean(bars.close), b: bars.open }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "inputs that are spread from a helper",
    ["helper-call"],
    `${BARS} const more = () => ({ b: bars.open }); const n = node({ name: "n", inputs: { a: bars.close, ...more() }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "a computed input name",
    ["computed-name"],
    `${BARS} const n = node({ name: "n", inputs: { [params.mode]: bars.close }, output: { w: fraction }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "a column by a computed name",
    ["dynamic-access"],
    `${BARS} return targetWeights(cast(bars[params.n > 3 ? "open" : "close"], fraction));`,
  ),
  graph(
    "columns from a loop",
    ["mutated"],
    `${BARS} const all = []; for (const n of [5, 10]) all.push(sma(bars.close, n)); return targetWeights(cast(all[1], fraction));`,
  ),
  graph(
    "columns mapped from periods",
    ["loop"],
    `${BARS} const all = [5, 10].map((n) => sma(bars.close, n)); return targetWeights(cast(all[1], fraction));`,
  ),
  graph(
    "one of two columns",
    ["conditional"],
    `${BARS} const c = params.mode === "a" ? bars.open : bars.close; return targetWeights(cast(sma(c, 3), fraction));`,
  ),
  graph(
    "one of two decisions",
    ["conditional"],
    `${BARS} ${FLAT} if (params.mode === "b") return targetWeights(flat.w); return targetPositions(cast(bars.close, quantity));`,
  ),
  graph("a decision inside a loop", ["loop"], `${BARS} ${FLAT} for (;;) { return targetWeights(flat.w); }`),
  graph(
    "a cell that a helper makes",
    ["helper-call"],
    `${BARS} const cell = () => fraction; const n = node({ name: "n", inputs: { bars }, output: { w: cell() }, compute: () => ({ w: 0 }) }); return targetWeights(n.w);`,
  ),
  graph(
    "spread arguments",
    ["spread"],
    `${BARS} const args = [bars.close, 3]; return targetWeights(cast(sma(...args), fraction));`,
  ),
  graph(
    "the rest of an object",
    ["spread"],
    `const { close, ...others } = ${BARS.slice(13, -1)}; return targetWeights(cast(sma(others.open, 3), fraction));`,
  ),
  graph(
    "a builder's name that means a function of the file",
    ["helper-call"],
    `${BARS} const sma = (c, n) => when(above(c, c), n, 0, fraction); return targetWeights(sma(bars.close, 3));`,
  ),
  graph(
    "a node() of the file that runs compute at once",
    ["mutated"],
    `${BARS} const node = ({ compute }) => compute(); node({ compute: () => { SPANS[0] = 9; } }); return targetWeights(cast(sma(bars.close, SPANS[0]), fraction));`,
    "const SPANS = [5];",
  ),
  graph(
    "params that are assigned again",
    ["reassigned"],
    `params = { n: 7 }; ${BARS} return targetWeights(cast(sma(bars.close, params.n), fraction));`,
  ),
  graph(
    "an enum",
    ["syntax"],
    `${BARS} return targetWeights(cast(sma(bars.close, Span.Long), fraction));`,
    "enum Span { Long = 12 }",
  ),
  graph(
    "a column that is not there",
    ["no-such-column"],
    `${BARS} return targetWeights(cast(sma(bars.clsoe, 3), fraction));`,
  ),
  graph(
    "a schema that is refused",
    ["refused"],
    `const bars = stream({ schema: schema("Bad Id", { close: price }), tags: ["x"], interval: "1d" }); return targetWeights(cast(bars.close, fraction));`,
  ),
  file(
    "params from a helper",
    ["helper-call"],
    `const knobs = () => ({ n: param.int(4, { min: 1, max: 9 }) });
    export default strategy({ name: "s", params: knobs(), graph({ params }) { ${BARS} return targetWeights(cast(sma(bars.close, params.n), fraction)); } });`,
  ),
  file(
    "a strategy from a factory",
    ["helper-call"],
    `const make = (name: string) => ${DEFAULT}; export default make("s");`,
  ),
  file("no strategy at all", ["unexpected"], "export default { name: 1 };"),
  file("no default export", ["missing"], `export const s = ${DEFAULT};`),
  file(
    "text that does not parse",
    ["missing"],
    `export default strategy({ name: "s", graph() { return targetWeights( `,
  ),
];
