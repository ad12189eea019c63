import { type Place, type TextLines, textLines } from "../facts/index.ts";
import type { Severity } from "../rules/index.ts";
import type { ReportedFinding } from "./fingerprint.ts";
import { type Report, summaryOf } from "./report.ts";

/** How words are coloured; each gives its text back where there are no colours. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly green: (text: string) => string;
}

/** The report for people: each finding with the text that it is about, and how many there are. */
export function prettyReport(report: Report, textOf: (path: string) => string, paint: Paint): string {
  const lines = new Map<string, TextLines>();
  const linesOf = (path: string): TextLines => {
    const known = lines.get(path) ?? textLines(textOf(path));
    lines.set(path, known);
    return known;
  };
  const shown = report.findings.map((finding) => prettyFinding(finding, linesOf, paint));
  const { counts } = report;
  const colour = counts.error > 0 ? paint.red : counts.warning > 0 ? paint.yellow : paint.green;
  const suppressed = report.suppressed.length === 0 ? "" : `, ${report.suppressed.length} suppressed`;
  return [...shown, colour(summaryOf(report)) + paint.dim(suppressed)].join("\n\n");
}

const COLOURS: Readonly<Record<Severity, keyof Paint>> = { error: "red", warning: "yellow", info: "cyan", hint: "dim" };

function prettyFinding(finding: ReportedFinding, linesOf: (path: string) => TextLines, paint: Paint): string {
  const { code, slug, severity, message, next, place, related, fixes } = finding;
  const colour = paint[COLOURS[severity]];
  const margin = " ".repeat(String(place.start.line).length);
  const lines = [
    `${colour(paint.bold(`${severity}[${code}]`))} ${message} ${paint.dim(`(${slug})`)}`,
    `${margin}${paint.cyan("-->")} ${positionOf(place)}`,
    ...frame(place, linesOf(place.file), margin, paint, colour),
  ];
  for (const each of related) lines.push(`${margin} ${paint.cyan("=")} ${each.message}: ${positionOf(each.place)}`);
  if (next !== undefined) lines.push(`${margin} ${paint.cyan("=")} ${next}`);
  if (fixes.some(({ isSafe }) => isSafe)) lines.push(`${margin} ${paint.cyan("=")} ${paint.dim("mended by --fix")}`);
  return lines.join("\n");
}

/** The first line of the place, with what is meant underlined. */
function frame(
  { start, end }: Place,
  lines: TextLines,
  margin: string,
  paint: Paint,
  colour: (text: string) => string,
): readonly string[] {
  const text = lines.lineAt(start.line);
  if (text.trim() === "") return [];
  const last = start.line === end.line ? end.column : text.trimEnd().length + 1;
  // Tabs keep their width under the text.
  const lead = text.slice(0, start.column - 1).replaceAll(/[^\t]/g, " ");
  const bar = paint.cyan("|");
  return [
    `${margin} ${bar}`,
    `${paint.cyan(String(start.line))} ${bar} ${text}`,
    `${margin} ${bar} ${lead}${colour("^".repeat(Math.max(1, last - start.column)))}`,
  ];
}

function positionOf({ file, start }: Place): string {
  return `${file}:${start.line}:${start.column}`;
}
