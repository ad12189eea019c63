import { readModule } from "../facts/index.ts";
import type { Finding } from "../rules/index.ts";
import type { TypeProblem } from "../types/problem.ts";
import { carryFindings, carryOver } from "./carry.ts";
import type { CheckModule } from "./module-check.ts";
import { runRule, startOf } from "./run-rules.ts";

/** What types have told of a file, and the texts that they were told of. */
export interface TypedFindings {
  readonly findings: readonly Finding[];
  readonly texts: ReadonlyMap<string, string>;
}

/** What the rules say to what TypeScript has proven of a file as it stands now. */
export function typedFindings(
  path: string,
  problems: readonly TypeProblem[],
  { files, parse, rules, live }: CheckModule,
): TypedFindings {
  const collector = { findings: [] as Finding[], live };
  let known: ReturnType<typeof readModule> | undefined;
  const reading = () => {
    known ??= readModule(files, path, parse);
    return known;
  };
  for (const rule of rules)
    if (rule.checkTypes !== undefined)
      runRule(rule, collector, startOf(path), (report) => rule.checkTypes?.({ problems, reading, report }));
  return {
    findings: collector.findings.map((finding) => ({ ...finding, tier: 2 })),
    texts: new Map([[path, files.read(path) ?? ""]]),
  };
}

/** The same where things stand now; what was edited is gone until types have told it anew. */
export function carryTyped(
  { findings, texts }: TypedFindings,
  read: (path: string) => string | undefined,
): readonly Finding[] {
  const moves = new Map([...texts].map(([path, then]) => [path, { then, now: read(path) ?? "" }] as const));
  return carryFindings(findings, carryOver(moves));
}

/** Findings with those of types beside them. What a rule has seen by itself at some place is not told again by another word. */
export function beside(found: readonly Finding[], typed: readonly Finding[]): readonly Finding[] {
  const seen = found.filter(({ provenByTypes }) => provenByTypes);
  return [...found, ...typed.filter((each) => !seen.some((other) => touches(each.place, other.place)))];
}

function touches(a: Finding["place"], b: Finding["place"]): boolean {
  return isBefore(a.start, b.end) && isBefore(b.start, a.end);
}

function isBefore(a: Finding["place"]["start"], b: Finding["place"]["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
