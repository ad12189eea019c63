import { formatValue, formatX } from "../browser/format.ts";
import type { ChartData, Payload } from "../browser/payload.ts";
import { staticChart } from "../chart/static-chart.ts";
import { type Html, html } from "./html.ts";

/** A chart with its caption, the newest values, and what tells the same in words and numbers. */
export function chartFigure(of: {
  readonly chart: ChartData;
  readonly axes: Pick<Payload, "time" | "x">;
  readonly caption: string;
  /** For those who don't see the chart. */
  readonly label: string;
  /** The table that says the same. */
  readonly table?: Html;
}): Html {
  const { chart, axes, caption, label, table } = of;
  const { id, lines, logarithmic } = chart;
  const last = axes.x.at(-1) ?? 0;
  const values = lines.map(({ label: name, values: all, format }) => {
    const value = all.at(-1) ?? null;
    return `${name} ${value === null ? "none" : formatValue(value, format)}`;
  });
  return html`<figure aria-labelledby="caption-${id}">
<figcaption><b id="caption-${id}">${caption}</b><span class="readout" id="readout-${id}">${[formatX(last, axes.time), ...values].join(" · ")}</span>${
    logarithmic ? html`<button type="button" id="log-${id}" aria-pressed="false" hidden>log scale</button>` : undefined
  }</figcaption>
<div class="chart" id="chart-${id}">${staticChart(chart, axes, label)}</div>
${table}
</figure>`;
}

/** A part of the page that is closed at first. */
export function closed(summary: string, content: Html): Html {
  return html`<details><summary>${summary}</summary>${content}</details>`;
}
