import type { ColumnFigures, PreviewResult } from "@qmtl/core";
import { formatRatio, variantsText } from "./lens-title.ts";

/** What a preview came to, beside the strategy: `Sharpe 0.52 (+0.04) · drawdown 12.3 % · 177 trades · 37 variants tried`. */
export function previewFigureText({ metrics, trades, variants }: PreviewResult, lastSharpe: number | null): string {
  const { sharpe, max_drawdown: drawdown } = metrics;
  const parts: string[] = [];
  if (typeof sharpe === "number") {
    const change = lastSharpe === null ? "" : ` (${changeText(sharpe - lastSharpe)})`;
    parts.push(`Sharpe ${formatRatio(sharpe)}${change}`);
  }
  if (typeof drawdown === "number") parts.push(`drawdown ${shareText(drawdown)}`);
  parts.push(`${trades} ${trades === 1 ? "trade" : "trades"}`, variantsText(variants));
  return parts.join(" · ");
}

/** Against the last submission; what rounds to nothing is no change. */
function changeText(change: number): string {
  const text = formatRatio(Math.abs(change));
  return Number(text) === 0 ? "±0" : `${change < 0 ? "−" : "+"}${text}`;
}

/** Columns that are told at the end of a line; the hover has all. */
const MOST_COLUMNS = 2;

/** What a node came to, in a few words: `now 1 · mean 0.52 · from 2000-02-14`. */
export function nodeText(columns: readonly ColumnFigures[]): string {
  const shown = columns.slice(0, MOST_COLUMNS).map((figures) => {
    const text = columnText(figures);
    return columns.length === 1 ? text : `${figures.column}: ${text}`;
  });
  const more = columns.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(" | ");
}

function columnText({ dtype, valued, last, mean, from }: ColumnFigures): string {
  if (valued === 0) return "no value on any bar";
  const parts: string[] = [];
  if (last !== null) parts.push(`now ${typeof last === "number" ? figureText(last) : String(last)}`);
  if (mean !== null) parts.push(dtype === "bool" ? `true on ${shareText(mean)}` : `mean ${figureText(mean)}`);
  if (from !== null) parts.push(`from ${from.slice(0, 10)}`);
  return parts.join(" · ");
}

/** A table of all columns, in Markdown. */
export function nodeTable(columns: readonly ColumnFigures[]): string {
  const rows = columns.map(({ column, bars, valued, from, last, mean, least, greatest }) =>
    [
      `\`${column}\``,
      last === null ? "" : typeof last === "number" ? figureText(last) : String(last),
      ...[mean, least, greatest].map((value) => (value === null ? "" : figureText(value))),
      from === null ? "never" : from.slice(0, 10),
      bars === 0 ? "" : shareText(valued / bars),
    ].join(" | "),
  );
  return [
    "column | now | mean | least | greatest | from | bars with a value",
    "--- | --: | --: | --: | --: | --- | --:",
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join("\n");
}

/** Four significant digits, as people write them. */
export function figureText(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return Math.round(value).toString();
  return size !== 0 && size < 1e-4 ? value.toExponential(1) : Number(value.toPrecision(4)).toString();
}

export function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
