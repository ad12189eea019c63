import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAnalysis } from "../engine/index.ts";
import { type Place, type Position, parseSource, textLines } from "../facts/index.ts";
import { completionsAt } from "../features/completion.ts";
import { definitionsAt } from "../features/definition.ts";
import { foldingRangesOf } from "../features/folding.ts";
import { graphAnswerOf } from "../features/graph.ts";
import { hoverAt } from "../features/hover.ts";
import { inlayHintsOf } from "../features/inlay-hints.ts";
import { rename } from "../features/rename.ts";
import { semanticTokensOf } from "../features/semantic-tokens.ts";
import { symbolsOf } from "../features/symbols.ts";
import { viewOf } from "../features/view.ts";
import { worldCompletionsAt } from "../features/world-completion.ts";
import type { Finding, TextEdit } from "../rules/index.ts";
import { fixAllEdits } from "./code-actions.ts";

const home = fileURLToPath(new URL("../../../../fixtures/workspace/", import.meta.url));
const strategies = readdirSync(join(home, "strategies")).filter((file) => file.endsWith(".ts"));
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...strategies.map((file) => `strategies/${file}`),
    ...["index", "scale", "universe"].map((file) => `strategies/shared/${file}.ts`),
    "worlds/lab.yml",
    "worlds/sp500-trend.yml",
    "qmtl.config.ts",
  ].map((path) => [path, readFileSync(join(home, path), "utf8")]),
);

/** What people and editors put in. */
const SCRAPS = [
  ..."abx0159.,;:(){}[]<>=+-*/\"'`\n \t",
  "\r\n",
  "\u2028",
  "📈",
  "bars.",
  "bars.close",
  "params.fast",
  "Math.random()",
  "Date.now()",
  "window(bars.close, 5)",
  "const x = sma(bars.close, 10);\n",
  "// qmtl-ignore C403 -- because\n",
  "as const",
  "undefined",
  "=> ({",
  "})",
];

interface Edit {
  /** Of the length of the text. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(6), fc.nat(60)),
  insert: fc.oneof(fc.constantFrom(...SCRAPS), fc.constant("")),
});

function apply(text: string, { at, remove, insert }: Edit): string {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + insert + text.slice(from + remove);
}

function workspaceOf(texts: Readonly<Record<string, string>>) {
  return createAnalysis({ read: (path) => texts[path], list: () => Object.keys(texts) });
}

function expectWithin(text: string, { start, end }: Omit<Place, "file">): void {
  const lines = textLines(text);
  for (const { line, column } of [start, end]) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.count);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual(lines.lineAt(line).length + 1);
  }
  expect(start.line < end.line || (start.line === end.line && start.column <= end.column)).toBe(true);
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const lines = textLines(text);
  const offsets = edits
    .map(({ place, text: by }) => ({ from: lines.offsetAt(place.start), to: lines.offsetAt(place.end), by }))
    .sort((a, b) => b.from - a.from);
  return offsets.reduce((all, { from, to, by }) => all.slice(0, from) + by + all.slice(to), text);
}

function parses(path: string, text: string): boolean {
  return parseSource(path, text).syntaxErrors.length === 0;
}

const plain = (findings: readonly Finding[] | undefined) => JSON.parse(JSON.stringify(findings));

const script = fc.record({
  file: fc.constantFrom(...Object.keys(FILES)),
  edits: fc.array(edit, { minLength: 1, maxLength: 8 }),
});

test("after any edits the findings are those of a fresh look, and stand inside of the text", () => {
  const few = ["book-imbalance", "pairs-zscore", "sma-cross", "top-momentum", "training-set", "value-tilt"];
  const paths = [
    ...few.map((name) => `strategies/${name}.ts`),
    "strategies/shared/index.ts",
    "strategies/shared/universe.ts",
    "worlds/sp500-trend.yml",
    "qmtl.config.ts",
  ];
  const edited = fc.record({ file: fc.constantFrom(...paths), edits: fc.array(edit, { minLength: 1, maxLength: 6 }) });
  fc.assert(
    fc.property(fc.array(edited, { minLength: 1, maxLength: 2 }), (scripts) => {
      const texts = Object.fromEntries(paths.map((path) => [path, FILES[path] ?? ""]));
      const incremental = workspaceOf(texts);
      for (const path of paths) incremental.findings(path);
      for (const { file, edits } of scripts)
        for (const each of edits) {
          texts[file] = apply(texts[file] ?? "", each);
          const affected = incremental.changed([file]);
          expect(affected).toContain(file);
          for (const finding of incremental.findings(file) ?? []) {
            expectWithin(texts[finding.place.file] ?? "", finding.place);
            expect(finding.code, finding.message).not.toBe("X901");
          }
        }
      // What does not parse keeps what was known before; a fresh look knows nothing of it.
      if (!Object.entries(texts).every(([path, text]) => !path.endsWith(".ts") || parses(path, text))) return;
      const fresh = workspaceOf(texts);
      for (const path of paths) fresh.findings(path);
      for (const path of paths) expect(plain(incremental.findings(path)), path).toEqual(plain(fresh.findings(path)));
    }),
    { numRuns: 30, seed: 20261122 },
  );
});

test("no edit makes a feature fail, and every place that one tells is inside of the text", () => {
  fc.assert(
    fc.property(script, fc.double({ min: 0, max: 1, noNaN: true }), ({ file, edits }, where) => {
      const text = edits.reduce(apply, FILES[file] ?? "");
      const lines = textLines(text);
      const position: Position = lines.positionAt(Math.floor(where * text.length));
      const names = { tags: new Map([["us-index", ""]]), symbols: new Map([["SPX", ""]]) };
      if (file.endsWith(".yml")) {
        const { config, plugins, worlds } = workspaceOf({ ...FILES, [file]: text }).project();
        for (const { replace } of worldCompletionsAt(file, text, position, { config, plugins, worlds }, ["a"]))
          expectWithin(text, replace);
        return;
      }
      const view = viewOf({ read: (path) => (path === file ? text : FILES[path]) }, file);
      const within = (place: Place): void =>
        expectWithin(place.file === file ? text : (FILES[place.file] ?? ""), place);
      for (const mark of view.marks()) within(mark.place);
      const hover = hoverAt(view, position);
      if (hover !== undefined) within(hover.place);
      for (const { replace } of completionsAt(view, position, names)) within(replace);
      definitionsAt(view, position).forEach(within);
      for (const symbol of symbolsOf(view)) within(symbol.place);
      for (const { position: at } of inlayHintsOf(view, {
        start: { line: 1, column: 1 },
        end: { line: 9999, column: 1 },
      }))
        expectWithin(text, { start: at, end: at });
      for (const { from, to } of foldingRangesOf(view)) expect(to).toBeGreaterThan(from);
      semanticTokensOf(view);
      graphAnswerOf(view, (place) => {
        within(place);
        return place;
      });
    }),
    { numRuns: 100, seed: 20261123 },
  );
});

test("a fix leaves text that parses, and has nothing left to do there", () => {
  let fixed = 0;
  fc.assert(
    fc.property(script, ({ file, edits }) => {
      const text = edits.slice(0, 2).reduce(apply, FILES[file] ?? "");
      if (file.endsWith(".ts") && !parses(file, text)) return;
      const findings = workspaceOf({ ...FILES, [file]: text }).findings(file) ?? [];
      for (const finding of findings)
        for (const fix of finding.fixes) {
          const own = fix.edits.filter(({ place }) => place.file === file);
          for (const { place } of own) expectWithin(text, place);
          const after = applyEdits(text, own);
          if (file.endsWith(".ts")) expect(parses(file, after), `${finding.code} ${fix.title}\n${after}`).toBe(true);
          const again = workspaceOf({ ...FILES, [file]: after }).findings(file) ?? [];
          const same = again.filter(
            ({ code, message, place }) =>
              code === finding.code &&
              message === finding.message &&
              place.start.line === finding.place.start.line &&
              place.start.column === finding.place.start.column,
          );
          expect(same, `${finding.code} ${fix.title}`).toEqual([]);
          fixed++;
        }
      const all = applyEdits(text, fixAllEdits(findings, file));
      if (file.endsWith(".ts")) expect(parses(file, all)).toBe(true);
    }),
    { numRuns: 80, seed: 20261124 },
  );
  expect(fixed).toBeGreaterThan(0);
});

test("what is renamed is known by the new name everywhere", () => {
  for (const file of strategies.map((name) => `strategies/${name}`)) {
    const text = FILES[file] ?? "";
    const view = viewOf({ read: (path) => FILES[path] }, file);
    for (const mark of view.marks()) {
      if (
        !mark.named ||
        (mark.subject.kind !== "column" && mark.subject.kind !== "input" && mark.subject.kind !== "param")
      )
        continue;
      const renaming = rename(mark, "otherName", [view.marks()]);
      if (renaming.kind === "refused" || renaming.edits.some(({ place }) => place.file !== file)) continue;
      const after = applyEdits(text, renaming.edits);
      const renamed = viewOf({ read: (path) => (path === file ? after : FILES[path]) }, file);
      const shape = ({ reading }: typeof view) =>
        graphAnswerOf({ ...view, reading } as typeof view, () => null).strategies.map(({ edges, nodes }) => [
          edges.length,
          nodes.length,
          nodes.map(({ columns }) => columns?.length),
        ]);
      expect(shape(renamed), `${file}: ${mark.text}`).toEqual(shape(view));
      expect(renamed.reading.facts.strategies[0]!.unread).toHaveLength(view.reading.facts.strategies[0]!.unread.length);
    }
  }
});
