import { QMTL_VERSION, type SweepResult, type SweepRow } from "@qmtl/core";
import { formatNumber, formatPercent } from "../../terminal/number.ts";
import { heatmap } from "../heatmap.ts";
import { documentHtml } from "./document.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";
import { dataTable, empty } from "./table.ts";

interface SweepMap {
  readonly name: string;
  readonly title: string;
  readonly fraction: boolean;
  /** The value where the colour changes. */
  readonly centre?: number;
  /** More is worse. */
  readonly loss?: true;
}

/** Figures that a sweep is looked at by, beside the one that sorts. */
const MAPS: readonly SweepMap[] = [
  { name: "sharpe", title: "Sharpe", fraction: false, centre: 0 },
  { name: "total_return", title: "Total return", fraction: true, centre: 0 },
  { name: "max_drawdown", title: "Max drawdown", fraction: true, loss: true },
  { name: "num_trades", title: "Trades", fraction: false },
];

const BEST = 20;
/** Combinations of the params beyond two, each with a map of its own. */
const MOST_FACETS = 12;

/**
 * The page of a sweep: maps over its params, the best rows, what could not be tried. It has no script and loads nothing; equal input gives
 * equal bytes.
 */
export function sweepPage(result: SweepResult): string {
  const { strategy, world, combinations, done, trials, status, problems } = result;
  return documentHtml({
    title: `${strategy} swept in ${world}`,
    body: html`<header>
<h1>${strategy}<span class="badge ${status === "complete" ? "good" : "even"}">${status === "complete" ? "swept" : "cancelled"}</span></h1>
<p class="under">World <b>${world}</b> · ${formatNumber(done)} of ${formatNumber(combinations)} combinations · ${formatNumber(trials)} trials in the ledger${
      problems === 0 ? "" : ` · ${formatNumber(problems)} could not be tried`
    }</p>
<p class="why">The best of many tries looks better than it is: the deflated Sharpe counts them.</p>
</header>
<main>
${mapsOf(result).map((map) => mapSection(result, map))}
${bestSection(result)}
${problemsSection(result)}
${provenanceSection(result)}
</main>
<footer>Made by QMTL ${QMTL_VERSION}. Past returns of a backtest say little about the future.</footer>`,
    assets: { style: STYLE },
  });
}

function mapsOf({ sort, rows }: SweepResult): readonly SweepMap[] {
  const known = MAPS.filter(({ name }) => rows.some(({ metrics }) => typeof metrics[name] === "number"));
  const first = known.find(({ name }) => name === sort.metric) ?? {
    name: sort.metric,
    title: sort.metric,
    fraction: false,
  };
  return [first, ...known.filter(({ name }) => name !== sort.metric)];
}

function mapSection({ axes, rows }: SweepResult, { name, title, fraction, centre, loss }: SweepMap): Html {
  const x = axes.at(-1)!;
  const y = axes.at(-2) ?? { name: "", values: [""] };
  const facets = facetsOf(axes.slice(0, -2));
  // A loss is drawn as what it is, in shades of loss, and written as the metric has it.
  const sign = loss === true ? -1 : 1;
  const format = (value: number): string => (fraction ? formatPercent(sign * value) : formatNumber(sign * value));
  const figures = new Map(rows.map(({ params, metrics }) => [keyOf(params, axes), metrics[name]]));
  const at = (facet: SweepRow["params"], across: string | number, down: string | number): number | null => {
    const params = { ...facet, [x.name]: across, ...(y.name !== "" && { [y.name]: down }) };
    const figure = figures.get(keyOf(params, axes));
    return typeof figure === "number" ? sign * figure : null;
  };
  return html`<section id="map-${name}"><h2>${title}</h2>
${facets.slice(0, MOST_FACETS).map((facet) => {
  const held = Object.entries(facet).map(([param, value]) => `${param} ${value}`);
  return html`${held.length === 0 ? undefined : html`<h3>${held.join(", ")}</h3>`}${heatmap({
    x: { label: x.name, names: x.values.map(String) },
    y: { label: y.name === "" ? x.name : `${y.name} \\ ${x.name}`, names: y.values.map(String) },
    value: y.values.map((down) => x.values.map((across) => at(facet, across, down))),
    caption: [title, ...held].join(", "),
    format,
    ...(loss === true ? { centre: 0 } : centre !== undefined && { centre }),
  })}`;
})}${
  facets.length > MOST_FACETS
    ? html`<p class="empty">${formatNumber(facets.length - MOST_FACETS)} more maps are left out: the CSV has every row.</p>`
    : undefined
}</section>`;
}

/** Every combination of the axes that a map has no room for. */
function facetsOf(axes: SweepResult["axes"]): readonly SweepRow["params"][] {
  return axes.reduce<readonly SweepRow["params"][]>(
    (facets, { name, values }) => facets.flatMap((facet) => values.map((value) => ({ ...facet, [name]: value }))),
    [{}],
  );
}

function keyOf(params: SweepRow["params"], axes: SweepResult["axes"]): string {
  return JSON.stringify(axes.map(({ name }) => params[name]));
}

function bestSection({ rows, axes, top }: SweepResult): Html {
  const sound = rows.filter(({ problem }) => problem === null).slice(0, Math.max(BEST, top));
  if (sound.length === 0)
    return html`<section id="best"><h2>Best</h2>${empty("No combination could be tried.")}</section>`;
  const figure = ({ metrics }: SweepRow, name: string, fraction: boolean): string => {
    const value = metrics[name];
    if (typeof value !== "number") return "–";
    return fraction ? formatPercent(value) : formatNumber(value);
  };
  const columns = [
    ...MAPS,
    { name: "psr", title: "PSR", fraction: false },
    { name: "deflated_sharpe", title: "Deflated Sharpe", fraction: false },
  ];
  return html`<section id="best"><h2>Best</h2>${dataTable({
    label: "The best combinations",
    columns: [...axes.map(({ name }) => ({ title: name })), ...columns.map(({ title }) => ({ title }))],
    rows: sound.map((row) => [
      ...axes.map(({ name }) => String(row.params[name])),
      ...columns.map(({ name, fraction }) => figure(row, name, fraction)),
    ]),
  })}</section>`;
}

function problemsSection({ rows, axes }: SweepResult): Html | undefined {
  const failed = rows.flatMap(({ params, problem }) => (problem === null ? [] : [{ params, problem }]));
  if (failed.length === 0) return undefined;
  return html`<section id="problems"><h2>Not tried</h2>${dataTable({
    label: "Combinations that could not be tried",
    columns: [...axes.map(({ name }) => ({ title: name })), { title: "Why", left: true }],
    rows: failed.map(({ params, problem }) => [...axes.map(({ name }) => String(params[name])), problem.message]),
    tall: true,
  })}</section>`;
}

function provenanceSection({ version, dataset, provenance }: SweepResult): Html {
  const facts: readonly (readonly [string, string])[] = [
    ["Version", version],
    ["Dataset", dataset.fingerprint],
    ["Known as of", dataset.asOf],
    ["World configuration", provenance.worldConfig],
    ["Engine", provenance.engine],
  ];
  return html`<section id="provenance"><h2>Provenance</h2>${dataTable({
    label: "Provenance",
    columns: [{ title: "What" }, { title: "Value", left: true }],
    rows: facts.map(([name, value]) => [name, html`<code>${value}</code>`]),
  })}<pre aria-label="To have it again"><code>${provenance.command}</code></pre></section>`;
}
