import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AnalysisOptions, createAnalysis } from "../engine/analysis.ts";
import { parseSource, textLines } from "../facts/index.ts";
import type { WorkspaceFiles } from "../project/index.ts";
import type { Finding, Fix } from "./finding.ts";
import { RULES } from "./list.ts";

/**
 * Texts of tests: the body of a `graph()`, a whole module, or several files under `//- path` lines. A line of comment with carets
 * says what the line above it is flagged for: `// ^^^^ C401`, `#<^^^ P701`; more may follow and is part of the message.
 */
export interface RuleCases {
  /** What is flagged. */
  readonly flagged?: Readonly<Record<string, string>>;
  /** What is not, though it looks alike or can't be known. */
  readonly clean?: Readonly<Record<string, string>>;
  /** Text, and what the first fix of the finding makes of it. */
  readonly fixed?: Readonly<Record<string, readonly [string, string]>>;
  readonly options?: AnalysisOptions;
}

/** Tests a rule: its page's examples, and these. */
export function describeRule(code: string, cases: RuleCases = {}): void {
  const rule = RULES.find((each) => each.code === code);
  if (rule === undefined) throw new Error(`There is no rule ${code}`);
  const page = readFileSync(new URL(`./${rule.slug}/rule.md`, import.meta.url), "utf8");
  const { options = {} } = cases;
  describe(`${code} ${rule.slug}`, () => {
    test("its page says what it is called, and shows both sides", () => {
      expect(page.split("\n")[0]).toBe(`# ${code} ${rule.slug}`);
      expect(examples(page, "bad").length).toBeGreaterThan(0);
      expect(examples(page, "good").length).toBeGreaterThan(0);
    });
    for (const [i, text] of examples(page, "bad").entries())
      test(`bad example ${i + 1} of its page`, () => expectMarks(code, text, options, true));
    for (const [i, text] of examples(page, "good").entries())
      test(`good example ${i + 1} of its page`, () => expectMarks(code, text, options, false));
    for (const [title, text] of Object.entries(cases.flagged ?? {}))
      test(`flags ${title}`, () => expectMarks(code, text, options, true));
    for (const [title, text] of Object.entries(cases.clean ?? {}))
      test(`leaves ${title}`, () => expectMarks(code, text, options, false));
    for (const [title, [before, after]] of Object.entries(cases.fixed ?? {}))
      test(`mends ${title}`, () => {
        const files = filesOf(before);
        const finding = findingsOf(files, options).find((each) => each.code === code);
        const fix = finding?.fixes[0];
        if (fix === undefined) throw new Error("there is no fix");
        const mended = applyFix(files, fix);
        const wanted = filesOf(after);
        for (const [path, { text }] of wanted) expect(mended.get(path)?.text).toBe(text);
        for (const [path, { text }] of mended)
          if (/\.ts$/.test(path)) expect(parseSource(path, text).syntaxErrors).toEqual([]);
        // Once is enough: the finding is gone.
        const again = findingsOf(mended, options).filter((each) => each.code === code);
        expect(again.filter(({ message }) => message === finding?.message)).toEqual([]);
      });
  });
}

export interface TestFile {
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly code: string;
  readonly message: string;
}

/** The files of a test's text, without its marks. */
export function filesOf(text: string): ReadonlyMap<string, TestFile> {
  const files = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const path = /^\/\/- (\S+)$/.exec(line)?.[1];
    if (path === undefined) {
      current?.push(line);
      continue;
    }
    current = [];
    files.set(path, current);
  }
  if (files.size === 0) files.set("strategies/example.ts", wrapped(text).split("\n"));
  return new Map([...files].map(([path, lines]) => [path, withoutMarks(lines)]));
}

const IMPORTS = [
  'import { atr, bollinger, cross, ema, lag, returns, rsi, sma, stddev } from "@qmtl/core/indicators";',
  'import { bool, categorical, f64, fraction, ohlcv, price, quantity, schema, seconds, unit } from "@qmtl/core/schema";',
  'import { aggregate, align, barTime, cast, crossSection, dataset, forwardReturn, node, orders, param, pick, resample, rng, strategy, stream, targetPositions, targetWeights, window } from "@qmtl/core/strategy";',
];

/** A body of `graph()` as a strategy; `---` parts what stands above it. Whole modules stay as they are. */
function wrapped(text: string): string {
  if (/^import /m.test(text)) return text;
  const [above, body] = text.includes("\n---\n") ? text.split("\n---\n") : ["", text];
  const params = /\bparams\./.test(text)
    ? "  params: { bars: param.int(10, { min: 2, max: 50 }), level: param.float(0.5, { min: 0, max: 1 }) },\n"
    : "";
  return `${IMPORTS.join("\n")}\n${above}\nexport default strategy({\n  name: "example",\n${params}  graph({ params }) {\n${body}\n  },\n});\n`;
}

/** `#<^^^`: the mark begins where its comment does. */
const MARK = /^(\s*)(\/\/|#)(?:(<\^*)|\s*(\^+))\s*([A-Z]\d{3})\s*(.*)$/;

function withoutMarks(lines: readonly string[]): TestFile {
  const kept: string[] = [];
  const marks: Mark[] = [];
  for (const line of lines) {
    const match = MARK.exec(line);
    if (match === null) {
      kept.push(line);
      continue;
    }
    const [, indent = "", comment = "", from, carets = "", code = "", message = ""] = match;
    const column = from === undefined ? line.indexOf("^") + 1 : indent.length + 1;
    const length = from === undefined ? carets.length : comment.length + from.length;
    marks.push({
      line: kept.length,
      column,
      endColumn: column + length,
      code,
      message: message.trim(),
    });
  }
  return { text: kept.join("\n"), marks };
}

export function virtual(files: ReadonlyMap<string, { readonly text: string }>): WorkspaceFiles {
  return {
    read: (path) => files.get(path)?.text,
    list: () => [...files.keys()].filter((path) => !path.startsWith("node_modules/")),
  };
}

export function findingsOf(
  files: ReadonlyMap<string, { readonly text: string }>,
  options: AnalysisOptions = {},
): readonly Finding[] {
  const analysis = createAnalysis(virtual(files), options);
  return analysis.paths().flatMap((path) => analysis.findings(path) ?? []);
}

function expectMarks(code: string, text: string, options: AnalysisOptions, flagged: boolean): void {
  const files = filesOf(text);
  const all = findingsOf(files, options);
  expect(all.filter((finding) => /^X90/.test(finding.code)).map(({ message }) => message)).toEqual([]);
  const found = all.filter((finding) => finding.code === code && finding.suppressed === undefined);
  const marks = [...files].flatMap(([file, each]) =>
    each.marks.filter((mark) => mark.code === code).map((mark) => ({ ...mark, file })),
  );
  expect(
    found.map(({ place: { file, start, end }, message }) => ({
      at: `${file}:${start.line}:${start.column}`,
      ...(start.line === end.line && { endColumn: end.column }),
      message,
    })),
  ).toEqual(
    marks.map(({ file, line, column, endColumn, message }) => ({
      at: `${file}:${line}:${column}`,
      // A mark can't show more than the first line.
      endColumn: expect.toBeOneOf([endColumn, undefined]),
      message: expect.stringContaining(message),
    })),
  );
  if (flagged) expect(marks.length).toBeGreaterThan(0);
}

/** The files after one fix. */
export function applyFix(
  files: ReadonlyMap<string, { readonly text: string }>,
  { edits }: Fix,
): ReadonlyMap<string, { readonly text: string }> {
  const result = new Map(files);
  for (const path of new Set(edits.map(({ place }) => place.file))) {
    let { text } = result.get(path) ?? { text: "" };
    const lines = textLines(text);
    const own = edits
      .filter(({ place }) => place.file === path)
      .map((edit) => ({ from: lines.offsetAt(edit.place.start), to: lines.offsetAt(edit.place.end), text: edit.text }))
      .sort((a, b) => b.from - a.from);
    for (const edit of own) text = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
    result.set(path, { text });
  }
  return result;
}

/** The fenced examples of a page: ```ts bad, ```ts good, ```yaml bad… */
function examples(page: string, side: "bad" | "good"): readonly string[] {
  return [...page.matchAll(/^```(\w+) (bad|good)\n([\s\S]*?)^```$/gm)]
    .filter(([, , which]) => which === side)
    .map(([, language = "", , text = ""]) =>
      language === "yaml" && !text.includes("//- ") ? `//- worlds/example.yml\n${text}` : text,
    );
}
