// Of TypeScript what is needed: the parser alone, of nine megabytes, which take a fifth of a second to load, one in seven; or the checker
// too, without what editors are served with and what writes JavaScript. The package is one file that says of each part which source it
// came from; what is needed is cut out along those lines. A name that was cut away and is imported all the same fails the build.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Lists what the package exports. */
const TABLE = "src/typescript/typescript.ts";
const FIRST = "src/compiler/corePublic.ts";
const LAST_OF_PARSER = "src/compiler/parser.ts";
const LAST_OF_CHECKER = "src/compiler/expressionToTypeNode.ts";
/** Gives nodes their methods. */
const SERVICES = "src/services/services.ts";
/** Files, processes and the environment: nothing that a parser touches. The checker names some of it, and is given its files. */
const SYSTEM = "src/compiler/sys.ts";

const CUT = Symbol("cut");
const whole = createRequire(import.meta.url).resolve("typescript");

/** For esbuild: gives the parser to imports of `typescript` by the folder through which the language server has it. */
export const typescriptParser = cutOf("typescript-parser", LAST_OF_PARSER);
/** The same with the checker, for the worker that checks types. */
export const typescriptChecker = cutOf("typescript-checker", LAST_OF_CHECKER);

function cutOf(name, last) {
  return {
    name,
    setup(build) {
      build.onResolve({ filter: /^typescript$/ }, ({ importer }) =>
        /[\\/]lsp[\\/]src[\\/]syntax[\\/][a-z-]+\.ts$/.test(importer)
          ? { path: whole, pluginData: CUT, sideEffects: false }
          : undefined,
      );
      build.onLoad({ filter: /[\\/]typescript\.js$/ }, ({ pluginData }) =>
        pluginData === CUT ? { contents: textUpTo(last), loader: "js" } : undefined,
      );
    },
  };
}

function textUpTo(last) {
  const text = readFileSync(whole, "utf8");
  const parts = text.split(/^(?=\/\/ src\/)/m).map((part) => ({ source: /^\/\/ (\S+)/.exec(part)?.[1], part }));
  const at = (wanted) => {
    const index = parts.findIndex(({ source }) => source === wanted);
    if (index < 0) throw new Error(`This version of TypeScript has no part ${wanted}: cut it anew`);
    return index;
  };
  const kept = [...parts.slice(at(FIRST), at(last) + 1), parts[at(SERVICES)]].map(({ source, part }) => ({
    source,
    part: source === SYSTEM && last === LAST_OF_PARSER ? "var sys;\n" : part,
  }));
  const textOf = (some) => some.map(({ part }) => part).join("");
  const body = textOf(kept);
  // What editors are served with needs parts that are not there.
  const offered = textOf(kept.filter(({ source }) => source !== SERVICES));
  const declared = new Set(
    [...offered.matchAll(/^(?:function\*?|var|let|const|class) (\w+)/gm)].map(([, name]) => name),
  );
  const exported = [...parts[at(TABLE)].part.matchAll(/^ {2}(\w+): \(\) => \1,?$/gm)].map(([, name]) => name);
  return `var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name in all) __defProp(target, name, { get: all[name], enumerable: true });
};
${body}
export { ${exported.filter((name) => declared.has(name)).join(", ")} };
`;
}
