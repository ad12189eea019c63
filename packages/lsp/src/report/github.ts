import type { Severity } from "../rules/index.ts";
import type { Report } from "./report.ts";

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "notice",
  hint: "notice",
};

/** The report as workflow commands, by which GitHub Actions annotates the files of a pull request. */
export function githubReport({ findings }: Report): string {
  return findings
    .filter(({ severity }) => severity !== "hint")
    .map(({ code, slug, severity, message, next, place: { file, start, end } }) => {
      // A column only has a meaning within one line.
      const columns = start.line === end.line ? `,col=${start.column},endColumn=${end.column}` : "";
      const where = `file=${property(file)},line=${start.line},endLine=${end.line}${columns}`;
      const text = next === undefined ? message : `${message}. ${next}`;
      return `::${COMMANDS[severity]} ${where},title=${property(`${code} ${slug}`)}::${data(text)}`;
    })
    .join("\n");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
