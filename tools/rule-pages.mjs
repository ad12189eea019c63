// Puts the pages of the rules where the command can read them: packages/lsp/src/rules/pages.ts. `node tools/rule-pages.mjs`; a test tells
// when it is time.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../packages/lsp/src/rules/", import.meta.url));
const pages = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readFileSync(join(folder, name, "rule.md"), "utf8"))
  .map((page) => [/^# (\w+)/.exec(page)?.[1], page])
  .sort(([a], [b]) => (a < b ? -1 : 1));
const entries = pages.map(([code, page]) => `  ${code}: ${JSON.stringify(page)},\n`).join("");
writeFileSync(
  join(folder, "pages.ts"),
  `// Made by tools/rule-pages.mjs of each rule's rule.md.\n\n/** The page of each rule, by its code. */\nexport const PAGES: Readonly<Record<string, string>> = {\n${entries}};\n`,
);
