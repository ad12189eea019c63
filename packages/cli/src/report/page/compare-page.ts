import { isoText, QMTL_VERSION, type RunView } from "@qmtl/core";
import { formatFigure, formatMetric } from "../../terminal/figure.ts";
import { formatNumber, formatPercent } from "../../terminal/number.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { type ComparedCharts, comparedCharts } from "./compare-charts.ts";
import { type Assets, documentHtml } from "./document.ts";
import { chartFigure, closed } from "./figure.ts";
import { type Html, html, jsonHtml } from "./html.ts";
import { rangeToolbar } from "./performance.ts";
import { dataTable, empty, signed } from "./table.ts";
import { pointName, verdictName } from "./words.ts";

type Metric = RunView["metrics"][number];

/**
 * Two runs side by side, A and B: one chart, and tables of what became of them, what they were judged by and what differs in how they came
 * about. Equal input gives equal bytes.
 */
export function comparePage(a: Tearsheet, b: Tearsheet, assets: Assets): string {
  const charts = comparedCharts(a, b);
  const [first, second] = [a.view.strategy, b.view.strategy];
  const heading = first === second ? `Two runs of ${first}` : `${first} and ${second}`;
  return documentHtml({
    title: heading,
    body: html`<header>
<h1>${heading}</h1>
${runTable(a, b)}
</header>
<main>
${curveSection(a, b, charts)}
${metricsSection(a, b)}
${gatesSection(a, b)}
${paramsSection(a, b)}
${originSection(a, b)}
</main>
<footer>Made by QMTL ${QMTL_VERSION}. Past returns of a backtest say little about the future.</footer>`,
    data: jsonHtml(charts.payload),
    assets,
  });
}

const SIDES = [
  ["A", "accent"],
  ["B", "other dashed"],
] as const;

/** What A and B are, with how their lines look. */
function runTable(a: Tearsheet, b: Tearsheet): Html {
  return dataTable({
    label: "What is compared",
    columns: ["", "Strategy", "World", "Verdict", "Evaluation", "From", "To"].map((title) => ({ title, left: true })),
    rows: [a, b].map((sheet, i) => {
      const { view } = sheet;
      const [side, look] = SIDES[i] as (typeof SIDES)[number];
      const [verdict, tone] = verdictName(sheet);
      return [
        html`<svg class="swatch" width="28" height="10" aria-hidden="true"><path class="line ${look}" d="M0 5H28"/></svg> ${side}`,
        view.strategy,
        view.world,
        html`<span class="${tone}">${verdict}</span>`,
        html`<code>${view.evalKey.slice(0, 12)}</code>`,
        pointName(sheet, 0),
        pointName(sheet, view.run.equity.length - 1),
      ];
    }),
  });
}

function curveSection(a: Tearsheet, b: Tearsheet, charts: ComparedCharts): Html {
  if (charts.payload.x.length < 2)
    return html`<section id="equity"><h2>Equity</h2>${empty("Neither run has a complete evaluation period, so there is no curve to show.")}</section>`;
  const end = ({ view: { run } }: Tearsheet): string => formatNumber((run.equity.at(-1) ?? 1) / (run.equity[0] ?? 1));
  const deepest = ({ underwater }: Tearsheet): string => formatPercent(-Math.min(0, ...lowest(underwater)));
  return html`<section id="equity"><h2>Equity</h2>
${rangeToolbar(charts.payload)}
${chartFigure({
  chart: charts.growth,
  axes: charts.payload,
  caption: "Growth of 1",
  label: `What became of 1: ${end(a)} in A, ${end(b)} in B. The table below has the years.`,
})}
${chartFigure({
  chart: charts.underwater,
  axes: charts.payload,
  caption: "Drawdown from the peak so far",
  label: `The deepest drawdown is ${deepest(a)} in A and ${deepest(b)} in B.`,
})}
${closed("The same as a table, by year", yearTable(a, b))}</section>`;
}

/** Spreading a long series into arguments would overflow the stack. */
function lowest(values: readonly number[]): readonly number[] {
  return [values.reduce((low, value) => Math.min(low, value), 0)];
}

function yearTable(a: Tearsheet, b: Tearsheet): Html {
  const years = [...new Set([...a.months, ...b.months].map(({ year }) => year))].sort((one, other) => one - other);
  if (years.length === 0) return empty("The times of the returns are unknown, so there are no years.");
  const total = ({ months }: Tearsheet, wanted: number): number | undefined =>
    months.find(({ year }) => year === wanted)?.total;
  return dataTable({
    label: "Returns by year",
    columns: ["Year", "A", "B", "B less A"].map((title) => ({ title })),
    rows: years.map((year) => {
      const [first, second] = [total(a, year), total(b, year)];
      return [
        String(year),
        first === undefined ? "" : formatPercent(first),
        second === undefined ? "" : formatPercent(second),
        first === undefined || second === undefined ? "" : signed(second - first, formatPercent(second - first)),
      ];
    }),
    tall: true,
  });
}

function metricsSection(a: Tearsheet, b: Tearsheet): Html {
  const names = [...new Set([a, b].flatMap(({ view }) => view.metrics.map(({ name }) => name)))];
  if (names.length === 0)
    return html`<section id="metrics"><h2>Metrics</h2>${empty("No evaluator gave a metric.")}</section>`;
  const find = ({ view }: Tearsheet, wanted: string): Metric | undefined =>
    view.metrics.find(({ name }) => name === wanted);
  return html`<section id="metrics"><h2>Metrics</h2>${dataTable({
    label: "Metrics side by side",
    columns: [{ title: "Metric" }, { title: "A" }, { title: "B" }, { title: "B less A" }, { title: "", left: true }],
    rows: names.map((name) => {
      const [first, second] = [find(a, name), find(b, name)];
      return [name.replaceAll("_", " "), ...[first, second].map(cell), ...difference(first, second)];
    }),
  })}</section>`;
}

function cell(metric: Metric | undefined): Html | string {
  if (metric === undefined) return "none";
  const text = formatFigure(metric);
  return metric.figure.kind === "value" ? text : html`<div class="wrap warn">${text}</div>`;
}

/** The difference, and in words which of them is better. */
function difference(a: Metric | undefined, b: Metric | undefined): readonly [Html | string, Html | string] {
  if (a?.figure.kind !== "value" || b?.figure.kind !== "value") return ["", ""];
  const by = b.figure.value - a.figure.value;
  if (by === 0) return ["0", "same"];
  const better = b.description?.better ?? "neither";
  const text = formatMetric(by, b.description);
  if (better === "neither") return [text, ""];
  const isBetter = by > 0 === (better === "higher");
  return [
    html`<span class="${isBetter ? "good" : "bad"}">${text}</span>`,
    html`<span class="${isBetter ? "good" : "bad"}">B is ${isBetter ? "better" : "worse"}</span>`,
  ];
}

function gatesSection(a: Tearsheet, b: Tearsheet): Html {
  const gatesOf = ({ view }: Tearsheet) => view.decision?.gates ?? [];
  const names = [...new Set([a, b].flatMap((sheet) => gatesOf(sheet).map(({ name }) => name)))];
  if (names.length === 0)
    return html`<section id="gates"><h2>Gates</h2>${empty("Neither run was judged by a gate.")}</section>`;
  const said = (sheet: Tearsheet, wanted: string): Html | string => {
    const gate = gatesOf(sheet).find(({ name }) => name === wanted);
    if (gate === undefined) return "not judged by it";
    const values = gate.comparisons.map(({ metric, value }) => `${metric} ${formatNumber(value)}`).join(", ");
    return html`<span class="${gate.passed ? "good" : "bad"}">${gate.passed ? "passed" : "failed"}</span>${values === "" ? "" : `, ${values}`}`;
  };
  const rule = (wanted: string): Html => {
    const found = [a, b].flatMap(gatesOf).filter(({ name }) => name === wanted);
    return html`${wanted}${[...new Set(found.map(({ expression }) => expression))].map((text) => html`<br><code>${text}</code>`)}`;
  };
  return html`<section id="gates"><h2>Gates</h2>${dataTable({
    label: "Gates side by side",
    columns: ["Gate", "A", "B"].map((title, i) => ({ title, left: i > 0 })),
    rows: names.map((name) => [rule(name), said(a, name), said(b, name)]),
  })}</section>`;
}

function paramsSection(a: Tearsheet, b: Tearsheet): Html {
  const names = [...new Set([a, b].flatMap(({ view }) => Object.keys(view.params)))];
  return html`<section id="params"><h2>Params</h2>${
    names.length === 0
      ? empty("Neither strategy has a param.")
      : factTable(
          "Params side by side",
          names.map((name) => [name, ...[a, b].map(({ view }) => String(view.params[name] ?? "none"))]),
        )
  }</section>`;
}

/** What it takes to tell whether they can be compared: code, data, engine. */
function originSection(a: Tearsheet, b: Tearsheet): Html {
  const facts: readonly (readonly [string, (view: RunView) => string])[] = [
    ["World", ({ world }) => world],
    ["Version", ({ version }) => version],
    ["Dataset fingerprint", ({ dataset }) => dataset.fingerprint],
    ["Dataset commit", ({ dataset }) => dataset.commit ?? "none"],
    ["Known as of", ({ dataset }) => (dataset.asOf === undefined ? "unknown" : isoText(dataset.asOf))],
    ["Evidence", ({ evidence }) => evidence],
    ["Engine", ({ engine }) => engine],
    ["Evaluation", ({ evalKey }) => evalKey],
  ];
  return html`<section id="origin"><h2>How they came about</h2>${factTable(
    "How they came about, side by side",
    facts.map(([name, of]) => [name, of(a.view), of(b.view)]),
  )}</section>`;
}

/** Names with two texts, and whether these are the same. */
function factTable(label: string, rows: readonly (readonly string[])[]): Html {
  return dataTable({
    label,
    columns: ["", "A", "B", ""].map((title) => ({ title, left: true })),
    rows: rows.map(([name = "", first = "", second = ""]) => [
      name,
      ...[first, second].map(
        (text) => html`<code title="${text}">${text.length > 40 ? `${text.slice(0, 16)}…` : text}</code>`,
      ),
      first === second ? "same" : html`<b class="warn">differs</b>`,
    ]),
  });
}
