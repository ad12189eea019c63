// Takes the pictures of the documents, and of the walkthrough, from the screenshots that the last `npm run test:e2e` left.
import { copyFileSync, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shots = new URL("../packages/vscode-extension/e2e/screenshots/", import.meta.url);
const images = new URL("../docs/images/", import.meta.url);
const PICTURES = {
  gates: "gates",
  hover: "hover",
  preview: "preview",
  tearsheet: "tearsheet",
  worlds: "worlds",
  graph: "graph vscode-light",
  compare: "compare",
};
const missing = Object.values(PICTURES).filter((shot) => !existsSync(new URL(`${encodeURI(shot)}.png`, shots)));
if (missing.length > 0) {
  console.error(`There are no screenshots of ${missing.join(", ")}: npm run test:e2e takes them.`);
  process.exit(1);
}
for (const [image, shot] of Object.entries(PICTURES))
  copyFileSync(new URL(`${encodeURI(shot)}.png`, shots), fileURLToPath(new URL(`vscode-${image}.png`, images)));
// Those that a walkthrough shows ship with the extension.
for (const [image, shot] of Object.entries({ verdict: "hover", tearsheet: "tearsheet" }))
  copyFileSync(
    new URL(`${shot}.png`, shots),
    fileURLToPath(new URL(`../packages/vscode-extension/walkthrough/${image}.png`, import.meta.url)),
  );
console.log(`docs/images has ${Object.keys(PICTURES).length} pictures of the editor.`);
