import { formatNumber, formatPercent } from "../../terminal/number.ts";
import { sessionDay, sessionMonth } from "../analysis/session-day.ts";
import { formatX } from "../browser/format.ts";
import type { Payload } from "../browser/payload.ts";
import { heatmap } from "../heatmap.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { type Charts, MOST_POINTS } from "./chart-payload.ts";
import { chartFigure, closed } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { dataTable, empty, signed } from "./table.ts";
import { percentOfOneDigit, periodsName, pointName } from "./words.ts";

const SHORT_RUN = 70;
const SHOWN_DRAWDOWNS = 10;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Equity and how far it was below its peak, with one cursor. */
export function equitySection(sheet: Tearsheet, charts: Charts): Html {
  const { view, drawdowns } = sheet;
  const { equity, period } = view.run;
  const periods = view.run.returns.length;
  if (periods === 0)
    return html`<section id="equity"><h2>Equity</h2>${empty("The run has no complete evaluation period, so there is no curve to show.")}</section>`;
  const [first = 0, last = 0] = [equity[0], equity.at(-1)];
  const deepest = drawdowns[0];
  const thinned =
    charts.payload.x.length < charts.points
      ? ` Charts draw ${formatNumber(charts.payload.x.length)} of ${formatNumber(charts.points)} points, the highest and lowest of each stretch among them (a page holds ${formatNumber(MOST_POINTS)}); the tables and qmtl report --json leave nothing out.`
      : "";
  return html`<section id="equity"><h2>Equity</h2>
${rangeToolbar(charts.payload)}
${chartFigure({
  chart: charts.equity,
  axes: charts.payload,
  caption: view.evidence === "declared" ? "Growth of 1" : `Equity, ${view.currency}`,
  label: `Equity from ${formatNumber(first)} to ${formatNumber(last)} over ${formatNumber(periods)} ${periodsName(period, periods)}. The table below has the numbers.`,
})}
${
  deepest === undefined || charts.underwater === undefined
    ? empty("Equity never fell below a peak.")
    : chartFigure({
        chart: charts.underwater,
        axes: charts.payload,
        caption: "Drawdown from the peak so far",
        label: `The deepest drawdown is ${formatPercent(deepest.depth)}, with its trough at ${pointName(sheet, deepest.trough)}. The table of drawdowns has the numbers.`,
      })
}
${closed(
  periods <= SHORT_RUN || sheet.times === undefined ? "The same as a table" : "The same as a table, by month",
  equityTable(sheet),
)}
<p class="empty">Equity at the end of each ${periodsName(period, 1)}, net of all costs.${thinned}</p></section>`;
}

/** Buttons for the range that all charts of a page show; their script shows them. */
export function rangeToolbar({ time, x }: Pick<Payload, "time" | "x">): Html {
  const [from = 0, to = 0] = [x[0], x.at(-1)];
  return html`<div class="toolbar" id="toolbar" hidden><span>Show</span>${
    time
      ? rangeYears(x).map(
          (years) => html`<button type="button" data-years="${years}" aria-pressed="false">${years}y</button>`,
        )
      : undefined
  }<button type="button" data-years="Infinity" aria-pressed="true">all</button><output id="shown-range">${formatX(from, time)} to ${formatX(to, time)}</output><span class="keys">drag to zoom, double-click or Esc to reset</span></div>`;
}

/** Ranges that are shorter than the run. */
function rangeYears(times: readonly number[]): readonly number[] {
  const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (365.25 * 86_400_000);
  return [1, 3, 5, 10].filter((years) => years < span);
}

function equityTable(sheet: Tearsheet): Html {
  const { view, times, underwater } = sheet;
  const { equity, returns } = view.run;
  if (times === undefined || returns.length <= SHORT_RUN)
    return dataTable({
      label: "Equity by period",
      tall: true,
      columns: [{ title: "Period" }, { title: "Equity" }, { title: "Return" }, { title: "Below peak" }],
      rows: equity.map((value, i) => [
        pointName(sheet, i),
        exact(value),
        i === 0 ? "" : percentCell(returns[i - 1] ?? null),
        formatPercent(underwater[i] ?? 0),
      ]),
    });
  const rows: { month: string; end: number; growth: number; lowest: number }[] = [];
  times.forEach((time, i) => {
    if (i === 0) return;
    const month = sessionDay(time).slice(0, 7);
    let row = rows.at(-1);
    if (row?.month !== month) {
      row = { month, end: 0, growth: 1, lowest: 0 };
      rows.push(row);
    }
    row.end = equity[i] ?? 0;
    row.growth *= 1 + (returns[i - 1] ?? 0);
    row.lowest = Math.min(row.lowest, underwater[i] ?? 0);
  });
  return dataTable({
    label: "Equity by month",
    tall: true,
    columns: [
      { title: "Month" },
      { title: "Equity at its end" },
      { title: "Return" },
      { title: "Furthest below peak" },
    ],
    rows: rows.map(({ month, end, growth, lowest }) => [
      month,
      exact(end),
      percentCell(growth - 1),
      formatPercent(lowest),
    ]),
  });
}

export function monthsSection({ months }: Tearsheet): Html {
  const content =
    months.length === 0
      ? empty("Months are unknown: the run has no period with a time.")
      : heatmap({
          x: { label: "month", names: MONTHS },
          y: { label: "Year", names: months.map(({ year }) => String(year)) },
          value: months.map((year) => year.months),
          caption: "Monthly returns in percent",
          format: percentOfOneDigit,
          centre: 0,
          totals: { label: "Year", values: months.map(({ total }) => total) },
        });
  return html`<section id="months"><h2>Monthly returns, %</h2>${content}</section>`;
}

export function drawdownsSection(sheet: Tearsheet): Html {
  const { drawdowns, view } = sheet;
  const shown = drawdowns.slice(0, SHOWN_DRAWDOWNS);
  const content =
    shown.length === 0
      ? empty("Equity never fell below a peak.")
      : dataTable({
          label: "Worst drawdowns",
          columns: [
            { title: "", left: true },
            { title: "Depth" },
            { title: "Peak" },
            { title: "Trough" },
            { title: "Recovered" },
            { title: capital(periodsName(view.run.period, 2)) },
            { title: "Days" },
          ],
          rows: shown.map(({ depth, peak, trough, recovery, length }, i) => [
            String(i + 1),
            formatPercent(depth),
            pointName(sheet, peak),
            pointName(sheet, trough),
            recovery === null ? html`<span class="warn">not yet</span>` : pointName(sheet, recovery),
            formatNumber(length),
            daysBetween(sheet, peak, peak + length),
          ]),
          ...(drawdowns.length > shown.length && {
            caption: `The ${shown.length} deepest of ${formatNumber(drawdowns.length)}. The length is from the peak to the recovery, or to the end of the run.`,
          }),
        });
  return html`<section id="drawdowns"><h2>Worst drawdowns</h2>${content}</section>`;
}

function daysBetween({ times }: Tearsheet, from: number, to: number): string {
  const [start, end] = [times?.[from], times?.[to]];
  return start === undefined || end === undefined ? "unknown" : formatNumber(Math.round((end - start) / 86_400_000));
}

export function rollingSection(sheet: Tearsheet, charts: Charts): Html {
  const { rollingSharpe, view, times } = sheet;
  const name = periodsName(view.run.period, 2);
  if (rollingSharpe === undefined)
    return html`<section id="rolling"><h2>Rolling Sharpe</h2>${empty(`The run is too short: it has ${view.run.returns.length} ${periodsName(view.run.period, view.run.returns.length)}, and a rolling ratio takes 40.`)}</section>`;
  const { window, values } = rollingSharpe;
  if (charts.sharpe === undefined)
    return html`<section id="rolling"><h2>Rolling Sharpe</h2>${empty(`The returns did not vary within any ${window} ${name}, so there is no ratio.`)}</section>`;
  const years = new Map<number, { last: number; low: number; high: number }>();
  values.forEach((value, i) => {
    const end = times?.[i + 1];
    if (value === null || end === undefined) return;
    const { year } = sessionMonth(end);
    const so = years.get(year) ?? { last: value, low: value, high: value };
    years.set(year, { last: value, low: Math.min(so.low, value), high: Math.max(so.high, value) });
  });
  return html`<section id="rolling"><h2>Rolling Sharpe</h2>
${chartFigure({
  chart: charts.sharpe,
  axes: charts.payload,
  caption: `Sharpe ratio of the last ${window} ${name}`,
  label: `The yearly Sharpe ratio of the last ${window} ${name} at the end of each.`,
  ...(years.size > 0 && {
    table: closed(
      "The same as a table, by year",
      dataTable({
        label: "Rolling Sharpe by year",
        columns: [{ title: "Year" }, { title: "At its end" }, { title: "Lowest" }, { title: "Highest" }],
        rows: [...years].map(([year, { last, low, high }]) => [
          String(year),
          last.toFixed(2),
          low.toFixed(2),
          high.toFixed(2),
        ]),
      }),
    ),
  }),
})}</section>`;
}

export function exposureSection({ view, times }: Tearsheet, charts: Charts): Html {
  const { exposure } = view.run;
  if (charts.exposure === undefined)
    return html`<section id="exposure"><h2>Exposure</h2>${empty("Exposure is unknown: the returns were declared, or there is no complete period.")}</section>`;
  const years = new Map<number, { sum: number; count: number; high: number; held: number }>();
  exposure.forEach((value, i) => {
    const end = times?.[i + 1];
    if (value === null || end === undefined) return;
    const { year } = sessionMonth(end);
    const so = years.get(year) ?? { sum: 0, count: 0, high: 0, held: 0 };
    years.set(year, {
      sum: so.sum + value,
      count: so.count + 1,
      high: Math.max(so.high, value),
      held: so.held + (value > 0 ? 1 : 0),
    });
  });
  return html`<section id="exposure"><h2>Exposure</h2>
${chartFigure({
  chart: charts.exposure,
  axes: charts.payload,
  caption: "Sum of absolute positions over equity",
  label: "Exposure at the end of each period. The table below has it by year.",
  table: closed(
    "The same as a table, by year",
    dataTable({
      label: "Exposure by year",
      columns: [{ title: "Year" }, { title: "Mean" }, { title: "Highest" }, { title: "In the market" }],
      rows: [...years].map(([year, { sum, count, high, held }]) => [
        String(year),
        formatPercent(sum / count),
        formatPercent(high),
        formatPercent(held / count),
      ]),
    }),
  ),
})}</section>`;
}

function percentCell(value: number | null): Html | string {
  return value === null ? "unknown" : signed(value, formatPercent(value));
}

/** To the cent, or all digits of small numbers. */
function exact(value: number): string {
  return Math.abs(value) >= 1000
    ? value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    : String(Number(value.toPrecision(10)));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
