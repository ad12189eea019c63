import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as schemas from "@qmtl/core/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { At, ComputeFact, KernelFact, ModuleFacts, StrategyFacts, StreamFact } from "./facts.ts";
import { readFacts, relocateFacts } from "./read.ts";
import { resolveFacts } from "./resolve.ts";

const TEXT = `import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, param, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
import { LONG } from "./lib.ts";

const SHORT = 4;

export default strategy({
  name: "sample",
  params: { fast: param.int(10, { min: 2, max: 200, step: 2 }), side: param.choice("both", ["both", "long"]) },
  graph({ params }) {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d", gaps: "mark" });
    const unused = sma(bars.open, SHORT);
    const trend = node({
      name: "trend",
      inputs: { fast: sma(bars.close, params.fast * 2), recent: window(bars, LONG), side: params.side },
      output: { weight: fraction },
      state: () => ({ held: 0 }),
      warmup: 50,
      domains: ["dryrun", "backtest"],
      compute: ({ fast, recent }, state) => {
        state.held = fast;
        return { weight: recent.close.newest > fast ? 1 : 0 };
      },
    });
    return targetWeights(trend.weight);
  },
});
`;
const LIB = "/** Bars. */\nexport const LONG = 20;\n";

function read(main = TEXT, others: Readonly<Record<string, string>> = { "lib.ts": LIB }): ModuleFacts {
  const texts: Readonly<Record<string, string>> = { "main.ts": main, ...others };
  return readFacts({ read: (path) => texts[path] }, "main.ts");
}

function only(facts: ModuleFacts): StrategyFacts {
  expect(facts.strategies).toHaveLength(1);
  return facts.strategies[0] as StrategyFacts;
}

/** The text at a place. */
function textAt(facts: ModuleFacts, at: At): string {
  const span = facts.spans[at];
  if (span === undefined) throw new Error(`no span ${at}`);
  const lines = (span.file === "main.ts" ? TEXT : LIB).split("\n");
  const offset = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  return lines.join("\n").slice(offset(span.start), offset(span.end));
}

function shapeOf(main: string): string {
  return read(main).files[0]?.shape as string;
}

describe("what is stated", () => {
  test("names, params, nodes and the decision", () => {
    const facts = read();
    const strategy = only(facts);
    expect(facts.default).toEqual({ kind: "strategy", index: 0 });
    expect(strategy.exported).toEqual(["default"]);
    expect(strategy.name).toMatchObject({ kind: "literal", value: "sample" });
    expect(strategy.params).toMatchObject({
      params: [
        {
          name: "fast",
          kind: "int",
          default: { value: 10 },
          min: { value: 2 },
          max: { value: 200 },
          step: { value: 2 },
        },
        {
          name: "side",
          kind: "choice",
          default: { value: "both" },
          of: { items: [{ value: "both" }, { value: "long" }] },
        },
      ],
    });
    expect(strategy.nodes.map(({ kind }) => kind)).toEqual(["stream", "kernel", "kernel", "user"]);
    expect(strategy.nodes[0]).toMatchObject({
      schema: { id: "ohlcv@1" },
      tags: { items: [{ value: "us-index" }] },
      match: { value: "any" },
      gaps: { value: "mark" },
      interval: { value: "1d" },
      scope: { scope: "symbol" },
    } satisfies DeepPartial<StreamFact>);
    expect(strategy.nodes[2]).toMatchObject({
      builder: "sma",
      params: { bars: { kind: "operation", operator: "*", of: [{ kind: "param", name: "fast" }, { value: 2 }] } },
      inputs: { inputs: [{ name: "column", read: { kind: "column", node: 0, column: "close" } }] },
      output: { columns: [{ name: "value", cell: { cell: { dtype: "f64", unit: "price" } } }] },
    } satisfies DeepPartial<KernelFact>);
    expect(strategy.nodes[3]).toMatchObject({
      name: { value: "trend" },
      inputs: {
        inputs: [
          { name: "fast", read: { kind: "column", node: 2 } },
          { name: "recent", read: { kind: "window-panel", node: 0, bars: { value: 20 } } },
          { name: "side", read: { kind: "constant", value: { kind: "param", name: "side" } } },
        ],
      },
      state: { kind: "function" },
      warmup: { value: 50 },
      domains: { items: [{ value: "dryrun" }, { value: "backtest" }] },
    } satisfies DeepPartial<ComputeFact>);
    expect(strategy.result).toMatchObject({
      kind: "targetWeights",
      target: { kind: "column", node: 3, column: "weight" },
    });
    expect(strategy.unread).toEqual([]);
  });

  test("params fold when they are given, and nodes that reach nothing are left out", () => {
    const strategy = only(read());
    const periods = (params: Record<string, number>) =>
      resolveFacts(strategy, params).nodes.map(({ options }) =>
        options.kind === "kernel" ? options.params["bars"] : options.kind,
      );
    expect(periods({})).toEqual(["stream", 20, "user"]);
    expect(periods({ fast: 21 })).toEqual(["stream", 42, "user"]);
    expect(resolveFacts(strategy).nodes.map(({ warmUp }) => warmUp)).toEqual([
      { firstValid: 0, settle: 0 },
      { firstValid: 19, settle: 19 },
      { firstValid: 19, settle: 69 },
    ]);
  });

  test("facts are JSON", () => {
    const facts = read(TEXT.replace("side: params.side", "side: -0, no: NaN, all: [Infinity][0]"));
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    const [, , , user] = only(facts).nodes;
    expect(user).toMatchObject({
      inputs: {
        inputs: [
          {},
          {},
          { read: { value: { kind: "special", value: "-0" } } },
          { read: { value: { value: "NaN" } } },
          { read: { value: { value: "Infinity" } } },
        ],
      },
    });
  });

  test("places are those of the text that says it", () => {
    const facts = read();
    const strategy = only(facts);
    const [stream, , mean, user] = strategy.nodes;
    const places: Record<string, At | undefined> = {
      strategy: strategy.at,
      stream: stream?.at,
      interval: stream?.interval.at,
      period: (mean as KernelFact).params["bars"]?.at,
      name: (user as ComputeFact).name.at,
      compute: (user as ComputeFact).compute.at,
      input: user?.inputs.kind === "inputs" ? user.inputs.inputs[0]?.read.at : undefined,
    };
    const texts = Object.fromEntries(Object.entries(places).map(([name, at]) => [name, textAt(facts, at as At)]));
    expect(texts).toMatchObject({
      stream: 'stream({ schema: ohlcv, tags: ["us-index"], interval: "1d", gaps: "mark" })',
      interval: '"1d"',
      period: "params.fast * 2",
      name: '"trend"',
      input: "sma(bars.close, params.fast * 2)",
    });
    expect(texts["strategy"]).toMatch(/^strategy\(\{[\s\S]*\}\)$/);
    expect(texts["compute"]).toMatch(/^\(\{ fast, recent \}, state\) => \{[\s\S]*\}$/);
  });

  test("what is unknown has its cause and its place", () => {
    const text = TEXT.replace("params.fast * 2", "guess(3)").replace(
      "const SHORT",
      "const guess = (n: number) => n;\nconst SHORT",
    );
    const facts = read(text);
    const [unread, ...others] = only(facts).unread;
    expect(others).toEqual([]);
    expect(unread?.cause).toEqual({
      code: "helper-call",
      message: "What guess() returns is not followed: only the library's builders are",
    });
    expect(facts.spans[unread?.at as At]?.start).toEqual({ line: 17, column: 39 });
  });

  test("every export of the schema library is known", () => {
    const names = Object.entries(schemas)
      .filter(([, value]) => typeof value === "object")
      .map(([name]) => name);
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const facts = read(
        `import { ${name} as it } from "@qmtl/core/schema";\nimport { stream, strategy } from "@qmtl/core/strategy";\nexport default strategy({ name: "s", graph: () => stream({ schema: { id: "a@1", columns: { it }, fold: {} }, tags: [it], interval: it }) });`,
      );
      const causes = only(facts)
        .unread.map(({ cause }) => cause.message)
        .filter((message) => message.startsWith(name));
      expect(causes).toEqual([]);
    }
  });
});

describe("the shape of a file", () => {
  const same: readonly (readonly [string, (text: string) => string])[] = [
    ["a comment", (text) => text.replace("const SHORT", "// four\nconst SHORT /* bars */")],
    ["formatting", (text) => text.replaceAll("{ ", "{\n\n   ").replaceAll(", ", " ,  ")],
    ["line endings", (text) => text.replaceAll("\n", "\r\n")],
    [
      "code inside compute",
      (text) => text.replace("state.held = fast;", "state.held = fast * 2; if (fast > 3) state.held = 1;"),
    ],
    ["code inside state", (text) => text.replace("held: 0", "held: 1, other: [1, 2]")],
  ];
  test.each(same)("stays with %s, and places are found again", (_what, change) => {
    const text = change(TEXT);
    expect(text).not.toBe(TEXT);
    expect(shapeOf(text)).toBe(shapeOf(TEXT));
    const files = { read: (path: string) => ({ "main.ts": text, "lib.ts": `\n\n${LIB}` })[path] };
    expect(relocateFacts(read(), files)).toEqual(readFacts(files, "main.ts"));
  });

  const other: readonly (readonly [string, (text: string) => string])[] = [
    ["a number", (text) => text.replace("SHORT = 4", "SHORT = 5")],
    ["an operator", (text) => text.replace("params.fast * 2", "params.fast + 2")],
    ["a name", (text) => text.replaceAll("recent", "latest")],
    ["a keyword", (text) => text.replace("const SHORT", "let SHORT")],
    ["a string", (text) => text.replace("us-index", "us-bond")],
    [
      "code of a function that compute does not own",
      (text) =>
        text
          .replace("({ fast, recent }, state) =>", "((x) => x)(({ fast, recent }, state) =>")
          .replace("},\n    });\n    return", "}),\n    });\n    return"),
    ],
    [
      "an order",
      (text) => text.replace('name: "trend",\n', "").replace("warmup: 50,", 'warmup: 50,\n      name: "trend",'),
    ],
  ];
  test.each(other)("changes with %s", (_what, change) => {
    const text = change(TEXT);
    expect(text).not.toBe(TEXT);
    expect(shapeOf(text)).not.toBe(shapeOf(TEXT));
    expect(relocateFacts(read(), { read: (path) => ({ "main.ts": text, "lib.ts": LIB })[path] })).toBeUndefined();
  });

  test("of an imported file counts, and a file that was missing may have come", () => {
    const facts = read();
    expect(facts.files.map(({ path }) => path)).toEqual(["main.ts", "lib.ts"]);
    expect(
      relocateFacts(facts, { read: (path) => ({ "main.ts": TEXT, "lib.ts": "export const LONG = 21;" })[path] }),
    ).toBeUndefined();
    const without = read(TEXT, {});
    expect(without.files[0]?.unresolved).toEqual(["./lib.ts"]);
    expect(relocateFacts(without, { read: (path) => ({ "main.ts": TEXT, "lib.ts": LIB })[path] })).toBeUndefined();
  });
});

describe("reading is safe", () => {
  test("no code of the author runs", () => {
    const folder = mkdtempSync(join(tmpdir(), "qmtl-facts-"));
    const trace = join(folder, "trace");
    const mark = `writeFileSync(${JSON.stringify(trace)}, "ran");`;
    const facts = read(
      `import { writeFileSync } from "node:fs";
import "./side-effect.ts";
${mark}
(globalThis as any).__ran = true;
${TEXT.replace("graph({ params }) {", `graph({ params }) {\n    ${mark}`).replace("state.held = fast;", mark)}
throw new Error("ran");`,
      { "lib.ts": LIB, "side-effect.ts": `import { writeFileSync } from "node:fs";\n${mark}` },
    );
    expect(only(facts).unread).toEqual([]);
    expect(existsSync(trace)).toBe(false);
    expect("__ran" in globalThis).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("no text makes it fail", () => {
    const positions = fc.integer({ min: 0, max: TEXT.length });
    const insertion = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "{",
        "}",
        "(",
        ")",
        "`",
        "${",
        "/*",
        "=>",
        "...",
        "export *",
        "#",
        "\u2028",
        "import(",
        "class {",
      ),
    );
    fc.assert(
      fc.property(positions, positions, insertion, (from, to, text) => {
        const facts = read(TEXT.slice(0, from) + text + TEXT.slice(to));
        for (const strategy of facts.strategies) resolveFacts(strategy);
        for (const { start, end } of facts.spans)
          expect([start.line, start.column, end.line, end.column].every((n) => n >= 1)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("a file that is not there has no strategy", () => {
    const facts = readFacts({ read: () => undefined }, "main.ts");
    expect(facts.strategies).toEqual([]);
    expect(facts.default).toMatchObject({ kind: "unknown", cause: { code: "missing" } });
  });

  test("a chain of thousands of nodes is read; one call in another a thousand times is unknown", () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `const c${i + 1} = sma(c${i}, 2);`).join("\n");
    const nested = `${"sma(".repeat(1000)}bars.close${", 2)".repeat(1000)}`;
    const strategyOf = (body: string, last: string) =>
      TEXT.replace("const unused = sma(bars.open, SHORT);", body).replace(
        "targetWeights(trend.weight)",
        `targetWeights(${last})`,
      );
    const deep = only(read(strategyOf(`const c0 = bars.close;\n${chain}`, "c3000")));
    expect(resolveFacts(deep).nodes).toHaveLength(3001);
    const tooDeep = only(read(strategyOf("", nested)));
    expect(tooDeep.unread.map(({ cause }) => cause.code)).toEqual(["syntax"]);
  });
});

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends readonly unknown[] ? unknown : DeepPartial<T[K]> };
