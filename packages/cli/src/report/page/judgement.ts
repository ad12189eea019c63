import type { GateView } from "@qmtl/core";
import type { MetricDescription } from "@qmtl/core/plugin";
import { formatFigure } from "../../terminal/figure.ts";
import { formatNumber } from "../../terminal/number.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { type Html, html } from "./html.ts";
import { dataTable, empty } from "./table.ts";

const NO = html`<span class="bad">failed</span>`;
const YES = html`<span class="good">passed</span>`;

/** What the world compared, gate by gate, and what the evaluators checked. */
export function gatesSection({ view }: Tearsheet): Html {
  const { decision, checks, world } = view;
  const verdicts = { pass: YES, fail: NO, inconclusive: html`<span class="warn">inconclusive</span>` };
  const others = (decision?.exclusions ?? []).filter(({ stage }) => stage !== "gates");
  const found = Object.entries(checks);
  return html`<section id="gates"><h2>Gates</h2>
${
  decision === undefined
    ? empty(`World ${world} has taken no decision on this evaluation.`)
    : decision.gates.length === 0
      ? empty(`World ${world} has no gates.`)
      : dataTable({
          label: "Gates",
          columns: [
            { title: "Gate" },
            { title: "Verdict", left: true },
            { title: "Metric", left: true },
            { title: "Value" },
            { title: "Must be" },
            { title: "Distance" },
          ],
          rows: decision.gates.flatMap(gateRows),
        })
}
${
  others.length === 0
    ? undefined
    : html`<h3>Beyond the gates</h3>${dataTable({
        label: "Other reasons",
        columns: [{ title: "Stage" }, { title: "Rule", left: true }, { title: "Reason", left: true }],
        rows: others.map(({ stage, rule, reason }) => [stage, rule, html`<span class="wrap">${reason}</span>`]),
      })}`
}
${
  found.length === 0
    ? undefined
    : html`<h3>Checks</h3>${dataTable({
        label: "Checks of the evaluators",
        columns: [{ title: "Check" }, { title: "Verdict", left: true }, { title: "Reason", left: true }],
        rows: found.map(([name, { verdict, reason }]) => [
          words(name),
          verdicts[verdict],
          html`<div class="wrap">${reason}</div>`,
        ]),
      })}`
}</section>`;
}

function gateRows({
  name,
  expression,
  passed,
  because,
  comparisons,
}: GateView): readonly (readonly (Html | string)[])[] {
  const label = html`${name}<br><code>${expression}</code>`;
  if (comparisons.length === 0)
    return [
      [label, passed ? YES : NO, because === undefined ? "" : html`<div class="wrap">${because}</div>`, "", "", ""],
    ];
  return comparisons.map(({ metric, value, operator, bound, distance, holds }, i) => [
    i === 0 ? label : "",
    i === 0 ? (passed ? YES : NO) : "",
    metric,
    formatNumber(value),
    `${operator} ${formatNumber(bound)}`,
    html`<span class="${holds ? "good" : "bad"}">${formatNumber(distance)} ${holds ? "to spare" : "short"}</span>`,
  ]);
}

/** Every metric; its formula opens with it. */
export function metricsSection({ view: { metrics } }: Tearsheet): Html {
  if (metrics.length === 0)
    return html`<section id="metrics"><h2>Metrics</h2>${empty("No evaluator gave a metric.")}</section>`;
  return html`<section id="metrics"><h2>Metrics</h2>${dataTable({
    label: "Metrics",
    columns: [{ title: "Metric" }, { title: "Value" }, { title: "Unit", left: true }],
    rows: metrics.map((metric) => {
      const { name, figure, description } = metric;
      const value = formatFigure(metric);
      return [
        description === undefined ? words(name) : formula(name, description),
        figure.kind === "value" ? value : html`<div class="wrap warn">${value}</div>`,
        description?.unit ?? "",
      ];
    }),
  })}</section>`;
}

function formula(name: string, { formula: text, source }: MetricDescription): Html {
  return html`<details><summary title="${text}">${words(name)}</summary><div><code>${text}</code>${
    source === undefined ? undefined : html`<br>${source}`
  }</div></details>`;
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
