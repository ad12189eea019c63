import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { builtServer, type Editor, projectWithPackages, startEditor, type TestWorkspace } from "./editor.test.kit.ts";

const SHARED = `import { sma } from "@qmtl/core/indicators";
import type { Ohlcv } from "@qmtl/core/schema";
import type { Panel } from "@qmtl/core/strategy";

export const level = (of: Panel<Ohlcv, "1d">) => sma(of.close, 10);
`;
const MAIN = `import { ohlcv } from "@qmtl/core/schema";
import { strategy, stream, targetWeights } from "@qmtl/core/strategy";
import { level } from "./shared.ts";

export default strategy({
  name: "main",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    return targetWeights(level(bars));
  },
});
`;
/** A slip that the text shows, beside the one that only types do. */
const SLIPS = `import { lag } from "@qmtl/core/indicators";
${MAIN.replace("    return", "    const before = lag(bars.clsoe, 1);\n    return")}`;

let editors: Editor[] = [];
let workspaces: TestWorkspace[] = [];
let folders: string[] = [];
afterEach(async () => {
  for (const editor of editors) await editor.stop();
  for (const workspace of workspaces) workspace.remove();
  for (const folder of folders) rmSync(folder, { recursive: true });
  editors = [];
  workspaces = [];
  folders = [];
});

async function start(
  files: Readonly<Record<string, string>>,
  {
    server,
    ...options
  }: Omit<Parameters<typeof startEditor>[1] & object, "folders"> & { readonly server?: string } = {},
) {
  const workspace = projectWithPackages(files);
  workspaces.push(workspace);
  const editor = await startEditor([process.execPath, server ?? (await builtServer()), "--stdio"], {
    folders: [workspace.uri],
    ...options,
  });
  editors.push(editor);
  return { editor, main: workspace.uriOf("main.ts"), shared: workspace.uriOf("shared.ts"), workspace };
}

const codes = (diagnostics: readonly { readonly code?: unknown }[]) => diagnostics.map(({ code }) => code);
const has = (code: string) => (diagnostics: readonly Diagnostic[]) => codes(diagnostics).includes(code);

describe("in an editor without TypeScript", () => {
  test("what the text shows comes first, what types prove joins it for the same version", async () => {
    const { editor, main } = await start({ "main.ts": SLIPS, "shared.ts": SHARED });
    editor.open(main, SLIPS);
    const found = await editor.until(main, has("S202"));
    expect(codes(found)).toEqual(["S201", "G306", "S202"]);
    expect(found[2]!.range).toEqual({ start: { line: 10, character: 25 }, end: { line: 10, character: 36 } });
    expect(found[2]!.message).toContain("targetWeights() needs fraction, and this column is f64<price>");
    const ofVersion = editor.history.filter(({ uri, version }) => uri === main && version === 1);
    expect(codes(ofVersion[0]!.diagnostics)).toEqual(["S201", "G306"]);
    expect(ofVersion.at(-1)!.diagnostics).toEqual(found);
    const [fix] = await editor.ask<{ title: string }[]>("textDocument/codeAction", {
      textDocument: { uri: main },
      range: found[2]!.range,
      context: { diagnostics: [found[2]], only: ["quickfix"] },
    });
    expect(fix).toMatchObject({ title: "Cast it to fraction" });
  });

  test("a finding moves with its text, goes with its mistake, and with the document", async () => {
    const { editor, main } = await start({ "main.ts": MAIN, "shared.ts": SHARED });
    editor.open(main, MAIN);
    const [before] = (await editor.until(main, has("S202"))).filter(({ code }) => code === "S202");
    const top = { line: 0, character: 0 };
    const moved = editor.change(main, [{ range: { start: top, end: top }, text: "// A remark.\n" }]);
    await editor.until(main, (_, version) => version === moved);
    const first = editor.history.find(({ uri, version }) => uri === main && version === moved);
    const [after] = first!.diagnostics.filter(({ code }) => code === "S202");
    expect(after!.range.start).toEqual({ line: before!.range.start.line + 1, character: 25 });
    const at = { line: 9, character: 25 };
    const mended = editor.change(main, [
      { range: { start: at, end: { line: 9, character: 36 } }, text: "cast(level(bars), fraction)" },
    ]);
    expect(await editor.until(main, (_, version) => version === mended)).not.toContainEqual(
      expect.objectContaining({ code: "S202" }),
    );
    editor.change(main, [{ text: MAIN }]);
    await editor.until(main, has("S202"));
    void editor.connection.sendNotification("textDocument/didClose", { textDocument: { uri: main } });
    expect(codes(await editor.until(main, (found) => !has("S202")(found)))).toEqual(["G306"]);
  });

  test("an edit of what is imported is felt", async () => {
    const { editor, main, shared } = await start({ "main.ts": MAIN, "shared.ts": SHARED });
    editor.open(main, MAIN);
    editor.open(shared, SHARED);
    await editor.until(main, has("S202"));
    const version = editor.change(shared, [{ text: SHARED.replace("of.close", "of.clsoe") }]);
    const found = await editor.until(shared, (all, now) => now === version && has("S201")(all));
    expect(codes(found)).toEqual(["S201"]);
    editor.change(shared, [{ text: SHARED.replace('"1d"', '"1h"') }]);
    await editor.until(main, has("G304"));
    editor.change(shared, [{ text: SHARED }]);
    await editor.until(main, has("S202"));
  });

  test("a storm of edits ends in what a fresh server says", async () => {
    const { editor, main } = await start({ "main.ts": MAIN, "shared.ts": SHARED });
    editor.open(main, MAIN);
    await editor.until(main, has("S202"));
    for (let i = 0; i < 60; i++) {
      const texts = [MAIN.replace("level(bars)", `level(bars /* ${i} */)`), SLIPS, `${MAIN} (`];
      editor.change(main, [{ text: texts[i % 3]! }]);
    }
    const last = SLIPS.replace('"main"', '"other"');
    const version = editor.change(main, [{ text: last }]);
    const fresh = await start({ "main.ts": last, "shared.ts": SHARED });
    fresh.editor.open(fresh.main, last);
    const expected = await fresh.editor.until(fresh.main, has("S202"));
    await editor.until(main, (found, now) => now === version && JSON.stringify(found) === JSON.stringify(expected));
  });

  test("a comment that suppresses what only types prove is never called idle", async () => {
    const text = MAIN.replace("level(bars));", "level(bars)); // qmtl-ignore S202, G306 -- a level is a weight here");
    const { editor, main } = await start({ "main.ts": text, "shared.ts": SHARED });
    editor.open(main, text);
    const version = editor.change(main, [{ text: text.replace("S202, G306", "G306") }]);
    await editor.until(main, (all, now) => now === version && has("S202")(all));
    editor.change(main, [{ text }]);
    await editor.until(main, ({ length }) => length === 0);
    expect(editor.history.some(({ diagnostics }) => has("X902")(diagnostics))).toBe(false);
  });

  test("one that only asks is told that there is more", async () => {
    const capabilities = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };
    const { editor, main } = await start({ "main.ts": MAIN, "shared.ts": SHARED }, { capabilities });
    editor.open(main, MAIN);
    const ask = () => editor.ask<{ items: Diagnostic[] }>("textDocument/diagnostic", { textDocument: { uri: main } });
    let { items } = await ask();
    while (!has("S202")(items)) {
      await editor.refreshed();
      ({ items } = await ask());
    }
    expect(codes(items)).toEqual(["G306", "S202"]);
  });
});

test("where TypeScript is at work, it is left to it, and no worker starts", async () => {
  const { editor, main } = await start(
    { "main.ts": SLIPS, "shared.ts": SHARED },
    { server: brokenServer(await builtServer()), initializationOptions: { typescript: true } },
  );
  editor.open(main, SLIPS);
  await editor.until(main, (_, version) => version === 1);
  for (let i = 0; i < 3; i++) {
    const version = editor.change(main, [{ text: `${SLIPS}// ${i}\n` }]);
    expect(codes(await editor.until(main, (_, now) => now === version))).toEqual(["G306"]);
  }
  await editor.stop();
  expect(editor.log()).not.toContain("Types are not checked");
});

test("a worker that breaks costs one line of the log, and nothing of the rest", async () => {
  const { editor, main } = await start(
    { "main.ts": SLIPS, "shared.ts": SHARED },
    { server: brokenServer(await builtServer()) },
  );
  editor.open(main, SLIPS);
  await editor.logged("Types are not checked");
  const version = editor.change(main, [{ text: SLIPS.replace("clsoe", "close") }]);
  expect(codes(await editor.until(main, (_, now) => now === version))).toEqual(["G306"]);
  expect(editor.log().match(/Types are not checked, all else is: their worker failed \(broken\)/g)).toHaveLength(1);
});

function brokenServer(server: string): string {
  const folder = mkdtempSync(join(tmpdir(), "qmtl-broken-"));
  folders.push(folder);
  const copy = join(folder, "language-server.cjs");
  copyFileSync(server, copy);
  writeFileSync(join(folder, "types-worker.cjs"), 'throw new Error("broken");');
  return copy;
}
