// The parser of TypeScript without the rest: of nine megabytes, which take a fifth of a second to load, one in seven. The package is
// one file that says of each part which source it came from; what parsing needs is cut out along those lines. A name that was cut
// away and is imported all the same fails the build.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Lists what the package exports. */
const TABLE = "src/typescript/typescript.ts";
const FIRST = "src/compiler/corePublic.ts";
const LAST = "src/compiler/parser.ts";
/** Gives nodes their methods. */
const SERVICES = "src/services/services.ts";
/** Files, processes and the environment: nothing that a parser touches. */
const SYSTEM = "src/compiler/sys.ts";

const PARSER = Symbol("parser");
const whole = createRequire(import.meta.url).resolve("typescript");

/** For esbuild: gives the parser to imports of `typescript` by the folder that only parses. */
export const typescriptParser = {
  name: "typescript-parser",
  setup(build) {
    build.onResolve({ filter: /^typescript$/ }, ({ importer }) =>
      /[\\/]lsp[\\/]src[\\/]syntax[\\/][a-z-]+\.ts$/.test(importer)
        ? { path: whole, pluginData: PARSER, sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /[\\/]typescript\.js$/ }, ({ pluginData }) =>
      pluginData === PARSER ? { contents: parserText(), loader: "js" } : undefined,
    );
  },
};

function parserText() {
  const text = readFileSync(whole, "utf8");
  const parts = text.split(/^(?=\/\/ src\/)/m).map((part) => ({ source: /^\/\/ (\S+)/.exec(part)?.[1], part }));
  const at = (wanted) => {
    const index = parts.findIndex(({ source }) => source === wanted);
    if (index < 0) throw new Error(`This version of TypeScript has no part ${wanted}: cut its parser out anew`);
    return index;
  };
  const kept = [...parts.slice(at(FIRST), at(LAST) + 1), parts[at(SERVICES)]];
  const body = kept.map(({ source, part }) => (source === SYSTEM ? "var sys;\n" : part)).join("");
  const declared = new Set([...body.matchAll(/^(?:function\*?|var|let|const|class) (\w+)/gm)].map(([, name]) => name));
  const exported = [...parts[at(TABLE)].part.matchAll(/^ {2}(\w+): \(\) => \1,?$/gm)].map(([, name]) => name);
  return `var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name in all) __defProp(target, name, { get: all[name], enumerable: true });
};
${body}
export { ${exported.filter((name) => declared.has(name)).join(", ")} };
`;
}
