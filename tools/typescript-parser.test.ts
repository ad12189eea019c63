import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { expect, test } from "vitest";
import { typescriptChecker, typescriptParser } from "./typescript-parser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const NAMES = "createSourceFile, forEachChild, SyntaxKind, tokenToString, version";

/** The module that imports these names of the parser, bundled and run. */
async function bundled(names: string, cut = typescriptParser): Promise<typeof ts> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${names} } from "typescript";`,
      resolveDir: root,
      sourcefile: join(root, "packages/lsp/src/syntax/code-syntax.ts"),
    },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    logLevel: "silent",
    plugins: [cut],
  });
  const module = { exports: {} };
  // Nothing is given to require: the parser touches no file.
  new Function("module", "exports", "require", outputFiles[0]?.text ?? "")(module, module.exports, undefined);
  return module.exports as typeof ts;
}

/** Everything that code identity reads of a file. */
function shape(syntax: typeof ts, file: string, text: string): unknown {
  const parsed = syntax.createSourceFile(file, text, 9, true, file.endsWith(".js") ? 1 : 3);
  const nodes: unknown[] = [];
  const visit = (node: ts.Node): undefined => {
    nodes.push([syntax.SyntaxKind[node.kind], node.pos, node.end, node.getStart(), (node as ts.Identifier).text]);
    syntax.forEachChild(node, visit);
  };
  visit(parsed);
  const { parseDiagnostics } = parsed as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  return { nodes, errors: parseDiagnostics.map(({ start, messageText }) => [start, messageText]) };
}

test("reads every source of this repository, and broken ones, like the whole of TypeScript", async () => {
  const parser = await bundled(NAMES);
  expect(parser.version).toBe(ts.version);
  expect(parser.SyntaxKind).toEqual(ts.SyntaxKind);
  expect(parser.tokenToString(39)).toBe(ts.tokenToString(39));
  const sources = ["packages/core/src", "packages/cli/src", "fixtures/workspace/strategies"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|js)$/.test(file))
      .map((file) => join(root, folder, file)),
  );
  expect(sources.length).toBeGreaterThan(300);
  for (const file of sources) {
    const text = readFileSync(file, "utf8");
    expect(shape(parser, file, text), file).toEqual(shape(ts, file, text));
  }
  for (const text of [
    "const a = ;",
    "class { get }",
    "`${",
    "/** @param {x",
    "a?.b<c>()!",
    "@d class A {}",
    "<T>x",
    "\u2028#",
  ])
    for (const file of ["broken.ts", "broken.js"]) expect(shape(parser, file, text)).toEqual(shape(ts, file, text));
});

test("refuses at build what is no part of the parser", async () => {
  await expect(bundled("createProgram")).rejects.toThrow(/No matching export.*createProgram/);
});

test.each([
  ["the language server", typescriptParser, false],
  ["its worker for types", typescriptChecker, true],
] as const)("holds every part of TypeScript that %s uses", async (_, cut, types) => {
  const folder = join(root, "packages/lsp/src");
  const used = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".ts") && !file.includes(".test.") && file.startsWith("types/") === types)
      for (const [, name = ""] of readFileSync(join(folder, file), "utf8").matchAll(/\bts\.([A-Za-z]\w*)/g))
        if (name in ts) used.add(name);
  expect(used.size).toBeGreaterThan(types ? 20 : 50);
  const parts = await bundled([...used].join(", "), cut);
  for (const name of used) expect(parts[name as keyof typeof ts], name).toBeDefined();
});
