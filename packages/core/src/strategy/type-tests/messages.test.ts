import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const HERE = fileURLToPath(new URL("./", import.meta.url));
const PROGRAM = `${HERE}wrong-programs.ts`;
const SAMPLES = `${ROOT}fixtures/workspace/strategies/`;
const PAGE = readFileSync(`${HERE}messages.md`, "utf8");

interface Case {
  readonly title: string;
  readonly code: string;
}

/** The page: words, the beginning of all programs, and the programs. */
function readPage(page: string): { readonly intro: string; readonly prelude: string; readonly cases: readonly Case[] } {
  const [head = "", ...sections] = page.split(/^## /m);
  const blockOf = (text: string): string => text.match(/^```ts\n([\s\S]*?)^```$/m)?.[1] ?? "";
  return {
    intro: head.slice(0, head.indexOf("```ts")),
    prelude: blockOf(head),
    cases: sections.map((section) => ({ title: section.slice(0, section.indexOf("\n")), code: blockOf(section) })),
  };
}

const { intro, prelude, cases } = readPage(PAGE);
const starts: number[] = [];
let text = prelude;
for (const { code } of cases) {
  starts.push(text.length);
  text += code;
}

let program: ts.Program;

beforeAll(() => {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.base.json`, ts.sys.readFile);
  const { options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT, {
    composite: false,
    declaration: false,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    rootDir: ROOT,
  });
  // An empty list of files is no mistake here.
  expect(errors.filter(({ code }) => code !== 18002 && code !== 18003)).toEqual([]);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  const isProgram = (path: string) => path === PROGRAM;
  host.readFile = (path) => (isProgram(path) ? text : readFile.call(host, path));
  host.fileExists = (path) => isProgram(path) || fileExists.call(host, path);
  host.getSourceFile = (path, ...rest) =>
    isProgram(path)
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, path, ...rest);
  program = ts.createProgram({ rootNames: [PROGRAM, `${HERE}inferred.test.ts`, ...samples()], options, host });
});

function samples(): string[] {
  return readdirSync(SAMPLES, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => SAMPLES + file);
}

function diagnosticsOf(path: string): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(path);
  if (file === undefined) throw new Error(`${path} is no part of the program`);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

function sentence({ code, messageText }: ts.Diagnostic): string {
  return `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}

describe("right programs compile", () => {
  test("what is inferred is what is expected", () => {
    expect(diagnosticsOf(`${HERE}inferred.test.ts`).map(sentence)).toEqual([]);
  });

  test("the sample strategies fit the library", () => {
    expect(samples().length).toBeGreaterThanOrEqual(14);
    for (const path of samples()) expect([path, ...diagnosticsOf(path).map(sentence)]).toEqual([path]);
  });
});

describe("wrong programs do not compile", () => {
  const found = (): readonly string[][] => {
    const messages: string[][] = cases.map(() => []);
    for (const diagnostic of diagnosticsOf(PROGRAM)) {
      const { start = 0, length = 0 } = diagnostic;
      const index = starts.findLastIndex((from) => from <= start);
      const at = text.slice(start, start + length).split("\n")[0];
      messages[index]?.push(`${at}\n${sentence(diagnostic)}`);
      if (index < 0) throw new Error(`what all programs begin with does not compile: ${sentence(diagnostic)}`);
    }
    return messages;
  };

  test("each for a reason of its own", () => {
    expect(cases.length).toBeGreaterThanOrEqual(78);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
    const accepted = found().flatMap((messages, i) => (messages.length === 0 ? [cases[i]?.title] : []));
    expect(accepted).toEqual([]);
  });

  test("and the compiler says why, in the words of the page", async () => {
    const messages = found();
    const sections = cases.map(
      ({ title, code }, i) =>
        `## ${title}\n\n\`\`\`ts\n${code}\`\`\`\n\n\`\`\`text\n${(messages[i] ?? []).join("\n\n")}\n\`\`\`\n`,
    );
    const page = `${intro}\`\`\`ts\n${prelude}\`\`\`\n\n${sections.join("\n")}`;
    await expect(page).toMatchFileSnapshot("./messages.md");
  });
});
