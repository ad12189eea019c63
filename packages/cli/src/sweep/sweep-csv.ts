import type { SweepResult } from "@qmtl/core";

/** One line per combination, in the order of the result: params, EvalKey, every metric, the problem. RFC 4180. */
export function sweepCsv({ axes, rows }: Pick<SweepResult, "axes" | "rows">): string {
  const params = [...new Set([...axes.map(({ name }) => name), ...rows.flatMap((row) => Object.keys(row.params))])];
  const metrics = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))].sort();
  const lines = rows.map((row) => [
    ...params.map((name) => cell(row.params[name])),
    row.evalKey ?? "",
    ...metrics.map((name) => cell(row.metrics[name])),
    row.problem === null ? "" : quoted(`${row.problem.code}: ${row.problem.message}`),
  ]);
  return `${[[...params, "eval_key", ...metrics, "problem"].map(quoted), ...lines].map((line) => line.join(",")).join("\r\n")}\r\n`;
}

/** A figure that is undefined leaves its cell empty: `--json` says why. */
function cell(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? quoted(value) : "";
}

function quoted(text: string): string {
  // What a spreadsheet would take for a formula is given as text.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
