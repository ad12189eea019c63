import { afterEach, describe, expect, test } from "vitest";
import { builtServer, type Editor, startEditor, type TestWorkspace, testWorkspace } from "./editor.test.kit.ts";

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
  options: Omit<Parameters<typeof startEditor>[1] & object, "folders"> = {},
): Promise<{ readonly editor: Editor; readonly workspace: TestWorkspace }> {
  const workspace = testWorkspace(files);
  workspaces.push(workspace);
  const editor = await startEditor([process.execPath, await builtServer(), "--stdio"], {
    folders: [workspace.uri],
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

test("ends when the editor says so, with 0", async () => {
  const { editor } = await start({});
  expect(await editor.stop()).toBe(0);
});
