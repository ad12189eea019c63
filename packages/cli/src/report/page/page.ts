import { QMTL_VERSION } from "@qmtl/core";
import { formatFigure } from "../../terminal/figure.ts";
import { formatNumber } from "../../terminal/number.ts";
import { HEADLINE } from "../../terminal/submit-result.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { chartsOf } from "./chart-payload.ts";
import { type Assets, documentHtml } from "./document.ts";
import { guardsSection } from "./guards.ts";
import { type Html, html, jsonHtml } from "./html.ts";
import { gatesSection, metricsSection } from "./judgement.ts";
import { drawdownsSection, equitySection, exposureSection, monthsSection, rollingSection } from "./performance.ts";
import { notesSection, provenanceSection } from "./provenance.ts";
import { costsSection, tradesSection } from "./trading.ts";
import { periodsName, pointName, verdictName } from "./words.ts";

const PARTS: readonly (readonly [id: string, title: string])[] = [
  ["equity", "Equity"],
  ["months", "Months"],
  ["drawdowns", "Drawdowns"],
  ["rolling", "Rolling Sharpe"],
  ["exposure", "Exposure"],
  ["trades", "Trades"],
  ["costs", "Costs"],
  ["gates", "Gates"],
  ["guards", "Guards"],
  ["metrics", "Metrics"],
  ["notes", "Notes"],
  ["provenance", "Provenance"],
];

/** The whole page of a run: one file that fetches nothing and reads well without its script. Equal input gives equal bytes. */
export function tearsheetPage(sheet: Tearsheet, assets: Assets): string {
  const charts = chartsOf(sheet);
  const { strategy, world } = sheet.view;
  return documentHtml({
    title: `${strategy} in ${world}`,
    body: html`${heading(sheet)}
<nav aria-label="Parts of the report"><ul>${PARTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
${equitySection(sheet, charts)}
${monthsSection(sheet)}
${drawdownsSection(sheet)}
${rollingSection(sheet, charts)}
${exposureSection(sheet, charts)}
${tradesSection(sheet, charts)}
${costsSection(sheet)}
${gatesSection(sheet)}
${guardsSection(sheet)}
${metricsSection(sheet)}
${notesSection(sheet)}
${provenanceSection(sheet)}
</main>
<footer>Made by QMTL ${QMTL_VERSION}. Past returns of a backtest say little about the future.</footer>`,
    data: jsonHtml(charts.payload),
    assets,
  });
}

function heading(sheet: Tearsheet): Html {
  const { view } = sheet;
  const { run, strategy, world, decision, evidence } = view;
  const [verdict, tone] = verdictName(sheet);
  const periods = run.returns.length;
  const span =
    sheet.times === undefined
      ? `${formatNumber(periods)} ${periodsName(run.period, periods)} without times`
      : `${pointName(sheet, 0)} to ${pointName(sheet, run.equity.length - 1)}, ${formatNumber(periods)} ${periodsName(run.period, periods)}`;
  return html`<header>
<h1>${strategy}<span class="badge ${tone}">${verdict}</span></h1>
<p class="under">World <b>${world}</b> · ${span} · evidence: ${evidence}${decision?.rank === undefined ? "" : ` · rank ${decision.rank}`}${
    decision?.score === undefined ? "" : ` · score ${formatNumber(decision.score)}`
  }</p>
${decision === undefined ? undefined : html`<p class="why">${sentence(decision.reason)}</p>`}
${tiles(sheet)}
</header>`;
}

function tiles({ view: { metrics } }: Tearsheet): Html | undefined {
  const found = HEADLINE.flatMap(([name, label]) => {
    const metric = metrics.find((one) => one.name === name);
    return metric === undefined ? [] : [{ label, metric }];
  });
  if (found.length === 0) return undefined;
  return html`<dl class="tiles">${found.map(({ label, metric }) =>
    metric.figure.kind === "value"
      ? html`<div><dt>${label}</dt><dd>${formatFigure(metric)}</dd></div>`
      : html`<div><dt>${label}</dt><dd class="none" title="${metric.figure.because}">undefined</dd></div>`,
  )}</dl>`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
