import { formatNumber, formatPercent } from "../../terminal/number.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { type Charts, MOST_MARKS } from "./chart-payload.ts";
import { chartFigure, closed } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { dataTable, empty, signed } from "./table.ts";
import { instantName } from "./words.ts";

const LISTED_TRADES = 1000;
const LISTED_SYMBOLS = 60;
const OPEN_CHARTS = 2;

/** Where trades were entered and left on the price, and each with its numbers. */
export function tradesSection({ view, symbols }: Tearsheet, charts: Charts): Html {
  const { trades } = view.run;
  if (trades.length === 0)
    return html`<section id="trades"><h2>Trades</h2>${empty(
      view.evidence === "declared"
        ? "Trades are unknown: the returns were declared."
        : "There was no trade in this run.",
    )}</section>`;
  const figures = charts.prices.map(({ symbol, chart, trades: count }) => {
    const more = count > MOST_MARKS ? ` The first ${formatNumber(MOST_MARKS)} are marked.` : "";
    const open = trades.some((trade) => trade.open && trade.symbol === symbol);
    const figure = chartFigure({
      chart,
      axes: charts.payload,
      caption: `${symbol}, ${formatNumber(count)} ${count === 1 ? "trade" : "trades"}${open ? ", the last one still open" : ""}`,
      label: `Closing prices of ${symbol}, shaded while it was held, with marks where ${formatNumber(count)} trades were entered and left.${more} The table below has them.`,
    });
    return { symbol, figure };
  });
  const legend = html`<p class="empty">Shaded while held. <span class="good">Round or upward marks: entered.</span> <span class="bad">Square or downward marks: left.</span>${
    symbols.length > charts.prices.length
      ? ` Prices are kept of the ${charts.prices.length} symbols with the most traded value, of ${symbols.length}.`
      : ""
  }</p>`;
  return html`<section id="trades"><h2>Trades</h2>
${figures.slice(0, OPEN_CHARTS).map(({ figure }) => figure)}
${figures.slice(OPEN_CHARTS).map(({ symbol, figure }) => closed(symbol, figure))}
${figures.length === 0 ? undefined : legend}
${symbols.length > 1 ? html`<h3>By symbol</h3>${symbolTable(symbols)}` : undefined}
${closed(`All trades (${formatNumber(trades.length)})`, tradeTable(trades))}</section>`;
}

function symbolTable(symbols: Tearsheet["symbols"]): Html {
  const shown =
    symbols.length > LISTED_SYMBOLS
      ? [...symbols.slice(0, LISTED_SYMBOLS / 2), ...symbols.slice(-LISTED_SYMBOLS / 2)]
      : symbols;
  return dataTable({
    label: "Trades by symbol",
    tall: true,
    columns: [
      { title: "Symbol" },
      { title: "Trades" },
      { title: "Won" },
      { title: "Profit" },
      { title: "Best" },
      { title: "Worst" },
      { title: "Fees" },
    ],
    rows: shown.map(({ symbol, trades, wins, profit, best, worst, fees }) => [
      symbol,
      formatNumber(trades),
      formatPercent(wins / trades),
      signed(profit, formatNumber(profit)),
      formatNumber(best),
      formatNumber(worst),
      formatNumber(fees),
    ]),
    ...(shown.length < symbols.length && {
      caption: `The ${LISTED_SYMBOLS / 2} best and the ${LISTED_SYMBOLS / 2} worst of ${formatNumber(symbols.length)}.`,
    }),
  });
}

function tradeTable(trades: Tearsheet["view"]["run"]["trades"]): Html {
  const shown = trades.slice(0, LISTED_TRADES);
  return dataTable({
    label: "Trades",
    tall: true,
    columns: [
      { title: "" },
      { title: "Symbol", left: true },
      { title: "Side", left: true },
      { title: "Entered" },
      { title: "At" },
      { title: "Left" },
      { title: "At" },
      { title: "Quantity" },
      { title: "Bars" },
      { title: "Fees" },
      { title: "Profit" },
    ],
    rows: shown.map((trade, i) => [
      String(i + 1),
      trade.symbol,
      trade.side,
      instantName(trade.entryTime),
      plain(trade.entryPrice),
      trade.open ? "open" : instantName(trade.exitTime),
      plain(trade.exitPrice),
      plain(trade.quantity),
      formatNumber(trade.bars),
      formatNumber(trade.fees),
      signed(trade.profit, formatNumber(trade.profit)),
    ]),
    caption: `${
      shown.length < trades.length
        ? `The first ${formatNumber(shown.length)} of ${formatNumber(trades.length)}; qmtl report --json has all. `
        : ""
    }Times are UTC ends of the bars that filled. Prices are averages before fees, profits are net of fees and slippage.`,
  });
}

/** What trading cost, in all and by year. */
export function costsSection({ view, costs }: Tearsheet): Html {
  if (costs === undefined)
    return html`<section id="costs"><h2>Costs</h2>${empty("Costs are unknown: the returns were declared.")}</section>`;
  const { fees, slippage, borrow, interest, dividends, share, years } = costs;
  if ([fees, slippage, borrow, interest, dividends].every((value) => value === 0))
    return html`<section id="costs"><h2>Costs</h2>${empty("Nothing was paid for trading in this run.")}</section>`;
  const start = view.run.equity[0] ?? 0;
  const most = Math.max(...years.map((year) => year.fees + year.slippage));
  const width = (part: number): string => `${most > 0 ? Math.round((part / most) * 1000) / 10 : 0}%`;
  const bar = (of: (typeof years)[number]): Html =>
    html`<svg class="bar" aria-hidden="true"><rect class="fees" width="${width(of.fees)}" height="100%"/><rect class="slippage" x="${width(of.fees)}" width="${width(of.slippage)}" height="100%"/></svg>`;
  return html`<section id="costs"><h2>Costs, ${view.currency}</h2>${dataTable({
    label: "Costs by year",
    sum: true,
    columns: [
      { title: "Year" },
      { title: html`<span class="key fees"></span>Fees` },
      { title: html`<span class="key slippage"></span>Slippage` },
      { title: "All" },
      { title: "Of equity" },
      { title: "", left: true },
    ],
    rows: [
      ...years.map((year) => [
        String(year.year),
        formatNumber(year.fees),
        formatNumber(year.slippage),
        formatNumber(year.fees + year.slippage),
        formatPercent(year.share),
        bar(year),
      ]),
      [
        "The run",
        formatNumber(fees),
        formatNumber(slippage),
        formatNumber(fees + slippage),
        start > 0 ? formatPercent((fees + slippage) / start) : "",
        "",
      ],
    ],
    caption: "Shares are of the equity at the beginning of the year, and of the run.",
  })}
<h3>In all</h3>
<dl class="facts">${[
    [
      "Fees, slippage and borrow",
      `${formatNumber(fees + slippage + borrow)}, ${formatPercent(share)} of the starting equity`,
    ],
    ["Borrow paid", formatNumber(borrow)],
    ["Interest received less paid", formatNumber(interest)],
    ["Dividends received less paid", formatNumber(dividends)],
  ].map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl></section>`;
}

/** Without the dust of binary fractions. */
function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}
