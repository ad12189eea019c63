import { existsSync, statSync, watch, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { QMTL_VERSION } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import type { Finding, Report } from "@qmtl/lsp";
import type { TypesClient } from "@qmtl/lsp/types-client";
import { type Command, Option } from "commander";
import { readBaseline, writeBaseline } from "../check/baseline.ts";
import { changedFiles } from "../check/changed-files.ts";
import { type DiskFiles, diskFiles } from "../check/disk-files.ts";
import type { CommandContext, Outcome, Register } from "../cli.ts";
import { projectRoot } from "../project/root.ts";
import { type Colors, EXIT } from "../terminal/error.ts";

interface CheckOptions {
  readonly format: "pretty" | "json" | "sarif" | "github";
  readonly fix?: boolean;
  readonly watch?: boolean;
  readonly baseline?: string;
  readonly changedSince?: string;
  readonly maxWarnings?: number;
  readonly domain?: "live";
  readonly explain?: string;
}

/** After so many rounds of fixes, what is left is left. */
const MOST_ROUNDS = 10;

export function checkCommand(program: Command, register: Register): void {
  const command = program
    .command("check [paths...]")
    .description("say what is wrong with strategies, worlds and manifests, without running anything")
    .addOption(
      new Option("--format <format>", "how findings are shown")
        .choices(["pretty", "json", "sarif", "github"])
        .default("pretty"),
    )
    .option("--fix", "mend what there is only one way to mend")
    .option("--watch", "check again whenever a file changes, until it is stopped")
    .option("--baseline <file>", "leave out what this file knows; written when it is not there")
    .option("--changed-since <ref>", "only files that differ from this commit")
    .option("--max-warnings <number>", "more warnings than that are a failure", wholeNumber)
    .addOption(new Option("--domain <domain>", "judge as if everything had been promoted to it").choices(["live"]))
    .option("--explain <code>", "show the page of a rule")
    .addHelpText(
      "after",
      "\nExit codes: 0 fine; 1 errors, or too many warnings; 2 usage or configuration; 3 a rule failed.",
    );
  register(command, async (context, paths: readonly string[], options: CheckOptions) => {
    const lsp = await import("../check/lsp.ts");
    if (options.explain !== undefined) return explain(lsp, options.explain);
    const root = projectRoot(process.cwd());
    const files = diskFiles(root);
    const wanted = wantedPaths(root, paths);
    const { typesClient } = await import("../check/types.ts");
    const types = typesClient();
    try {
      const check: Check = { lsp, root, files, wanted, options, context, types };
      return options.watch === true ? await watchProject(check) : await checkOnce(check);
    } finally {
      await types.dispose();
    }
  });
}

type Lsp = typeof import("../check/lsp.ts");

interface Check {
  readonly lsp: Lsp;
  readonly root: string;
  readonly files: DiskFiles;
  /** Whether a path of the project was asked for. */
  readonly wanted: (path: string) => boolean;
  readonly options: CheckOptions;
  readonly context: CommandContext;
  readonly types: TypesClient;
}

function explain(lsp: Lsp, code: string): Outcome {
  const page = lsp.explainRule(code.toUpperCase());
  if (page === undefined)
    throw new QmtlError({
      code: "check.unknown-rule",
      message: `There is no rule ${code}`,
      next: `There are ${[...lsp.RULES, ...lsp.ENGINE_RULES].map((rule) => rule.code).join(", ")}.`,
    });
  return { exitCode: EXIT.fine, json: { code: code.toUpperCase(), page }, text: () => page.trimEnd() };
}

async function checkOnce(check: Check): Promise<Outcome> {
  const { lsp, files, options } = check;
  let findings = await findingsOf(check);
  for (let round = 0; options.fix === true && round < MOST_ROUNDS; round++) {
    const mended = lsp.applySafeFixes(findings, (path) => files.read(path) ?? "");
    if (mended.size === 0) break;
    for (const [path, text] of mended) writeFileSync(join(check.root, path), text);
    files.forget();
    findings = await findingsOf(check);
  }
  return outcomeOf(check, findings);
}

async function findingsOf({ lsp, root, files, wanted, options, types }: Check): Promise<readonly Finding[]> {
  const { tellTypes } = await import("../check/types.ts");
  const analysis = lsp.createAnalysis(files, { live: options.domain === "live" });
  const changed = options.changedSince === undefined ? undefined : changedFiles(root, options.changedSince);
  // All files are looked at even where few are asked for: what one says of another is known only then.
  for (const path of analysis.paths()) analysis.findings(path);
  await tellTypes(analysis, root, types);
  const found = analysis.paths().map((path) => ({ path, findings: analysis.findings(path) ?? [] }));
  return found.flatMap(({ path, findings }) => (wanted(path) && changed?.has(path) !== false ? findings : []));
}

function outcomeOf(check: Check, findings: readonly Finding[]): Outcome {
  const { lsp, files, wanted, options, root } = check;
  const { baseline } = options;
  const textOf = (path: string): string => files.read(path) ?? "";
  const known = baseline === undefined ? undefined : readBaseline(resolve(baseline));
  const looked = lsp.createAnalysis(files).paths().filter(wanted).length;
  let report = lsp.reportOf(findings, { files: looked, textOf, ...(known !== undefined && { known }) });
  let note = "";
  if (baseline !== undefined && known === undefined) {
    writeBaseline(resolve(baseline), report.findings);
    note = `\n\nWrote ${report.findings.length} finding${report.findings.length === 1 ? "" : "s"} to ${relative(root, resolve(baseline))}: from now on only new ones are told`;
    report = lsp.reportOf([], { files: looked, textOf });
  }
  return {
    exitCode: exitCodeOf(report, options),
    json: lsp.jsonReport(report),
    text: (colors) =>
      formatted(lsp, report, options.format, textOf, colors) + (options.format === "pretty" ? note : ""),
  };
}

function formatted(
  lsp: Lsp,
  report: Report,
  format: CheckOptions["format"],
  textOf: (path: string) => string,
  colors: Colors,
): string {
  switch (format) {
    case "json":
      return JSON.stringify(lsp.jsonReport(report), null, 2);
    case "sarif":
      return JSON.stringify(lsp.sarifReport(report, QMTL_VERSION), null, 2);
    case "github":
      return lsp.githubReport(report);
    case "pretty":
      return lsp.prettyReport(report, textOf, colors);
  }
}

function exitCodeOf({ counts, findings }: Report, { maxWarnings }: CheckOptions): number {
  if (counts.error > 0) return EXIT.rejected;
  if (findings.some(({ code }) => code === "X901")) return EXIT.failed;
  return maxWarnings !== undefined && counts.warning > maxWarnings ? EXIT.rejected : EXIT.fine;
}

/** Milliseconds in which the writes of one save arrive. */
const SETTLE_MS = 50;

/** Ends when the process is interrupted, with the state of the last check. */
async function watchProject(check: Check): Promise<Outcome> {
  let outcome = await checkOnce(check);
  const show = (): void => {
    process.stdout.write(`${check.context.json ? JSON.stringify(outcome.json) : outcome.text(check.context.colors)}\n`);
  };
  return new Promise((settled, failed) => {
    let due: NodeJS.Timeout | undefined;
    let turn = Promise.resolve();
    const again = async (): Promise<void> => {
      check.files.forget();
      outcome = await checkOnce(check);
      show();
    };
    const watcher = watch(check.root, { recursive: true }, (_event, name) => {
      if (name === null || /(^|[\\/])(node_modules|\.[^\\/]+)([\\/]|$)/.test(name)) return;
      clearTimeout(due);
      due = setTimeout(() => {
        turn = turn.then(again).catch(failed);
      }, SETTLE_MS);
    });
    show();
    process.once("SIGINT", () => {
      clearTimeout(due);
      watcher.close();
      settled(outcome);
    });
  });
}

/** @throws `check.no-such-path` */
function wantedPaths(root: string, paths: readonly string[]): (path: string) => boolean {
  const wanted = paths.map((path) => {
    const absolute = resolve(path);
    const inside = relative(root, absolute).split(sep).join("/");
    if (!existsSync(absolute) || inside.startsWith(".."))
      throw new QmtlError({
        code: "check.no-such-path",
        message: existsSync(absolute) ? `${path} lies outside of the project ${root}` : `There is no ${path}`,
        next: "Name files or folders of the project, or none for all of it.",
      });
    return { inside, isFolder: statSync(absolute).isDirectory() };
  });
  if (wanted.length === 0) return () => true;
  return (path) =>
    wanted.some(({ inside, isFolder }) =>
      isFolder ? inside === "" || path.startsWith(`${inside}/`) : path === inside,
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new QmtlError({
    code: "cli.usage",
    message: `--max-warnings takes a whole number, not ${text}`,
    next: "Write --max-warnings 0 to allow none.",
  });
}
