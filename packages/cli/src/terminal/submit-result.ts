import type { SubmitResult } from "@qmtl/core";
import { type Colors, renderPlace } from "./error.ts";
import { renderGuards } from "./guards.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { renderPairs } from "./table.ts";

type Figure = SubmitResult["metrics"][string];

/** Metrics that a reader looks for first, in this order; the others follow in `--json`. */
export const HEADLINE: readonly (readonly [name: string, label: string, kind: "ratio" | "fraction" | "count"])[] = [
  ["total_return", "total return", "fraction"],
  ["cagr", "yearly return", "fraction"],
  ["volatility", "volatility", "fraction"],
  ["sharpe", "Sharpe", "ratio"],
  ["sortino", "Sortino", "ratio"],
  ["calmar", "Calmar", "ratio"],
  ["max_drawdown", "max drawdown", "fraction"],
  ["ulcer_index", "ulcer index", "fraction"],
  ["num_trades", "trades", "count"],
  ["win_rate", "win rate", "fraction"],
  ["profit_factor", "profit factor", "ratio"],
  ["turnover", "turnover", "ratio"],
  ["exposure", "exposure", "fraction"],
  ["deflated_sharpe", "deflated Sharpe", "ratio"],
];

const PAINT: Readonly<Record<SubmitResult["status"], (text: string, colors: Colors) => string>> = {
  active: (text, colors) => colors.green(text),
  inactive: (text, colors) => colors.yellow(text),
  applying: (text, colors) => colors.cyan(text),
  rejected: (text, colors) => colors.red(text),
  failed: (text, colors) => colors.red(text),
};

/** What a person reads after `qmtl submit`. */
export function renderSubmitResult(result: SubmitResult, colors: Colors): string {
  const out: string[] = [
    `${colors.bold(result.strategy)} in world ${colors.bold(result.world)}: ${colors.bold(PAINT[result.status](result.status, colors))}`,
    `  ${result.reason}`,
    "",
  ];
  const standing: [string, string][] = [
    ["mode", `${result.mode} (${result.domain})${result.downgraded ? `, downgraded: ${result.downgradeReason}` : ""}`],
  ];
  if (result.rank !== null) standing.push(["rank", String(result.rank)]);
  if (result.score !== null) standing.push(["score", formatNumber(result.score)]);
  standing.push(["share", formatPercent(result.share)]);
  if (result.contribution !== null) standing.push(["contribution", figureText(result.contribution, "ratio", colors)]);
  if (result.decision !== null)
    standing.push([
      "decision",
      `revision ${result.decision.revision}${result.decision.committed ? "" : ", already standing"}`,
    ]);
  out.push(renderPairs(standing), "");
  if (result.allocationNotice !== null) out.push(colors.yellow(result.allocationNotice), "");

  if (result.violations.length > 0) {
    out.push(colors.bold("Violations"));
    for (const { stage, rule, message, hint, place, node } of result.violations) {
      const where = renderPlace(place ?? (node === undefined ? {} : { node }));
      out.push(`  ${colors.red(`${stage}: ${rule}`)}  ${message}${where === "" ? "" : colors.dim(` (${where})`)}`);
      if (hint !== undefined) out.push(`    ${colors.cyan("hint:")} ${hint}`);
    }
    out.push("");
  }
  const metrics = HEADLINE.flatMap(([name, label, kind]): [string, string][] => {
    const figure = result.metrics[name];
    return figure === undefined ? [] : [[label, figureText(figure, kind, colors)]];
  });
  if (metrics.length > 0) out.push(colors.bold("Metrics"), renderPairs(metrics), "");

  if (result.backtest !== null) {
    const { evidence, from, to, periods, startEquity, endEquity, fees, slippage, notes } = result.backtest;
    out.push(
      colors.bold("Backtest"),
      renderPairs([
        ["evidence", evidence],
        ["period", `${day(from)} to ${day(to)}, ${formatNumber(periods)} periods`],
        ["equity", `${formatNumber(startEquity)} -> ${formatNumber(endEquity)}`],
        ["costs", `fees ${formatNumber(fees)}, slippage ${formatNumber(slippage)}`],
      ]),
      ...notes.map((note) => `  ${colors.yellow("note:")} ${note}`),
      "",
    );
  }
  if (result.guards !== null) out.push(...renderGuards(result.guards, colors));
  if (result.dataset !== null) {
    out.push(colors.bold("Data"));
    for (const { preset, source, interval, symbols, from, to, bars, findings } of result.dataset.streams) {
      const names =
        symbols.length > 6 ? `${symbols.slice(0, 6).join(", ")} and ${symbols.length - 6} more` : symbols.join(", ");
      out.push(`  ${preset} (${source} ${interval}): ${names}; ${formatNumber(bars)} bars, ${day(from)} to ${day(to)}`);
      for (const finding of findings) out.push(`    ${colors.dim(finding)}`);
    }
    out.push(
      renderPairs([
        ["as of", result.dataset.asOf],
        ["fingerprint", short(result.dataset.fingerprint)],
      ]),
      "",
    );
  }
  if (result.provenance !== null) {
    const { version, evalKey, trials, unproven, command } = result.provenance;
    out.push(
      colors.bold("Provenance"),
      renderPairs([
        ["version", short(version)],
        [
          "evaluation",
          `${short(evalKey)}${result.computed.cached ? " (known: nothing was computed)" : `, ${result.computed.nodes} nodes computed`}`,
        ],
        ["trials", `${trials} in this world's ledger`],
        ["again with", command],
      ]),
    );
    for (const { node, cause } of unproven)
      out.push(`  ${colors.yellow("note:")} node "${node}" can't be shared or recognised again: ${cause}`);
  }
  return out.join("\n").trimEnd();
}

function figureText(figure: Figure, kind: "ratio" | "fraction" | "count", colors: Colors): string {
  if (typeof figure !== "number") return colors.dim(`undefined: ${figure.undefined}`);
  return kind === "fraction" ? formatPercent(figure) : formatNumber(figure);
}

function short(digest: string): string {
  return digest.slice(0, 16);
}

function day(instant: string | null): string {
  return instant === null ? "nothing" : instant.replace(/T00:00:00\.000Z$/, "").replace(/\.000Z$/, "Z");
}
