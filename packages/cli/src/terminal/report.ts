import { sessionDay } from "../report/analysis/session-day.ts";
import { percentOfOneDigit, pointName, verdictName } from "../report/page/words.ts";
import type { Tearsheet } from "../report/tearsheet.ts";
import type { Colors } from "./error.ts";
import { formatFigure } from "./figure.ts";
import { renderGuards } from "./guards.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { HEADLINE } from "./submit-result.ts";
import { renderPairs, renderTable, type TableColumn } from "./table.ts";

const SHOWN_DRAWDOWNS = 5;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const right = (title: string): TableColumn => ({ title, align: "right" });

/** What a person reads after `qmtl report`. */
export function renderReport(sheet: Tearsheet, colors: Colors): string {
  const { view } = sheet;
  const { run, decision } = view;
  const [verdict, tone] = verdictName(sheet);
  const paint = { good: colors.green, bad: colors.red, warn: colors.yellow }[tone] ?? ((text: string) => text);
  const out = [
    `${colors.bold(view.strategy)} in world ${colors.bold(view.world)}: ${paint(verdict)}`,
    `  ${decision?.reason ?? "No decision names this evaluation."}`,
    "",
    renderPairs([
      ["evaluation", view.evalKey.slice(0, 16)],
      ["version", view.version.slice(0, 16)],
      [
        "params",
        Object.entries(view.params)
          .map(([name, value]) => `${name}=${value}`)
          .join(" ") || "none",
      ],
      ["evidence", view.evidence],
      [
        "period",
        `${pointName(sheet, 0)} to ${pointName(sheet, Math.max(0, run.equity.length - 1))}, ${formatNumber(run.returns.length)} periods`,
      ],
      ["equity", `${formatNumber(run.equity[0] ?? 0)} -> ${formatNumber(run.equity.at(-1) ?? 0)} ${view.currency}`],
    ]),
    "",
    colors.bold("Metrics"),
    renderPairs(
      HEADLINE.flatMap(([name, label]): [string, string][] => {
        const metric = view.metrics.find((one) => one.name === name);
        return metric === undefined ? [] : [[label, formatFigure(metric)]];
      }),
    ),
    "",
    ...months(sheet, colors),
    ...drawdownTable(sheet, colors),
    ...costTable(sheet, colors),
    ...gates(sheet, colors),
    ...(view.guards === null ? [] : renderGuards(view.guards, colors)),
  ];
  for (const note of [...run.notes, ...(decision?.notes ?? [])]) out.push(`${colors.yellow("note:")} ${note}`);
  out.push(
    "",
    `${colors.cyan("next:")} qmtl report ${view.evalKey.slice(0, 16)} --world ${view.world} --html report.html`,
  );
  return out.join("\n");
}

function months({ months: years }: Tearsheet, colors: Colors): readonly string[] {
  if (years.length === 0) return [];
  const cell = (value: number | null): string => {
    if (value === null) return "";
    const text = percentOfOneDigit(value);
    return value < 0 ? colors.red(text) : text;
  };
  return [
    colors.bold("Monthly returns, %"),
    renderTable(
      [{ title: "year" }, ...MONTHS.map(right), right("year")],
      years.map(({ year, months: of, total }) => [String(year), ...of.map(cell), cell(total)]),
    ),
    "",
  ];
}

function drawdownTable(sheet: Tearsheet, colors: Colors): readonly string[] {
  const { drawdowns } = sheet;
  if (drawdowns.length === 0) return [];
  return [
    colors.bold("Worst drawdowns"),
    renderTable(
      [right("depth"), { title: "peak" }, { title: "trough" }, { title: "recovered" }, right("periods")],
      drawdowns
        .slice(0, SHOWN_DRAWDOWNS)
        .map(({ depth, peak, trough, recovery, length }) => [
          formatPercent(depth),
          pointName(sheet, peak),
          pointName(sheet, trough),
          recovery === null ? colors.yellow("not yet") : pointName(sheet, recovery),
          formatNumber(length),
        ]),
    ),
    "",
  ];
}

function costTable({ costs, view }: Tearsheet, colors: Colors): readonly string[] {
  if (costs === undefined) return [];
  return [
    colors.bold("Costs"),
    renderPairs([
      ["fees", `${formatNumber(costs.fees)} ${view.currency}`],
      ["slippage", `${formatNumber(costs.slippage)} ${view.currency}`],
      ["borrow", `${formatNumber(costs.borrow)} ${view.currency}`],
      ["all", `${formatPercent(costs.share)} of the starting equity`],
    ]),
    "",
  ];
}

function gates({ view }: Tearsheet, colors: Colors): readonly string[] {
  const { decision, dataset } = view;
  if (decision === undefined || decision.gates.length === 0) return [];
  const rows = decision.gates.flatMap(({ name, expression, passed, because, comparisons }) => {
    const verdict = passed ? colors.green("passed") : colors.red("failed");
    if (comparisons.length === 0) return [[name, verdict, expression, because ?? "", ""]];
    return comparisons.map(({ metric, value, operator, bound, distance, holds }, i) => [
      i === 0 ? name : "",
      i === 0 ? verdict : "",
      `${metric} ${operator} ${formatNumber(bound)}`,
      formatNumber(value),
      `${formatNumber(distance)} ${holds ? "to spare" : "short"}`,
    ]);
  });
  return [
    colors.bold(`Gates, on data up to ${sessionDay(dataset.end)}`),
    renderTable([{ title: "gate" }, { title: "verdict" }, { title: "bound" }, right("value"), right("distance")], rows),
    "",
  ];
}
