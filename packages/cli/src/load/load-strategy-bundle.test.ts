import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import * as esbuild from "esbuild";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { bundleStrategy } from "./bundle-strategy.ts";
import { evaluateBundle } from "./evaluate-bundle.ts";
import { loadStrategyBundle } from "./load-strategy-bundle.ts";
import {
  bundleFiles,
  type Files,
  filesOf,
  identitiesOf,
  idOf,
  tinyStats,
  writeFiles,
} from "./strategy-files.test.helper.ts";
import { diskCache } from "./transform-cache.ts";

const load = (files: Files, entry = "p/s.ts") => loadStrategyBundle(entry, { workspaceRoot: writeFiles(files) });
const withModule = (module: string, files: Files = {}): Files => ({ ...filesOf({ module }), ...files });

async function failureOf(promise: Promise<unknown>): Promise<QmtlError> {
  const failure = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isQmtlError(failure)) throw new Error(`Expected a QmtlError, got ${String(failure)}`);
  return failure;
}

describe("a bundle", () => {
  const files = {
    ...filesOf({
      module: `import { h } from "./lib/h.ts"; import t from "../data/t.json"; import { mean } from "tiny-stats";`,
      compute: "(i: any) => h(i.a) * t.k + mean([1])",
    }),
    "p/lib/h.ts": `import { clamp } from "@qmtl/core/indicators";\nexport const h = (x: number) => clamp(x, 0, 1);`,
    "data/t.json": `{ "k": 2 }`,
    ...tinyStats("1.0.0"),
  };

  test("is plain data and says what went into it", async () => {
    const bundle = await load(files);
    expect(structuredClone(bundle)).toEqual(bundle);
    expect(bundle.entry).toBe("p/s.ts");
    expect(bundle.files).toEqual(["data/t.json", "p/lib/h.ts", "p/s.ts"]);
    expect(bundle.provided).toEqual([
      { specifier: "@qmtl/core/indicators", file: "p/lib/h.ts", line: 1 },
      { specifier: "@qmtl/core/strategy", file: "p/s.ts", line: 1 },
    ]);
    expect(Object.values(bundle.packages)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const locations = Object.values(bundle.functions).map(({ name, location }) => [name, location.file, location.line]);
    expect(locations.sort()).toEqual([
      ["compute", "p/s.ts", 6],
      ["h", "p/lib/h.ts", 2],
    ]);
    expect(JSON.stringify(bundle)).not.toContain(path.sep === "/" ? "/tmp/" : "Temp");
    expect(idOf(identitiesOf(bundle).get("x")!)).toMatch(/^[0-9a-f]{64}$/);
  });

  test("has the same digest wherever the workspace is and however the code is written", async () => {
    const [first, second] = [await load(files), await load(files)];
    expect(first).toEqual(second);
    const commented = { ...files, "p/lib/h.ts": `// why\r\n\r\n${files["p/lib/h.ts"]}` };
    expect((await load(commented)).digest).toBe(first.digest);
    const changed = { ...files, "p/lib/h.ts": files["p/lib/h.ts"].replace("0, 1", "0, 2") };
    expect((await load(changed)).digest).not.toBe(first.digest);
    expect((await load({ ...files, ...tinyStats("1.0.1") })).digest).not.toBe(first.digest);
  });

  test("knows a package by what its entry imports, wherever it is installed", async () => {
    const hoisted = await load(files);
    const nested = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name.replace(/^node_modules/, "p/node_modules"), text]),
    );
    expect((await load(nested)).packages).toEqual(hoisted.packages);
    const unrelated = { ...files, "node_modules/tiny-stats/other.js": "export const x = 1;" };
    expect((await load(unrelated)).packages).toEqual(hoisted.packages);
    const deep = { ...files, "node_modules/tiny-stats/sum.js": "export const sum = (x) => x.length;" };
    expect((await load(deep)).packages).not.toEqual(hoisted.packages);
  });

  test("takes a linked workspace package as source", async () => {
    const root = writeFiles({
      ...withModule(`import { h } from "helpers"; export const f = (x) => h(x);`),
      "packages/helpers/index.ts": "export const h = (x: number) => x;",
      "packages/helpers/package.json": `{ "name": "helpers", "main": "index.ts" }`,
    });
    mkdirSync(path.join(root, "node_modules"));
    symlinkSync(path.join(root, "packages/helpers"), path.join(root, "node_modules/helpers"), "junction");
    const bundle = await loadStrategyBundle("p/s.ts", { workspaceRoot: root });
    expect(bundle.files).toContain("packages/helpers/index.ts");
    expect(bundle.packages).toEqual({});
  });

  test("is not changed by tsconfig.json or package.json of the workspace", async () => {
    const plain = await load(files);
    const configured = await load({
      ...files,
      "tsconfig.json": `{ "compilerOptions": { "useDefineForClassFields": false, "target": "es5", "paths": { "./lib/h.ts": ["./x.ts"] } } }`,
      "package.json": `{ "type": "module", "sideEffects": false }`,
    });
    expect(configured.digest).toBe(plain.digest);
  });
});

describe("what a strategy cannot import is refused with its place and the next step", () => {
  const cases: readonly (readonly [string, Files, Record<string, unknown>])[] = [
    [
      "a module of Node.js",
      withModule(`import fs from "node:fs"; fs.x;`),
      { code: "strategy.builtin-import", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "the same without its prefix",
      withModule(`import fs from "fs"; fs.x;`),
      { code: "strategy.builtin-import", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "a package that needs Node.js",
      withModule(`import "evil";`, {
        "node_modules/evil/index.js": `\nrequire("child_process");`,
        "node_modules/evil/package.json": "{}",
      }),
      { code: "strategy.builtin-import", place: { file: "node_modules/evil/index.js", line: 2 } },
    ],
    [
      "a package that is not installed",
      withModule(`\nimport { x } from "@who/nothing/sub"; x();`),
      {
        code: "strategy.unknown-import",
        place: { file: "p/s.ts", line: 3 },
        next: "Install it with npm install @who/nothing, or correct the name.",
      },
    ],
    [
      "a file that is not there",
      withModule(`import { x } from "./nothing"; x();`),
      { code: "strategy.unknown-import", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "a file outside of the workspace",
      withModule(`import { x } from "../../outside.ts"; x();`, { "../outside.ts": "export const x = 1;" }),
      { code: "strategy.outside-workspace", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "a file of another type",
      withModule(`import x from "./x.tsx"; x();`, { "p/x.tsx": "export default 1;" }),
      { code: "strategy.file-type", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "a file that is not TypeScript",
      withModule(`import "./x.ts";`, { "p/x.ts": "const a = 1;\nconst = 2;" }),
      { code: "strategy.syntax", place: { file: "p/x.ts", line: 2 } },
    ],
    [
      "JSON that is none",
      withModule(`import t from "./t.json"; t.k;`, { "p/t.json": `{\n"k": }` }),
      { code: "strategy.syntax", place: { file: "p/t.json", line: 2 } },
    ],
    [
      "an export that changes",
      withModule(`import "./x.ts";`, { "p/x.ts": "\nexport let k = 1; export const f = () => k++;" }),
      { code: "strategy.exported-reassigned", place: { file: "p/x.ts", line: 2 } },
    ],
    [
      "CommonJS",
      withModule(`import "./x.js";`, { "p/x.js": "\nmodule.exports = 1;" }),
      { code: "strategy.commonjs", place: { file: "p/x.js", line: 2 } },
    ],
    [
      "a reserved name",
      withModule("const __qmtl = 1;"),
      { code: "strategy.reserved-name", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "a missing export",
      withModule(`import { x } from "./x.ts"; x();`, { "p/x.ts": "export const y = 1;" }),
      { code: "strategy.syntax", place: { file: "p/s.ts", line: 2 } },
    ],
    [
      "code that nests too deeply",
      withModule(`export const f = () => ${"!".repeat(600)}1;`),
      { code: "identity.nesting", place: { file: "p/s.ts", line: 2 } },
    ],
  ];

  test.each(cases)("%s", async (_label, files, expected) => {
    const failure = await failureOf(load(files));
    const { place, ...fields } = expected as { place: object };
    expect(failure).toMatchObject(fields);
    expect(failure.place).toMatchObject(place);
    expect(failure.message).toMatch(/^[A-Z"].*[.!?]$/s);
    expect(failure.next).toMatch(/\.$/);
  });

  test("several mistakes are told together", async () => {
    const failure = await failureOf(load(withModule(`import "./a"; import "./b";`)));
    expect(failure.details).toHaveLength(1);
  });

  test("a strategy that is not there", async () => {
    expect(await failureOf(load({ "x.ts": "" }, "p/none.ts"))).toMatchObject({
      code: "strategy.not-found",
      place: { file: "p/none.ts" },
    });
    expect(await failureOf(load({ "x.ts": "", "../away.ts": "" }, "../away.ts"))).toMatchObject({
      code: "strategy.outside-workspace",
    });
  });

  test("an option that does not exist", async () => {
    const options = { workspaceRoot: writeFiles({}), cash: true } as never;
    expect(await failureOf(loadStrategyBundle("s.ts", options))).toMatchObject({ code: "strategy.unknown-option" });
  });
});

describe("evaluation", () => {
  const sdk = [
    {
      specifier: "@qmtl/core/strategy",
      version: "1",
      exports: { strategy: (it: unknown) => it, stream: () => ({}), node: () => ({}) },
    },
  ];
  const options = {
    sdk,
    runId: "run",
    isStrategy: (it: unknown): it is object => typeof it === "object" && it !== null && "graph" in it,
    isHandle: () => false,
  };
  const evaluate = async (files: Files) => evaluateBundle(await load(files), options);

  test("maps an error to the author's line, across files", async () => {
    const files = withModule(`\nimport { h } from "./h.ts";\nh(1);`, {
      "p/h.ts": "// first\nexport function h(x: number) {\n  return (x as any).y.z;\n}",
    });
    const failure = await failureOf(evaluate(files));
    expect(failure).toMatchObject({ code: "strategy.threw", class: "rejected", place: { file: "p/h.ts", line: 3 } });
    expect(failure.message).toContain("TypeError");
  });

  test("maps what the strategy throws later", async () => {
    const { strategy, source } = await evaluate(filesOf({ before: "\n\nthrow new Error('late');" }));
    let thrown: unknown;
    try {
      (strategy as { graph(context: unknown): void }).graph({});
    } catch (error) {
      thrown = error;
    }
    expect(source.place(thrown)).toEqual({ file: "p/s.ts", line: 7 });
    expect(source.stack(thrown)).toContain("p/s.ts:7");
    expect(source.place(new Error("elsewhere"))).toBeUndefined();
    expect(source.place("no error")).toBeUndefined();
  });

  test("keeps the SDK's own error and adds the place", async () => {
    const refusing = {
      ...sdk[0]!,
      exports: {
        ...sdk[0]!.exports,
        strategy: () => {
          throw new QmtlError({ code: "strategy.bad", message: "No.", next: "Do." });
        },
      },
    };
    const bundle = await load(filesOf({}));
    const failure = await failureOf(
      Promise.resolve().then(() => evaluateBundle(bundle, { ...options, sdk: [refusing] })),
    );
    expect(failure).toMatchObject({
      code: "strategy.bad",
      message: "No.",
      next: "Do.",
      place: { file: "p/s.ts", line: 3 },
    });
  });

  test("refuses what is no strategy, and modules that nobody provides", async () => {
    expect(await failureOf(evaluate({ "p/s.ts": "export const x = 1;" }))).toMatchObject({
      code: "strategy.no-default-export",
      place: { file: "p/s.ts" },
    });
    expect(await failureOf(evaluate({ "p/s.ts": "export default 1;" }))).toMatchObject({
      code: "strategy.not-a-strategy",
    });
    expect(await failureOf(evaluate({ "p/s.ts": `\nimport { x } from "@qmtl/cli"; export default x;` }))).toMatchObject(
      {
        code: "strategy.unknown-module",
        place: { file: "p/s.ts", line: 2 },
        next: "Import from @qmtl/core/strategy.",
      },
    );
  });

  test("runs in strict mode, without import()", async () => {
    const failure = await failureOf(evaluate(withModule("undeclared = 1;")));
    expect(failure.message).toContain("ReferenceError");
    let refusal: unknown;
    const report = {
      specifier: "@qmtl/core/schema",
      version: "1",
      exports: {
        report: (it: unknown) => {
          refusal = it;
        },
      },
    };
    const text = `import { report } from "@qmtl/core/schema"; const load = import("./h.ts".slice(0)).then(() => 0, report); export { load };`;
    const bundle = await load(withModule(text));
    evaluateBundle(bundle, { ...options, sdk: [...sdk, report] });
    await expect.poll(() => String(refusal)).toContain("dynamic import");
  });
});

describe("the cache of transforms", () => {
  const files = { ...filesOf({ module: `import { h } from "./h.ts"; h;` }), "p/h.ts": "export const h = () => 1;" };
  const entriesOf = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const counting = () => {
    let parsers = 0;
    const tools = { esbuild, syntax: () => Promise.resolve(ts).finally(() => parsers++) };
    return { tools, parsed: () => parsers };
  };

  test("saves the parser, survives the process, and knows content", async () => {
    const directory = path.join(writeFiles({}), "cache");
    const [cold, warm, edited] = [counting(), counting(), counting()];
    const workspaceRoot = writeFiles(files);
    const first = await bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, cold.tools);
    const second = await bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, warm.tools);
    expect([cold.parsed(), warm.parsed()]).toEqual([2, 0]);
    expect(second).toEqual(first);
    writeFileSync(path.join(workspaceRoot, "p/h.ts"), "export const h = () => 2;");
    const third = await bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, edited.tools);
    expect(edited.parsed()).toBe(1);
    expect(third.digest).not.toBe(first.digest);
    expect(entriesOf(directory)).toHaveLength(3);
  });

  test("a file that moves keeps its entry and gets its new place", async () => {
    const cache = diskCache(path.join(writeFiles({}), "cache"));
    const workspaceRoot = writeFiles(filesOf({}));
    await bundleStrategy("p/s.ts", { workspaceRoot, cache }, counting().tools);
    renameSync(path.join(workspaceRoot, "p"), path.join(workspaceRoot, "q"));
    const moved = counting();
    const bundle = await bundleStrategy("q/s.ts", { workspaceRoot, cache }, moved.tools);
    expect(moved.parsed()).toBe(0);
    expect(Object.values(bundle.functions).map(({ location }) => location.file)).toEqual(["q/s.ts"]);
  });

  test("a damaged entry is ignored and written anew", async () => {
    const directory = path.join(writeFiles({}), "cache");
    const workspaceRoot = writeFiles(filesOf({}));
    const first = await bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, counting().tools);
    const entry = path.join(directory, entriesOf(directory)[0]!);
    const whole = readFileSync(entry, "utf8");
    for (const damaged of ["", whole.slice(0, -9), whole.replace("compute", "computo"), "no checksum"]) {
      writeFileSync(entry, damaged);
      const again = counting();
      expect(await bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, again.tools)).toEqual(
        first,
      );
      expect(again.parsed()).toBe(1);
      expect(readFileSync(entry, "utf8")).toBe(whole);
    }
  });

  test("a directory that cannot be written only costs time", async () => {
    const directory = path.join(writeFiles({ blocked: "a file, not a directory" }), "blocked");
    chmodSync(directory, 0o400);
    const bundle = await bundleFilesWith(diskCache(directory));
    expect(bundle.files).toEqual(["p/h.ts", "p/s.ts"]);
  });

  const bundleFilesWith = (cache: ReturnType<typeof diskCache>) =>
    bundleStrategy("p/s.ts", { workspaceRoot: writeFiles(files), cache }, counting().tools);

  test("a file with mistakes is not cached", async () => {
    const directory = path.join(writeFiles({}), "cache");
    const workspaceRoot = writeFiles(withModule("const = 1;"));
    await failureOf(bundleStrategy("p/s.ts", { workspaceRoot, cache: diskCache(directory) }, counting().tools));
    expect(() => entriesOf(directory)).toThrow(/ENOENT/);
  });
});

test("the whole path gives the identities of the parts", async () => {
  const bundle = await load(filesOf({ module: "const K = 3;", compute: "(i: any) => i.a * K" }));
  const other = await bundleFiles(filesOf({ module: "const L = 3;", compute: "(j: any) => j.a * L" }), "p/s.ts");
  expect(idOf(identitiesOf(bundle).get("x")!)).toBe(idOf(identitiesOf(other).get("x")!));
});

test("an SDK of another version gives other identities only to what captures it", async () => {
  const captures = await load(
    filesOf({ module: `import { clamp } from "@qmtl/core/indicators";`, compute: "(i: any) => clamp(i.a, 0, 1)" }),
  );
  const plain = await load(filesOf({}));
  const idIn = (bundle: typeof plain, sdkVersion: string) => idOf(identitiesOf(bundle, { sdkVersion }).get("x")!);
  expect(idIn(captures, "1.0.0")).not.toBe(idIn(captures, "1.0.1"));
  expect(idIn(plain, "1.0.0")).toBe(idIn(plain, "1.0.1"));
});
