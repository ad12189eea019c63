import { type Position, textLines } from "../facts/index.ts";
import type { Finding } from "../rules/index.ts";
import { engineFinding } from "./engine-finding.ts";
import { UNREASONED_SUPPRESSION, UNUSED_SUPPRESSION } from "./engine-rules.ts";

interface Suppression {
  readonly codes: readonly string[];
  readonly reason: string;
  /** The line that it is for. */
  readonly line: number;
  readonly start: Position;
  readonly end: Position;
}

const COMMENT = /(?:\/\/|#)\s*qmtl-ignore\b(.*)$/;

/**
 * Marks the findings of one file that its comments suppress, and adds what is wrong with the comments.
 *
 * @param undecided codes of which there may be more to come: a comment for one is not called idle
 */
export function suppress(
  file: string,
  text: string,
  findings: readonly Finding[],
  undecided: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  if (!text.includes("qmtl-ignore")) return findings;
  const suppressions = readSuppressions(text);
  const used = new Set<string>();
  const marked = findings.map((finding): Finding => {
    const by = suppressions.find(
      ({ line, codes, reason }) => reason !== "" && line === finding.place.start.line && codes.includes(finding.code),
    );
    if (by === undefined) return finding;
    used.add(`${by.start.line} ${finding.code}`);
    return { ...finding, suppressed: { reason: by.reason } };
  });
  const about = suppressions.flatMap(({ codes, reason, start, end }): Finding[] => {
    const place = { file, start, end };
    if (reason === "")
      return [
        engineFinding(UNREASONED_SUPPRESSION, place, "This suppression gives no reason, so it has no effect", {
          next: "Write -- and why this is right here.",
        }),
      ];
    const idle = codes.filter((code) => !used.has(`${start.line} ${code}`) && !undecided.has(code));
    if (idle.length === 0 && codes.length > 0) return [];
    const message =
      codes.length === 0
        ? "This suppression names no rule"
        : `${idle.join(", ")} ${idle.length === 1 ? "is" : "are"} not reported here, so there is nothing to suppress`;
    return [
      engineFinding(UNUSED_SUPPRESSION, place, message, {
        next: "Remove it.",
        fixes:
          idle.length === codes.length
            ? [{ title: "Remove the comment", edits: [{ place, text: "" }], isSafe: true }]
            : [],
      }),
    ];
  });
  return [...marked, ...about];
}

function readSuppressions(text: string): readonly Suppression[] {
  const lines = textLines(text);
  const found: Suppression[] = [];
  for (let line = 1; line <= lines.count; line++) {
    const written = lines.lineAt(line);
    const match = COMMENT.exec(written);
    if (match === null || isQuoted(written.slice(0, match.index))) continue;
    const [names = "", ...reason] = (match[1] ?? "").split("--");
    const before = written.slice(0, match.index).trim();
    found.push({
      codes: names.split(/[\s,]+/).filter((code) => code !== ""),
      reason: reason.join("--").trim(),
      line: before === "" ? nextLine(lines.lineAt, line, lines.count) : line,
      start: { line, column: match.index + 1 },
      end: { line, column: written.trimEnd().length + 1 },
    });
  }
  return found;
}

/** The next line that is no comment. */
function nextLine(lineAt: (line: number) => string, from: number, count: number): number {
  let line = from + 1;
  while (line <= count && /^\s*(?:\/\/|#|$)/.test(lineAt(line))) line++;
  return line;
}

function isQuoted(before: string): boolean {
  return ['"', "'", "`"].some((mark) => before.split(mark).length % 2 === 0);
}
