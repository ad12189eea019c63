import type { Figure, MetricDescription, Verdict } from "../plugin/contract/evaluator.ts";
import type { RunFigures } from "./costs.ts";
import { GUARD_RULES, type GuardFinding } from "./finding.ts";
import type { Concentration, Part } from "./parts.ts";

/** What the guards examined in one run, and what they found: plain data, kept with the run. */
export interface GuardReport {
  /** The instants up to which it was read and computed again, ms UTC. */
  readonly cuts: readonly number[];
  /** Whether the data could be read as they were known then: `false` where a provider keeps no revisions, and nothing can be said about them. */
  readonly pointInTime: boolean;
  /** Whether the tables in the code could be looked at: only a loader knows them. */
  readonly codeRead: boolean;
  /** Rows that the guards computed, over all nodes, beside those of the run. */
  readonly rows: number;
  /** Labels of nodes that depend on every bar since the first. */
  readonly pathDependent: readonly string[];
  /** Labels of nodes that settle too late to be compared. */
  readonly unsettled: readonly string[];
  readonly ties: { readonly compared: number; readonly fragile: number };
  readonly costs: { readonly asCharged: RunFigures; readonly doubled: RunFigures };
  readonly parts: readonly Part[];
  readonly concentration: Concentration;
  readonly findings: readonly GuardFinding[];
}

/** Metrics that every backtest has, for gates and score. */
export const GUARD_METRICS: readonly MetricDescription[] = [
  {
    name: "tie_share",
    formula: "decision values that change when prices move by 4 units in the last place / decision values examined",
    unit: "fraction",
    better: "lower",
  },
  {
    name: "return_2x_costs",
    formula: "last equity / first equity - 1, with twice the fees and slippage",
    unit: "fraction",
    better: "higher",
  },
  {
    name: "sharpe_2x_costs",
    formula: "mean / sample deviation of period returns * sqrt(periods per year), with twice the fees and slippage",
    unit: "ratio",
    better: "higher",
  },
  {
    name: "worst_third_return",
    formula: "the lowest total return of the three thirds of the evaluation",
    unit: "fraction",
    better: "higher",
  },
  {
    name: "best_five_share",
    formula: "sum of the five largest period returns / sum of all",
    unit: "fraction",
    better: "lower",
  },
  {
    name: "best_year_share",
    formula: "log return of the best calendar year (UTC) / log return of the whole",
    unit: "fraction",
    better: "lower",
  },
];

export interface GuardSummary {
  readonly metrics: Readonly<Record<string, Figure>>;
  /** One per rule that was applied. */
  readonly checks: Readonly<Record<string, Verdict>>;
  /** Of the findings that make the evidence inconclusive, as `rule: message`. */
  readonly inconclusive: readonly string[];
}

/** @param report undefined where nothing was guarded: declared returns, trials that are no candidates */
export function summarizeGuards(report: GuardReport | undefined): GuardSummary {
  return { metrics: metricsOf(report), checks: checksOf(report), inconclusive: doubtsOf(report) };
}

function metricsOf(report: GuardReport | undefined): Readonly<Record<string, Figure>> {
  if (report === undefined)
    return Object.fromEntries(
      GUARD_METRICS.map(({ name }) => [name, { kind: "undefined", because: "the run was not guarded" }]),
    );
  const { ties, costs, parts, concentration } = report;
  const thirds = parts.flatMap(({ by, totalReturn }) => (by === "third" && totalReturn !== null ? [totalReturn] : []));
  return {
    tie_share: figure(ties.compared === 0 ? null : ties.fragile / ties.compared, "no decision was examined"),
    return_2x_costs: figure(costs.doubled.totalReturn, "there is no period"),
    sharpe_2x_costs: figure(costs.doubled.sharpe, "its returns do not vary"),
    worst_third_return: figure(thirds.length < 3 ? null : Math.min(...thirds), "there are fewer than three periods"),
    best_five_share: figure(concentration.bestFive, "its returns do not sum to a profit"),
    best_year_share: figure(concentration.bestYear, "it has no profit, or less than two calendar years"),
  };
}

function figure(value: number | null, because: string): Figure {
  return value === null ? { kind: "undefined", because } : { kind: "value", value };
}

function checksOf(report: GuardReport | undefined): Readonly<Record<string, Verdict>> {
  if (report === undefined) return {};
  const checks: Record<string, Verdict> = {};
  const pass = (kind: keyof typeof GUARD_RULES, reason: string): void => {
    checks[GUARD_RULES[kind]] = { verdict: "pass", reason };
  };
  const cuts = `${report.cuts.length} cut${report.cuts.length === 1 ? "" : "s"}`;
  if (report.cuts.length > 0) {
    pass("look-ahead", `No node saw a later bar at ${cuts}`);
    pass("unrepeatable", `The same bars gave the same values at ${cuts}`);
    pass("start", "A later start gave the same values, once settled");
    pass("tie", `${report.ties.fragile} of ${report.ties.compared} decision values turn on the last digits`);
  }
  if (report.pointInTime) {
    pass("restated", `Bars were at ${cuts} what they are now`);
    pass("survivor", `Symbols were known at ${cuts}`);
  }
  if (report.codeRead) pass("dated-table", "The code carries no table of dated values");
  for (const { kind, severity, message } of report.findings)
    if (severity !== "note")
      checks[GUARD_RULES[kind]] = { verdict: severity === "fail" ? "fail" : "inconclusive", reason: message };
  return checks;
}

function doubtsOf(report: GuardReport | undefined): readonly string[] {
  return (report?.findings ?? []).flatMap(({ kind, severity, message }) =>
    severity === "doubt" ? [`${GUARD_RULES[kind]}: ${message}`] : [],
  );
}
