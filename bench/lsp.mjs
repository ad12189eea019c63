// The language server, measured as an editor sees it: the built server over stdio, on generated workspaces.
// node bench/lsp.mjs [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleServer } from "../tools/bundle-server.mjs";
import { startServer } from "./lsp/client.mjs";
import { typescriptTimes } from "./lsp/typescript.mjs";
import { generateWorkspace } from "./lsp/workspace.mjs";

const json = process.argv.includes("--json");
const say = (text) => process.stderr.write(`${text}\n`);
const round = (value, digits = 1) => Number(value.toFixed(digits));
const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};

const OPEN = 4;
const EDITS = 120;
const WARM_UP = 20;
const REST_MS = 4000;
/** Files whose types are asked for, and how often each. */
const TYPED = 8;
const TYPED_EDITS = 3;
/** The worker of types ends after a minute that nobody asked in. */
const IDLE_MS = 62_000;

const home = mkdtempSync(join(tmpdir(), "qmtl-lsp-server-"));
const server = join(home, "language-server.cjs");
const bundle = await bundleServer(server);

/** One key in a file: what people change most, in turn. Every edit is taken back by the next of its kind. */
function keystroke(text, turn) {
  const [from, to] = [
    ["const tilt = (strength - 50)", "const tilt = (strength - 51)"],
    ["returns(bars.close, 1)", "returns(bars.close, 11)"],
    ["inputs: {\n        strength", "inputs: { \n        strength"],
    ['name: "factor-0"', 'name: "factor-0x"'],
    ["fast: ema(bars.close", "fast: ema(bars.closs"],
    ["return { score, stretched", "return { score. stretched"],
  ][turn % 6];
  return text.includes(to) ? { from: to, to: from } : { from, to };
}

/** The change as an editor sends it: a range in lines and characters. */
function changeOf(text, { from, to }) {
  const at = text.indexOf(from);
  if (at < 0) throw new Error(`${JSON.stringify(from)} is not there`);
  const position = (offset) => {
    const lines = text.slice(0, offset).split("\n");
    return { line: lines.length - 1, character: lines.at(-1).length };
  };
  return {
    text: text.slice(0, at) + to + text.slice(at + from.length),
    change: { range: { start: position(at), end: position(at + from.length) }, text: to },
  };
}

/** A column behind a function of the author's own: the text does not tell that it is not there. */
function hiddenSlip(text, number) {
  return text.replace("cut: params.cut,", `cut: ((of: typeof bars) => of.clsoe${number})(bars),`);
}

/** What types cost: the first answer, the later ones, and the memory while they are looked at. */
async function measureTypes(editor, open, paths, { uriOf, texts, versions }) {
  editor.peakMegabytes();
  const times = [];
  for (let turn = 0; turn < TYPED * TYPED_EDITS; turn++) {
    const path = paths[turn % TYPED];
    if (!texts.has(path)) await open(path);
    const version = versions.get(path) + 1;
    versions.set(path, version);
    const found = editor.found(uriOf(path), "S201");
    const sent = performance.now();
    editor.send("textDocument/didChange", {
      textDocument: { uri: uriOf(path), version },
      contentChanges: [{ text: hiddenSlip(texts.get(path), turn) }],
    });
    await found;
    times.push(performance.now() - sent);
  }
  return { first: times[0], p50: quantile(times.slice(1), 0.5), peak: editor.peakMegabytes() };
}

async function measure(strategies, { types: withTypes = false } = {}) {
  const { folder, files } = generateWorkspace(strategies);
  const uriOf = (path) => pathToFileURL(join(folder, path)).href;
  const texts = new Map();
  const versions = new Map();
  const begun = performance.now();
  const editor = startServer(server, folder);
  await editor.initialize();
  const open = (path) => {
    const text = readFileSync(join(folder, path), "utf8");
    texts.set(path, text);
    versions.set(path, 1);
    const published = editor.published([{ uri: uriOf(path), version: 1 }]);
    editor.send("textDocument/didOpen", {
      textDocument: { uri: uriOf(path), languageId: "typescript", version: 1, text },
    });
    return published;
  };
  await open(files[0]);
  const first = performance.now() - begun;
  await editor.settled;
  const workspace = performance.now() - begun;
  const shared = "strategies/team-0/shared.ts";
  const opened = files.slice(0, OPEN);
  for (const path of [...opened.slice(1), shared]) await open(path);
  const times = [];
  for (let turn = 0; turn < EDITS + WARM_UP; turn++) {
    // Every tenth key is pressed in the module that all of them import; then the open ones among them are awaited too.
    const path = turn % 10 === 9 ? shared : opened[Math.floor(turn / 12) % opened.length];
    const edit = path === shared ? sharedKeystroke(texts.get(path)) : keystroke(texts.get(path), turn % 12);
    const { text, change } = changeOf(texts.get(path), edit);
    const version = versions.get(path) + 1;
    texts.set(path, text);
    versions.set(path, version);
    const dependants = path === shared ? opened.map((each) => ({ uri: uriOf(each) })) : [];
    const sent = performance.now();
    const published = editor.published([{ uri: uriOf(path), version }, ...dependants]);
    editor.send("textDocument/didChange", { textDocument: { uri: uriOf(path), version }, contentChanges: [change] });
    await published;
    if (turn >= WARM_UP) times.push(performance.now() - sent);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  const busy = editor.residentMegabytes();
  const types = withTypes
    ? await measureTypes(editor, open, files.slice(OPEN, OPEN + TYPED), { uriOf, texts, versions })
    : undefined;
  // As it is while somebody reads or thinks.
  await new Promise((resolve) => {
    setTimeout(resolve, types === undefined ? REST_MS : IDLE_MS);
  });
  const rss = editor.residentMegabytes();
  await editor.stop();
  const found = {
    folder,
    files,
    first,
    workspace,
    rss,
    busy,
    types,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
  };
  say(
    `${strategies} strategies: a key to its diagnostics ${found.p50.toFixed(1)} ms, p95 ${found.p95.toFixed(1)} ms; first after ${first.toFixed(0)} ms, all after ${workspace.toFixed(0)} ms; ${rss.toFixed(0)} MB, ${busy.toFixed(0)} MB while typing`,
  );
  return found;
}

function sharedKeystroke(text) {
  const [from, to] = ["export const MONTH = 21", "export const MONTH = 22"];
  return text.includes(to) ? { from: to, to: from } : { from, to };
}

const small = await measure(5);
const medium = await measure(200, { types: true });
const large = await measure(2000);
const typescript = typescriptTimes(
  medium.folder,
  medium.files[0],
  Array.from({ length: 24 }, (_, turn) => (text) => changeOf(text, keystroke(text, turn % 12)).text),
);
for (const { folder } of [small, medium, large]) rmSync(folder, { recursive: true });
rmSync(home, { recursive: true });

const values = {
  small_p50_ms: round(small.p50),
  small_p95_ms: round(small.p95),
  medium_p50_ms: round(medium.p50),
  medium_p95_ms: round(medium.p95),
  large_p50_ms: round(large.p50),
  large_p95_ms: round(large.p95),
  cold_first_ms: round(medium.first, 0),
  cold_workspace_ms: round(medium.workspace, 0),
  rss_mb: round(medium.rss, 0),
  rss_busy_mb: round(medium.busy, 0),
  tier2_peak_mb: round(medium.types.peak, 0),
  tier2_first_ms: round(medium.types.first, 0),
  tier2_p50_ms: round(medium.types.p50, 0),
  bundle_mb: round((bundle.server + bundle.worker) / 1e6, 2),
  library_mb: round(bundle.library / 1e6, 2),
  typescript_p95_ms: round(quantile(typescript, 0.95)),
};
console.log(
  json
    ? JSON.stringify(values)
    : Object.entries(values)
        .map(([key, value]) => `${key} ${value}`)
        .join("\n"),
);
