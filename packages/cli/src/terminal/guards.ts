import type { SubmitResult } from "@qmtl/core";
import { type Colors, renderPlace } from "./error.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { renderPairs } from "./table.ts";

type Guards = NonNullable<SubmitResult["guards"]>;

const PAINT: Readonly<Record<Guards["findings"][number]["severity"], keyof Colors & ("red" | "yellow" | "cyan")>> = {
  fail: "red",
  doubt: "yellow",
  note: "cyan",
};

/** What the guards examined, and everything that they found. */
export function renderGuards(guards: Guards, colors: Colors): readonly string[] {
  const { cuts, pointInTime, pathDependent, unsettled, ties, costs, parts, concentration, findings } = guards;
  const spread = (by: Guards["parts"][number]["by"]): string =>
    parts
      .filter((part) => part.by === by)
      .map(({ name, totalReturn }) => `${by === "third" ? "" : `${name} `}${share(totalReturn)}`)
      .join(", ");
  const pairs: [string, string][] = [
    ["cut at", cuts.length === 0 ? "nothing: the run is too short" : cuts.map((cut) => cut.slice(0, 10)).join(", ")],
    ["data as known then", pointInTime ? "read again" : "unknown: a provider keeps no revisions"],
  ];
  if (pathDependent.length > 0) pairs.push(["depends on its path", pathDependent.join(", ")]);
  if (unsettled.length > 0) pairs.push(["settles too late to tell", unsettled.join(", ")]);
  if (ties.compared > 0) pairs.push(["ties", `${ties.fragile} of ${formatNumber(ties.compared)} decisions`]);
  pairs.push(
    ["at doubled costs", `return ${share(costs.doubled.totalReturn)}, Sharpe ${ratio(costs.doubled.sharpe)}`],
    ["thirds", spread("third")],
    ["market up or down", spread("trend")],
    ["market wild or calm", spread("volatility")],
  );
  if (concentration.bestFive !== null)
    pairs.push(["best five periods", `${share(concentration.bestFive)} of the profit`]);
  return [
    colors.bold("Guards"),
    renderPairs(pairs.filter(([, text]) => text !== "")),
    ...findings.flatMap(({ severity, rule, message, hint, place, node }) => {
      const where = renderPlace(place ?? (node === undefined ? {} : { node }));
      return [
        `  ${colors[PAINT[severity]](`${severity}: ${rule}`)}  ${message}${where === "" ? "" : colors.dim(` (${where})`)}`,
        `    ${colors.cyan("hint:")} ${hint}`,
      ];
    }),
    "",
  ];
}

function share(value: number | null): string {
  return value === null ? "undefined" : formatPercent(value);
}

function ratio(value: number | null): string {
  return value === null ? "undefined" : formatNumber(value);
}
