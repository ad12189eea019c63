import { createHash } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runManifestPath } from "@qmtl/core/static";
import { afterEach, describe, expect, test } from "vitest";
import { CancellationTokenSource, type CodeAction } from "vscode-languageserver/node";
import type { CheckAnswer } from "./check-answer.ts";
import { builtServer, EDITOR, type Editor, startEditor, type TestWorkspace, testWorkspace } from "./editor.test.kit.ts";

const STRATEGY = `import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";

export default strategy({
  name: "sample",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const fast = sma(bars.close, 10);
    const trend = node({
      name: "trend",
      inputs: { fast, close: bars.close },
      output: { weight: fraction },
      compute: ({ fast, close }) => ({ weight: close > fast ? 1 : 0 }),
    });
    return targetWeights(trend.weight);
  },
});
`;
const WRONG = STRATEGY.replace("sma(bars.close, 10)", "sma(bars.clsoe, 10)");

let editors: Editor[] = [];
let workspaces: TestWorkspace[] = [];
afterEach(async () => {
  for (const editor of editors) await editor.stop();
  for (const workspace of workspaces) workspace.remove();
  editors = [];
  workspaces = [];
});

async function start(
  files: Readonly<Record<string, string>>,
  {
    within,
    ...options
  }: Omit<Parameters<typeof startEditor>[1] & object, "folders"> & { readonly within?: string } = {},
): Promise<{ readonly editor: Editor; readonly workspace: TestWorkspace }> {
  const workspace = testWorkspace(files);
  workspaces.push(workspace);
  const editor = await startEditor([process.execPath, await builtServer(), "--stdio"], {
    folders: [within === undefined ? workspace.uri : workspace.uriOf(within)],
    ...options,
  });
  editors.push(editor);
  return { editor, workspace };
}

const codes = (diagnostics: readonly { readonly code?: unknown }[]) => diagnostics.map(({ code }) => code);

describe("diagnostics", () => {
  test("come with the version they are of, and go with the mistake", async () => {
    const { editor, workspace } = await start({ "a.ts": STRATEGY });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, WRONG);
    const found = await editor.until(uri, (_, version) => version === 1);
    expect(codes(found)).toEqual(["S201"]);
    expect(found[0]!.range.start).toEqual({ line: 8, character: 26 });
    const version = editor.change(uri, [
      { range: { start: { line: 8, character: 26 }, end: { line: 8, character: 31 } }, text: "close" },
    ]);
    expect(await editor.until(uri, (_, now) => now === version)).toEqual([]);
  });

  test("are told of files that nobody has open", async () => {
    const { editor, workspace } = await start({ "a.ts": WRONG, "b.ts": STRATEGY });
    expect(codes(await editor.until(workspace.uriOf("a.ts"), () => true))).toEqual(["S201"]);
    expect(await editor.until(workspace.uriOf("b.ts"), () => true)).toEqual([]);
  });
});

describe("with TypeScript in the same editor", () => {
  const closs = { line: 8, character: 26 };
  test("what the types prove is left to it, and fixed where it shows it", async () => {
    const { editor, workspace } = await start({ "a.ts": WRONG }, { initializationOptions: { typescript: true } });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, WRONG);
    expect(await editor.until(uri, (_, version) => version === 1)).toEqual([]);
    const range = { start: closs, end: { line: 8, character: 31 } };
    const diagnostic = { range, source: "ts", code: 2551, message: "Property 'clsoe' does not exist" };
    const actions = await editor.ask<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri },
      range,
      context: { diagnostics: [diagnostic] },
    });
    expect(actions[0]).toMatchObject({ kind: "quickfix", diagnostics: [diagnostic] });
    expect(actions[0]!.edit!.documentChanges).toMatchObject([
      { textDocument: { uri, version: 1 }, edits: [{ range, newText: "close" }] },
    ]);
  });
  test("plain editors are told", async () => {
    const { editor, workspace } = await start({ "a.ts": WRONG });
    expect(codes(await editor.until(workspace.uriOf("a.ts"), () => true))).toEqual(["S201"]);
  });
});

test("fix-all is offered to whoever asks for it", async () => {
  const { editor, workspace } = await start({ "a.ts": WRONG });
  const uri = workspace.uriOf("a.ts");
  await editor.until(uri, ({ length }) => length === 1);
  const ask = (only?: string[]) =>
    editor.ask<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 30, character: 0 } },
      context: { diagnostics: [], ...(only !== undefined && { only }) },
    });
  for (const action of await ask(["source.fixAll"])) expect(action.kind).toBe("source.fixAll.qmtl");
  expect((await ask(["quickfix"])).map(({ kind }) => kind)).toEqual(["quickfix"]);
  expect(await ask(["refactor"])).toEqual([]);
});

describe("editors that only ask", () => {
  const capabilities = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };
  test("get what they ask for, once, and no push", async () => {
    const { editor, workspace } = await start({ "a.ts": WRONG, "b.ts": STRATEGY }, { capabilities });
    expect(editor.initialized.capabilities.diagnosticProvider).toMatchObject({ interFileDependencies: true });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, WRONG);
    type Report = { readonly kind: string; readonly resultId: string; readonly items: { readonly code: string }[] };
    const ask = (previousResultId?: string) =>
      editor.ask<Report>("textDocument/diagnostic", { textDocument: { uri }, previousResultId });
    let report = await ask();
    while (report.items.length === 0) report = await ask();
    expect(codes(report.items)).toEqual(["S201"]);
    expect(await ask(report.resultId)).toMatchObject({ kind: "unchanged" });
    editor.change(uri, [{ text: STRATEGY }]);
    expect(await ask(report.resultId)).toMatchObject({ kind: "full", items: [] });
    const { items } = await editor.ask<{ items: { uri: string }[] }>("workspace/diagnostic", { previousResultIds: [] });
    expect(items.map((each) => each.uri).sort()).toEqual([uri, workspace.uriOf("b.ts")]);
    expect(editor.published.size).toBe(0);
  });
});

describe("text", () => {
  test("with CRLF and signs of two UTF-16 units", async () => {
    const { editor, workspace } = await start({});
    const text = WRONG.replace("const fast", "/* 📈📉 */ const fast").replaceAll("\n", "\r\n");
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, text);
    const [found] = await editor.until(uri, ({ length }) => length === 1);
    expect(text.split("\r\n")[8]!.slice(found!.range.start.character, found!.range.end.character)).toBe("clsoe");
    const version = editor.change(uri, [{ range: found!.range, text: "close" }]);
    expect(await editor.until(uri, (_, now) => now === version)).toEqual([]);
  });
  test("that stands on no disk", async () => {
    const { editor } = await start({});
    editor.open("untitled:Untitled-1", WRONG);
    expect(codes(await editor.until("untitled:Untitled-1", () => true))).toEqual(["S201"]);
    const symbols = await editor.ask<{ name: string }[]>("textDocument/documentSymbol", {
      textDocument: { uri: "untitled:Untitled-1" },
    });
    expect(symbols.map(({ name }) => name)).toEqual(["sample"]);
  });
  test("that does not parse keeps what was known of it", async () => {
    const { editor, workspace } = await start({}, { initializationOptions: { submitCommand: "qmtl.submit" } });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, WRONG);
    await editor.until(uri, ({ length }) => length === 1);
    const end = { line: 16, character: 0 };
    const version = editor.change(uri, [{ range: { start: end, end }, text: "    const x = node({ name: \n" }]);
    const found = await editor.until(uri, (_, now) => now === version);
    expect(codes(found)).toContain("S201");
    const lenses = await editor.ask<{ range: { start: { line: number } } }[]>("textDocument/codeLens", {
      textDocument: { uri },
    });
    expect(lenses.map(({ range }) => range.start.line)).toEqual([4]);
    const graph = await editor.ask<{ strategies: { nodes: unknown[] }[] }>("qmtl/graph", { textDocument: { uri } });
    expect(graph.strategies[0]!.nodes).toHaveLength(3);
  });
  test("of a megabyte is checked, and edited", async () => {
    const { editor, workspace } = await start({});
    const uri = workspace.uriOf("big.ts");
    const lines = Array.from(
      { length: 12_000 },
      (_, i) => `/** Number ${i}, of which there are many in this file. */\nconst value${i} = ${i};\n`,
    );
    editor.open(uri, `${lines.join("")}${WRONG}`);
    expect(lines.join("").length).toBeGreaterThan(900_000);
    expect(codes(await editor.until(uri, ({ length }) => length === 1))).toEqual(["S201"]);
    let version = 0;
    for (let i = 0; i < 20; i++) {
      const at = { line: 1, character: 6 + i };
      version = editor.change(uri, [{ range: { start: at, end: at }, text: "x" }]);
    }
    expect(codes(await editor.until(uri, (_, now) => now === version))).toEqual(["S201"]);
  });
});

describe("the workspace", () => {
  const config = `import { defineConfig } from "@qmtl/core/plugin";\nexport default defineConfig({ plugins: [] });\n`;
  const changed = (editor: Editor, changes: readonly (readonly [string, 1 | 2 | 3])[]) =>
    editor.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: changes.map(([uri, type]) => ({ uri, type })),
    });

  test("follows files that are made, written and removed on disk", async () => {
    const { editor, workspace } = await start({ "qmtl.config.ts": config });
    const uri = workspace.uriOf("strategies/a.ts");
    workspace.write("strategies/a.ts", WRONG);
    await changed(editor, [[uri, 1]]);
    expect(codes(await editor.until(uri, () => true))).toEqual(["S201"]);
    workspace.write("strategies/a.ts", STRATEGY);
    await changed(editor, [[uri, 2]]);
    await editor.until(uri, ({ length }) => length === 0);
    workspace.write("strategies/a.ts", WRONG);
    await changed(editor, [[uri, 2]]);
    await editor.until(uri, ({ length }) => length === 1);
    rmSync(join(workspace.folder, "strategies/a.ts"));
    await changed(editor, [[uri, 3]]);
    expect(await editor.until(uri, ({ length }) => length === 0)).toEqual([]);
  });

  test("says nothing of files that it does not look at", async () => {
    const { editor, workspace } = await start({ "qmtl.config.ts": config });
    // Its folder was looked through.
    await editor.ask("qmtl/check", null);
    const [journal, object, text] = [".qmtl/journal.db-wal", ".qmtl/cache/ab/abcd.json", "notes/plan.md"] as const;
    for (const path of [journal, object, text]) workspace.write(path, "{}");
    const written = [journal, object, text].map((path) => workspace.uriOf(path));
    await changed(
      editor,
      written.map((uri) => [uri, 1]),
    );
    await changed(
      editor,
      written.map((uri) => [uri, 3]),
    );
    // Said after them.
    const uri = workspace.uriOf("strategies/a.ts");
    workspace.write("strategies/a.ts", WRONG);
    await changed(editor, [[uri, 1]]);
    await editor.until(uri, ({ length }) => length === 1);
    expect(written.filter((each) => editor.published.has(each))).toEqual([]);
  });

  test("sees a new folder of a project that stands in a hidden one", async () => {
    const { editor, workspace } = await start(
      { ".hidden/project/qmtl.config.ts": config },
      { within: ".hidden/project" },
    );
    await editor.ask("qmtl/check", null);
    const uri = workspace.uriOf(".hidden/project/strategies/a.ts");
    workspace.write(".hidden/project/strategies/a.ts", WRONG);
    await changed(editor, [[workspace.uriOf(".hidden/project/strategies"), 1]]);
    expect(codes(await editor.until(uri, ({ length }) => length === 1))).toEqual(["S201"]);
  });

  test("is checked as a whole when it is asked for, whatever is open", async () => {
    const { editor, workspace } = await start({
      "qmtl.config.ts": config,
      "strategies/a.ts": STRATEGY,
      "strategies/b.ts": WRONG,
      "strategies/c.ts": WRONG.replace('name: "', 'name: "c-'),
    });
    // Asked before anything can have been looked at: both answers wait for it.
    const [graph, check] = await Promise.all([
      editor.ask<{ strategies: readonly unknown[] }>("qmtl/graph", {
        textDocument: { uri: workspace.uriOf("strategies/a.ts") },
      }),
      editor.ask<CheckAnswer>("qmtl/check", null),
    ]);
    expect(graph.strategies).toHaveLength(1);
    expect(check.counts).toMatchObject({ error: 2, warning: 0 });
    expect(check.summary).toContain("2 errors");
    expect(check.worst).toEqual(
      ["b", "c"].map((name) => ({ uri: workspace.uriOf(`strategies/${name}.ts`), errors: 1, warnings: 0 })),
    );
    expect(editor.published.get(workspace.uriOf("strategies/b.ts"))?.diagnostics).toHaveLength(1);
  });

  test("follows a folder that is renamed", async () => {
    const { editor, workspace } = await start({ "qmtl.config.ts": config, "old/a.ts": WRONG });
    await editor.until(workspace.uriOf("old/a.ts"), ({ length }) => length === 1);
    renameSync(join(workspace.folder, "old"), join(workspace.folder, "new"));
    await changed(editor, [
      [workspace.uriOf("old"), 3],
      [workspace.uriOf("new"), 1],
    ]);
    await editor.until(workspace.uriOf("new/a.ts"), ({ length }) => length === 1);
    expect(await editor.until(workspace.uriOf("old/a.ts"), ({ length }) => length === 0)).toEqual([]);
  });

  test("has several folders, which come and go", async () => {
    const { editor, workspace } = await start({ "qmtl.config.ts": config, "a.ts": WRONG });
    await editor.until(workspace.uriOf("a.ts"), ({ length }) => length === 1);
    const other = testWorkspace({ "qmtl.config.ts": config, "deep/b.ts": WRONG });
    workspaces.push(other);
    const change = (event: unknown) =>
      editor.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
    await change({ added: [{ uri: other.uri, name: "other" }], removed: [] });
    await editor.until(other.uriOf("deep/b.ts"), ({ length }) => length === 1);
    await change({ added: [], removed: [{ uri: other.uri, name: "other" }] });
    expect(await editor.until(other.uriOf("deep/b.ts"), ({ length }) => length === 0)).toEqual([]);
    expect(codes(await editor.until(workspace.uriOf("a.ts"), () => true))).toEqual(["S201"]);
  });

  test("of five thousand files is looked through while the open one is answered", async () => {
    const files: Record<string, string> = { "qmtl.config.ts": config, "strategies/a.ts": WRONG };
    for (let i = 0; i < 5000; i++) files[`src/part-${i % 50}/file-${i}.ts`] = `export const value = ${i};\n`;
    for (let i = 0; i < 20; i++) files[`strategies/s${i}.ts`] = STRATEGY;
    const { editor, workspace } = await start(files);
    editor.open(workspace.uriOf("strategies/a.ts"), WRONG);
    expect(codes(await editor.until(workspace.uriOf("strategies/a.ts"), (_, version) => version === 1))).toEqual([
      "S201",
    ]);
    for (let i = 0; i < 20; i++) await editor.until(workspace.uriOf(`strategies/s${i}.ts`), () => true);
    const symbols = await editor.ask<{ name: string }[]>("workspace/symbol", { query: "sample" });
    expect(symbols.length).toBeGreaterThanOrEqual(21);
  });

  test("tells those that import a file what its edit did to them", async () => {
    const shared = 'export const BARS = 10;\nimport "@qmtl/core/schema";\n';
    const main = STRATEGY.replace("sma(bars.close, 10)", "sma(bars.close, BARS)").replace(
      "\n\n",
      '\nimport { BARS } from "./shared.ts";\n\n',
    );
    const { editor, workspace } = await start({ "qmtl.config.ts": config, "shared.ts": shared, "main.ts": main });
    const [uri, importer] = [workspace.uriOf("shared.ts"), workspace.uriOf("main.ts")];
    editor.open(uri, shared);
    editor.open(importer, main);
    expect(await editor.until(importer, (_, version) => version === 1)).toEqual([]);
    const hint = () =>
      editor.ask<{ label: string }[]>("textDocument/inlayHint", {
        textDocument: { uri: importer },
        range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
      });
    expect((await hint()).map(({ label }) => label)).toContain(": f64 price · 1d · warm-up 9 bars");
    editor.change(uri, [{ text: shared.replace("10", "30") }]);
    expect((await hint()).map(({ label }) => label)).toContain(": f64 price · 1d · warm-up 29 bars");
  });
});

test("hints tell whether the last run still stands", async () => {
  const digest = createHash("sha256").update(STRATEGY).digest("hex");
  const { editor, workspace } = await start({
    "a.ts": STRATEGY,
    [runManifestPath("a.ts")]: JSON.stringify({
      format: 1,
      world: "lab",
      params: {},
      files: { "a.ts": digest },
      cached: false,
      nodes: [],
    }),
  });
  const uri = workspace.uriOf("a.ts");
  editor.open(uri, STRATEGY);
  await editor.until(uri, (_, version) => version === 1);
  const labels = async () =>
    (
      await editor.ask<{ label: string }[]>("textDocument/inlayHint", {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
      })
    ).map(({ label }) => label);
  expect(await labels()).toContain(" · cached in lab");
  editor.change(uri, [{ text: STRATEGY.replace("sma(bars.close, 10)", "sma(bars.close, 11)") }]);
  expect(await labels()).toContain(" · will recompute what changed in lab");
});

describe("answers", () => {
  test("to everything that is asked about a strategy", async () => {
    const { editor, workspace } = await start({ "a.ts": STRATEGY });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, STRATEGY);
    await editor.until(uri, (_, version) => version === 1);
    const textDocument = { uri };
    const position = { line: 13, character: 42 };
    const ask = <T>(method: string, params: object = {}) =>
      editor.ask<T>(`textDocument/${method}`, { textDocument, ...params });
    type Located = { readonly uri: string; readonly range: { readonly start: { readonly line: number } } };
    expect(await ask("hover", { position })).toMatchObject({ contents: { value: expect.stringContaining("weight") } });
    expect((await ask<Located[]>("definition", { position })).map(({ range }) => range.start.line)).toEqual([12]);
    const references = await ask<Located[]>("references", { position, context: { includeDeclaration: true } });
    expect(references.map(({ range }) => range.start.line)).toEqual([12, 13, 15]);
    expect(await ask("prepareRename", { position })).toMatchObject({ placeholder: "weight" });
    const edit = await ask<{ documentChanges: { edits: unknown[] }[] }>("rename", { position, newName: "size" });
    expect(edit.documentChanges[0]!.edits).toHaveLength(3);
    await expect(ask("rename", { position, newName: "not a name" })).rejects.toThrow("is no name");
    expect(await ask<unknown[]>("documentHighlight", { position })).toHaveLength(3);
    const completions = await ask<{ label: string }[]>("completion", { position: { line: 8, character: 26 } });
    expect(completions.map(({ label }) => label)).toContain("close");
    expect((await ask<unknown[]>("foldingRange")).length).toBeGreaterThan(1);
    const tokens = await ask<{ resultId: string; data: number[] }>("semanticTokens/full");
    expect(tokens.data.length % 5).toBe(0);
    const delta = await ask<{ edits: unknown[] }>("semanticTokens/full/delta", { previousResultId: tokens.resultId });
    expect(delta.edits).toEqual([]);
    const [item] = await ask<{ name: string }[]>("prepareCallHierarchy", { position: { line: 9, character: 12 } });
    expect(item!.name).toBe("trend");
    const upstream = await editor.ask<{ to: { name: string } }[]>("callHierarchy/outgoingCalls", { item });
    expect(upstream.map(({ to }) => to.name)).toEqual(["fast", "bars"]);
    const [bars] = upstream.slice(1);
    const downstream = await editor.ask<{ from: { name: string } }[]>("callHierarchy/incomingCalls", {
      item: bars!.to,
    });
    expect(downstream.map(({ from }) => from.name)).toEqual(["fast", "trend"]);
  });

  test("with what the last run wrote down, as long as the text is the one that ran", async () => {
    const digest = createHash("sha256").update(STRATEGY).digest("hex");
    const nodes = ["stream", "kernel", "user"].map((kind) => ({ kind, id: `id-of-${kind}` }));
    const run = { format: 1, world: "lab", params: {}, files: { "a.ts": digest }, cached: false, nodes };
    const { editor, workspace } = await start({ "a.ts": STRATEGY, ".qmtl/cache/runs/a.ts.json": JSON.stringify(run) });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, STRATEGY);
    await editor.until(uri, (_, version) => version === 1);
    const hover = () =>
      editor.ask<{ contents: { value: string } }>("textDocument/hover", {
        textDocument: { uri },
        position: { line: 9, character: 12 },
      });
    expect((await hover()).contents.value).toContain("NodeID `id-of-user` in the last run in lab");
    editor.change(uri, [{ text: `${STRATEGY}\n` }]);
    expect((await hover()).contents.value).not.toContain("NodeID");
  });

  test("with what can be judged, and asks for lenses again once it has looked through the folder", async () => {
    const files = { "qmtl.config.ts": "export default {};\n", "a.ts": STRATEGY, "worlds/lab.yml": "id: lab\n" };
    const { editor, workspace } = await start(files, {
      capabilities: { ...EDITOR, workspace: { ...EDITOR.workspace, codeLens: { refreshSupport: true } } },
    });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, STRATEGY);
    await editor.until(uri, () => editor.asked.includes("workspace/codeLens/refresh"));
    const { projects } = await editor.ask<{ projects: object[] }>("qmtl/projects", undefined);
    expect(projects).toEqual([
      {
        folder: workspace.folder,
        worlds: [
          { name: "lab", gates: [], place: { uri: workspace.uriOf("worlds/lab.yml"), range: expect.anything() } },
        ],
        strategies: [
          {
            name: "sample",
            worlds: [],
            place: { uri, range: expect.objectContaining({ start: { line: 4, character: 15 } }) },
          },
        ],
      },
    ]);
  });

  test("to nonsense, by saying that it knows nothing", async () => {
    const { editor, workspace } = await start({ "a.ts": STRATEGY });
    const nowhere = { textDocument: { uri: workspace.uriOf("none.ts") }, position: { line: 99, character: 99 } };
    expect(await editor.ask("textDocument/hover", nowhere)).toBeNull();
    expect(await editor.ask("textDocument/definition", { ...nowhere, textDocument: { uri: "http://a/b" } })).toBeNull();
    expect(await editor.ask("qmtl/graph", {})).toBeNull();
    expect(await editor.ask("qmtl/graph", undefined)).toBeNull();
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, STRATEGY);
    await editor.until(uri, (_, version) => version === 1);
    expect(await editor.ask("textDocument/hover", { ...nowhere, textDocument: { uri } })).toBeNull();
    expect(
      await editor.ask("callHierarchy/outgoingCalls", { item: { data: { uri, strategy: 9, node: 9 } } }),
    ).toBeNull();
  });

  test("after a storm of cancelled questions", async () => {
    const { editor, workspace } = await start({ "a.ts": STRATEGY });
    const uri = workspace.uriOf("a.ts");
    editor.open(uri, STRATEGY);
    const settled: Promise<unknown>[] = [];
    for (let i = 0; i < 400; i++) {
      const source = new CancellationTokenSource();
      const params = {
        textDocument: { uri },
        position: { line: 9, character: 12 },
        context: { includeDeclaration: true },
      };
      const method = ["textDocument/references", "textDocument/hover", "workspace/symbol"][i % 3]!;
      settled.push(
        editor.connection.sendRequest(method, { ...params, query: "s" }, source.token).catch(() => "cancelled"),
      );
      if (i % 20 !== 0) source.cancel();
      if (i % 10 === 0) editor.change(uri, [{ text: `${STRATEGY}// ${i}\n` }]);
    }
    const answers = await Promise.all(settled);
    expect(answers).toHaveLength(400);
    expect(answers.filter((answer) => answer === "cancelled").length).toBeGreaterThan(100);
    expect(await editor.until(uri, (_, version) => version === 41)).toEqual([]);
  });
});

test("a server that was killed is followed by one that knows as much", async () => {
  const { editor, workspace } = await start({ "a.ts": WRONG });
  await editor.until(workspace.uriOf("a.ts"), ({ length }) => length === 1);
  editor.process.kill("SIGKILL");
  expect(await editor.exited).toBeNull();
  const next = await startEditor([process.execPath, await builtServer(), "--stdio"], { folders: [workspace.uri] });
  editors.push(next);
  expect(codes(await next.until(workspace.uriOf("a.ts"), ({ length }) => length === 1))).toEqual(["S201"]);
});

test("ends when the editor goes away", async () => {
  const { editor } = await start({});
  editor.process.stdin!.end();
  expect(await editor.stop()).toBe(1);
});

test("ends when the editor says so, with 0", async () => {
  const { editor } = await start({});
  expect(await editor.stop()).toBe(0);
});
