import type { StoredRecord } from "@qmtl/core/plugin";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { COMPUTE_LINE, configText, makeProject, strategyText, type TestProject } from "./project.test.kit.ts";

const FIRST_BAR = Date.UTC(2000, 0, 14, 21);

interface Bad {
  readonly text: string;
  readonly code: string;
  readonly message?: RegExp;
  /** Where the author is sent, beside the file. */
  readonly place?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  /** Default 1: rejected. */
  readonly exit?: number;
}

const compute = (statement: string): string =>
  strategyText({ compute: `({ close }) => { ${statement}; return { weight: close > 0 ? 1 : 0 }; }` });
const gives = (value: string): string => strategyText({ compute: `(): any => (${value})` });
const firstBar = { node: "trend", symbol: "SPX", bar: FIRST_BAR };
/** In a function that only a value leads to: what is read from the text alone does not get there, so it runs. */
const unseen = (statement: string): string =>
  strategyText({
    top: `const unseen = { run: (close: number): any => { ${statement}; } };`,
    compute: "({ close }) => { unseen.run(close); return { weight: close > 0 ? 1 : 0 }; }",
  });
const atUnseen = { ...firstBar, line: 4 };
const refused = (statement: string, message: RegExp): Bad => ({
  text: unseen(statement),
  code: "determinism.refused",
  message,
  place: atUnseen,
});
const notThere = (statement: string, name: string): Bad => ({
  text: unseen(statement),
  code: "engine.compute-failed",
  message: new RegExp(`${name} is not defined`),
  place: atUnseen,
});
const seen = (text: string, code: string, message = /./): Bad => ({
  text,
  code,
  message,
  place: { line: COMPUTE_LINE },
});

/** Refused by the rules of the editor, before anything runs. */
const CHECKED: Readonly<Record<string, Bad>> = {
  "has an async compute": seen(strategyText({ compute: "async (): any => ({ weight: 1 })" }), "C404"),
  "calls eval": seen(compute("eval('1')"), "C406"),
  "makes a function from text": seen(compute("new Function('return 1')()"), "C406"),
  "imports while it runs": seen(compute("import('./sma-cross.ts')"), "C404"),
  "lacks an output": seen(gives("{}"), "S204", /lacks weight/),
  "gives another output": seen(gives("{ wieght: 1 }"), "S204", /wieght/),
  "reads the clock": seen(compute("Date.now()"), "D107"),
  "draws a random number": seen(compute("Math.random()"), "C403"),
  "asks the network": seen(compute("fetch('https://example.com')"), "C404"),
  "draws a random number and says that it may": seen(
    compute("Math.random() // qmtl-ignore C403 -- for luck\n"),
    "C403",
  ),
};

const UNREADABLE: Readonly<Record<string, Bad>> = {
  "has a syntax error": {
    text: "const a = 1;\nexport default strategy({ name: ",
    code: "strategy.syntax",
    place: { line: 2 },
  },
  "has no default export": {
    text: "export const a = 1;",
    code: "strategy.no-default-export",
  },
  "exports something else": { text: "export default { name: 'x' };", code: "strategy.not-a-strategy" },
  "imports a package that is not there": {
    text: `import nothing from "left-pad-that-is-not-there";\n${compute("nothing()")}`,
    code: "strategy.unknown-import",
    place: { line: 1 },
  },
  "imports a file that is not there": {
    text: `import nothing from "./nothing";\n${compute("nothing()")}`,
    code: "strategy.unknown-import",
    place: { line: 1 },
  },
  "imports a part of Node.js": {
    text: `import fs from "node:fs";\n${compute("fs.readFileSync('/etc/hosts')")}`,
    code: "strategy.builtin-import",
    place: { line: 1 },
  },
  "calls require": { text: compute("require('fs')"), code: "strategy.commonjs", place: { line: COMPUTE_LINE } },
  "throws while it is loaded": {
    text: strategyText({ top: 'throw new RangeError("too early");' }),
    code: "strategy.threw",
    message: /RangeError: too early/,
    place: { line: 4 },
  },
};

const UNBUILDABLE: Readonly<Record<string, Bad>> = {
  "throws in graph()": {
    text: strategyText({ graph: 'throw new Error("not today");' }),
    code: "runner.graph-threw",
    message: /not today/,
    place: { strategy: "tested", line: 9 },
  },
  "throws null in graph()": {
    text: strategyText({ graph: "throw null;" }),
    code: "runner.graph-threw",
    message: /null/,
  },
  "calls eval where only a value leads": {
    text: unseen("eval('1')"),
    code: "identity.rejected",
    place: { node: "trend", line: 4 },
  },
  "reads the clock while it is loaded": {
    text: strategyText({ top: 'const started = Date["now"]();', graph: "if (started < 0) throw started;" }),
    code: "determinism.refused",
    message: /current time/,
    place: { line: 4 },
  },
  "draws a random number in graph()": {
    text: strategyText({ graph: "if (Math.random() > 1) throw 1;" }),
    code: "determinism.refused",
    place: { line: 9 },
  },
  "returns no decision": {
    text: strategyText({}).replace("return targetWeights(trend.weight);", "return trend as never;"),
    code: "strategy.no-result",
  },
  "has a generator as compute": {
    text: strategyText({ compute: "function* (): any { yield 1; }" }),
    code: "identity.rejected",
    place: { node: "trend", line: COMPUTE_LINE },
  },
  "patches a prototype while it is loaded": {
    text: strategyText({ top: "(Array.prototype as any).map = () => [];" }),
    code: "strategy.threw",
    message: /TypeError/,
    place: { line: 4 },
  },
  "recurses for ever in graph()": {
    text: strategyText({ top: "const down = (n: number): number => down(n + 1) + 1;", graph: "down(0);" }),
    code: "runner.graph-threw",
    message: /call stack/,
    place: { line: 4 },
  },
};

const FAILING: Readonly<Record<string, Bad>> = {
  "throws at a bar": {
    text: compute("if (close > 2000) throw new Error('too high')"),
    code: "engine.compute-failed",
    message: /Error: too high/,
    place: { node: "trend", symbol: "SPX", bar: Date.UTC(2014, 7, 26, 20), line: COMPUTE_LINE },
  },
  "throws an error of its own, which names itself": {
    text: strategyText({
      top: `class TooHigh extends Error {
  constructor(message: string) { super(message); this.name = "TooHigh"; this.message = \`very \${message}\`; }
}`,
      compute: `({ close }) => {
        if (close > 2000) throw new TooHigh("high");
        return { weight: 1 };
      }`,
    }),
    code: "engine.compute-failed",
    message: /TooHigh: very high/,
    place: { node: "trend", symbol: "SPX", bar: Date.UTC(2014, 7, 26, 20) },
  },
  "throws a text": {
    text: compute("if (close > 2000) throw 'too high'"),
    code: "engine.compute-failed",
    message: /"too high"/,
    place: { node: "trend", symbol: "SPX", bar: Date.UTC(2014, 7, 26, 20) },
  },
  "lacks an output": { text: gives("JSON.parse('{}')"), code: "engine.wrong-shape", place: firstBar },
  "gives another output": {
    text: gives(`JSON.parse('{ "wieght": 1 }')`),
    code: "engine.wrong-shape",
    message: /wieght/,
    place: firstBar,
  },
  "gives a promise": {
    text: strategyText({
      top: "const unseen = { run: (): any => Promise.resolve({ weight: 1 }) };",
      compute: "(): any => unseen.run()",
    }),
    code: "engine.wrong-shape",
    message: /promise/,
    place: firstBar,
  },
  "gives a text": { text: gives("'one'"), code: "engine.wrong-shape", message: /"one"/, place: firstBar },
  "gives nothing": { text: gives("undefined"), code: "engine.wrong-shape", place: firstBar },
  "gives a text for a number": {
    text: gives("{ weight: 'one' }"),
    code: "engine.wrong-shape",
    message: /"one"/,
    place: firstBar,
  },
  "gives a word that it did not declare": {
    text: gives("{ weight: 1, regime: 'sideways' }")
      .replace("{ fraction,", "{ categorical, fraction,")
      .replace("weight: fraction }", 'weight: fraction, regime: categorical(["up", "down"]) }'),
    code: "engine.wrong-shape",
    message: /"sideways"/,
    place: firstBar,
  },
  "gives an infinite weight": {
    text: gives("{ weight: Infinity }"),
    code: "backtest.invalid-target",
    place: { symbol: "SPX", bar: FIRST_BAR },
  },
  "reads the clock": refused("Date.now()", /current time/),
  "makes a date of now": refused("new Date()", /current time/),
  "draws a random number": refused("Math.random()", /Math\.random/),
  "formats for the machine's locale": refused("close.toLocaleString()", /toLocaleString/),
  "gets at the function constructor": refused("(() => 1).constructor('return 1')()", /Code from text/),
  "ends the process": notThere("(process as any).exit(0)", "process"),
  "asks the network": notThere("fetch('https://example.com')", "fetch"),
  "starts a timer": notThere("setTimeout(() => {}, 1)", "setTimeout"),
  prints: notThere("console.log(close)", "console"),
  "sets a global": {
    text: unseen("(globalThis as any).seen = close"),
    code: "engine.compute-failed",
    message: /TypeError/,
    place: atUnseen,
  },
  "patches a prototype": {
    text: unseen("(Array.prototype as any).sum = () => 1"),
    code: "engine.compute-failed",
    message: /TypeError/,
    place: atUnseen,
  },
  "recurses for ever": {
    text: strategyText({
      top: "const down = (n: number): number => down(n + 1) + 1;",
      compute: "() => ({ weight: down(0) })",
    }),
    code: "engine.compute-failed",
    message: /call stack/,
    place: { ...firstBar, line: 4 },
  },
};

const MISUSED: Readonly<Record<string, Bad>> = {
  "gets a param that it does not have": {
    text: strategyText({}),
    args: ["--param", "speed=3"],
    code: "strategy.unknown-param",
    exit: 2,
  },
  "gets a param beyond its bounds": {
    text: strategyText({}),
    args: ["--param", "length=1e308"],
    code: "strategy.invalid-param",
    exit: 2,
  },
  "reads what the world does not have": { text: strategyText({ tag: "moon" }), code: "P701", exit: 1 },
};

/** Submits each; afterwards nothing is recorded but what the good strategy before them had left. */
function submits(all: Readonly<Record<string, Bad>>, config?: string): void {
  let project: TestProject;
  let untouched: readonly StoredRecord[];
  beforeAll(async () => {
    project = makeProject(config === undefined ? {} : { "qmtl.config.ts": config });
    const { code } = await project.submit("strategies/sma-cross.ts");
    expect(code).toBe(0);
    untouched = await project.journal();
    expect(untouched).not.toEqual([]);
  });
  afterEach(async () => {
    expect(await project.journal()).toEqual(untouched);
  });

  for (const [what, { text, code, message = /./, place = {}, args = [], exit = 1 }] of Object.entries(all))
    test(what, async () => {
      const file = "strategies/tested.ts";
      project.write(file, text);
      const { code: exitCode, result, error, stderr } = await project.submit(file, ...args);
      expect({ exitCode, error }, `${stderr}${error?.message}`).toMatchObject({ exitCode: exit, error: { code } });
      expect(error.message).toMatch(message);
      expect(error.next).toMatch(/\w/);
      if (exit === 1) {
        expect(result).toMatchObject({ status: "rejected", decision: null, share: 0 });
        expect(result.violations).toMatchObject([{ stage: "run", rule: code, hint: error.next }]);
        expect(error.place).toMatchObject({ world: "sp500-trend", ...place });
        // Only what was thrown without a stack, or found by the engine itself, has no line.
        if ("line" in place) expect(error.place?.file).toBe(file);
      }
    });

  test("and the good one is known as before", async () => {
    const { code, result } = await project.submit("strategies/sma-cross.ts");
    expect({ code, trials: result.provenance?.trials }).toEqual({ code: 0, trials: 1 });
    expect(result.computed).toEqual({ cached: true, nodes: 0, rows: 0 });
  });
}

describe("a strategy that can't be read", () => submits(UNREADABLE));
describe("a strategy that the check refuses", () => submits(CHECKED));
describe("a strategy whose graph can't be built", () => submits(UNBUILDABLE));
describe("a strategy that fails at a bar", () => submits(FAILING));
describe("a strategy that is called wrongly", () => submits(MISUSED));

const keep = "const all: unknown[] = [];";
const hoards = (value: string): string =>
  strategyText({ compute: `({ close }) => { ${keep} for (;;) all.push(${value}); }` });
const ENDLESS: Readonly<Record<string, Bad>> = {
  "loops for ever while it is loaded": { text: strategyText({ top: "for (;;) {}" }), code: "isolation.deadline" },
  "loops for ever in graph()": { text: strategyText({ graph: "for (;;) {}" }), code: "isolation.deadline" },
  "loops for ever at a bar": {
    text: compute("while (close > 0) {}"),
    code: "isolation.deadline",
    message: /within 15 s/,
    place: { node: "trend" },
  },
  "takes typed arrays for ever": {
    text: hoards("new Float64Array(1e6).fill(close)"),
    code: "isolation.memory",
    message: /512 MB/,
  },
  "takes heap for ever": {
    text: hoards("{ close, more: [close, close] }"),
    code: "isolation.memory",
    message: /512 MB/,
  },
  "takes heap for ever in graph()": {
    text: strategyText({ graph: `${keep} for (;;) all.push(new Array(1e5).fill({}));` }),
    code: "isolation.memory",
    message: /512 MB/,
  },
};

describe("a strategy that never ends", () => submits(ENDLESS, configText({ limits: { seconds: 15, memoryMb: 512 } })));
