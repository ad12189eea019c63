import type { RunView } from "@qmtl/core";
import { renderPlace } from "../../terminal/error.ts";
import { formatNumber, formatPercent } from "../../terminal/number.ts";
import type { Tearsheet } from "../tearsheet.ts";
import { closed } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { dataTable, empty, signed } from "./table.ts";

type Guards = NonNullable<RunView["guards"]>;

const TONES: Readonly<Record<Guards["findings"][number]["severity"], string>> = {
  fail: "bad",
  doubt: "warn",
  note: "even",
};

const PARTS: readonly (readonly [by: Guards["parts"][number]["by"], title: string])[] = [
  ["third", "Third"],
  ["trend", "Market's trend"],
  ["volatility", "Market's volatility"],
  ["year", "Year"],
];

/** Where the run can't be trusted, and how its profit spreads. */
export function guardsSection({ view: { guards } }: Tearsheet): Html {
  if (guards === null)
    return html`<section id="guards"><h2>Guards</h2>${empty("There was nothing to guard: the returns were declared.")}</section>`;
  const { findings, cuts, pointInTime, ties, pathDependent, unsettled } = guards;
  const facts: [string, string][] = [
    [
      "Read again up to",
      cuts.length === 0 ? "nothing: the run is too short" : cuts.map((cut) => cut.slice(0, 10)).join(", "),
    ],
    ["Data as known then", pointInTime ? "read again" : "unknown: a provider keeps no revisions"],
  ];
  if (pathDependent.length > 0) facts.push(["Depends on its path", pathDependent.join(", ")]);
  if (unsettled.length > 0) facts.push(["Settles too late to tell", unsettled.join(", ")]);
  if (ties.compared > 0)
    facts.push(["Ties", `${ties.fragile} of ${formatNumber(ties.compared)} decision values turn on the last digits`]);
  return html`<section id="guards"><h2>Guards</h2>
${findings.length === 0 ? empty("The guards found nothing.") : findingTable(findings)}
<h3>Examined</h3>
<dl class="facts">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
<h3>At twice the costs, and part by part</h3>
${spreadTable(guards)}</section>`;
}

function findingTable(findings: Guards["findings"]): Html {
  return dataTable({
    label: "What the guards found",
    columns: [{ title: "Rule" }, { title: "", left: true }, { title: "Finding", left: true }],
    rows: findings.map(({ rule, severity, message, hint, node, place }) => {
      const where = renderPlace(place ?? (node === undefined ? {} : { node }));
      return [
        rule,
        html`<span class="${TONES[severity]}">${severity}</span>`,
        html`<div class="wrap">${message}.${where === "" ? undefined : html` <code>${where}</code>`}<br><span class="empty">${hint}</span></div>`,
      ];
    }),
  });
}

function spreadTable({ costs, parts }: Guards): Html {
  const columns = [
    { title: "" },
    { title: "Which", left: true },
    { title: "Periods" },
    { title: "Return" },
    { title: "Sharpe" },
    { title: "Deepest drawdown" },
  ];
  const return_ = (value: number | null): Html | string =>
    value === null ? "undefined" : signed(value, formatPercent(value));
  const ratio = (value: number | null): string => (value === null ? "undefined" : formatNumber(value));
  const charged = (which: string, { totalReturn, sharpe }: Guards["costs"]["doubled"]) => [
    "Costs",
    which,
    "",
    return_(totalReturn),
    ratio(sharpe),
    "",
  ];
  const rows = (wanted: (by: string) => boolean) =>
    PARTS.flatMap(([by, title]) =>
      parts
        .filter((part) => part.by === by && wanted(by))
        .map(({ name, periods, totalReturn, sharpe, maxDrawdown }) => [
          title,
          name,
          formatNumber(periods),
          return_(totalReturn),
          ratio(sharpe),
          formatPercent(maxDrawdown),
        ]),
    );
  const years = rows((by) => by === "year");
  return html`${dataTable({
    label: "At twice the costs, and part by part",
    columns,
    rows: [charged("as charged", costs.asCharged), charged("doubled", costs.doubled), ...rows((by) => by !== "year")],
  })}${years.length === 0 ? undefined : closed("Year by year", dataTable({ label: "Year by year", columns, rows: years, tall: true }))}`;
}
