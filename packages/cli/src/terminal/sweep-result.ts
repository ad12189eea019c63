import type { SweepResult, SweepRow } from "@qmtl/core";
import type { Colors } from "./error.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { renderTable } from "./table.ts";

const SHOWN = 20;

/** The figures beside the one that sorts. */
const COLUMNS: readonly (readonly [name: string, title: string, kind: "ratio" | "fraction"])[] = [
  ["sharpe", "Sharpe", "ratio"],
  ["total_return", "return", "fraction"],
  ["max_drawdown", "max drawdown", "fraction"],
  ["num_trades", "trades", "ratio"],
  ["psr", "PSR", "ratio"],
  ["deflated_sharpe", "deflated Sharpe", "ratio"],
];

/** What a person reads after `qmtl sweep`. */
export function renderSweepResult(result: SweepResult, file: string, colors: Colors): string {
  const { strategy, world, status, combinations, done, resumed, problems, rows, trials, axes, sort } = result;
  const counts = [
    `${formatNumber(done)} of ${formatNumber(combinations)} combinations`,
    ...(resumed > 0 ? [`${formatNumber(resumed)} of them from before`] : []),
    ...(problems > 0 ? [`${formatNumber(problems)} could not be tried`] : []),
  ];
  const out = [
    `${colors.bold(strategy)} swept in world ${colors.bold(world)}: ${colors.bold(status === "complete" ? colors.green("complete") : colors.yellow("cancelled"))}`,
    `  ${counts.join(", ")}; the world's ledger has ${formatNumber(trials)} trials`,
    "",
  ];
  const names = axes.map(({ name }) => name);
  const columns = COLUMNS.some(([name]) => name === sort.metric)
    ? COLUMNS
    : [[sort.metric, sort.metric, "ratio"] as const, ...COLUMNS];
  const sound = rows.filter(({ problem }) => problem === null).slice(0, SHOWN);
  if (sound.length > 0)
    out.push(
      renderTable(
        [...names, ...columns.map(([name, title]) => (name === sort.metric ? `${title} ↓` : title))].map((title) => ({
          title,
          align: "right",
        })),
        sound.map((row) => [
          ...names.map((name) => String(row.params[name])),
          ...columns.map(([name, , kind]) => figure(row, name, kind)),
        ]),
      ),
    );
  const hidden = done - problems - sound.length;
  if (hidden > 0) out.push(colors.dim(`… and ${formatNumber(hidden)} more: --csv FILE or --json has all of them.`));
  const failed = rows.filter((row): row is SweepRow & { problem: object } => row.problem !== null);
  if (failed.length > 0) {
    out.push("", colors.bold("Not tried"));
    for (const { params, problem } of failed.slice(0, 5))
      out.push(`  ${names.map((name) => `${name}=${params[name]}`).join(" ")}  ${problem.message}`);
    if (failed.length > 5) out.push(colors.dim(`  … and ${failed.length - 5} more`));
  }
  const [best] = sound;
  out.push("");
  if (status === "cancelled")
    out.push(`${colors.cyan("next:")} what was tried is kept; the same command goes on from there.`);
  else if (best !== undefined)
    out.push(
      `${colors.cyan("next:")} qmtl submit ${file} --world ${world} ${names.map((name) => `--param ${name}=${best.params[name]}`).join(" ")}`,
      colors.dim("  The best of many tries looks better than it is: read the deflated Sharpe, which counts them."),
    );
  return out.join("\n");
}

function figure({ metrics }: SweepRow, name: string, kind: "ratio" | "fraction"): string {
  const value = metrics[name];
  if (typeof value !== "number") return "–";
  return kind === "fraction" ? formatPercent(value) : formatNumber(value);
}
