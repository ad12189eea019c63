import type { AllocationView, PlannedRebalance } from "@qmtl/core";
import type { Colors } from "./error.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { renderPairs, renderTable } from "./table.ts";

type Plan = PlannedRebalance["plan"];

/** What a person reads after `qmtl world allocations`. */
export function renderAllocations(view: AllocationView, colors: Colors): string {
  const { world, capital, decision, allocations, allocation, snapshot, explanation } = view;
  const money = (value: number): string => `${formatNumber(Math.round(value))} ${capital.currency}`;
  const out = [
    colors.bold(`World ${world}`),
    renderPairs([
      ["equity", `${money(capital.equity)}, ${formatPercent(capital.share)} of ${money(capital.total)}`],
      ["shared out", `${formatPercent(view.allocated)}, ${formatPercent(view.idle)} idle`],
      ["decision", decision === undefined ? "none yet" : `revision ${decision.revision}`],
      ...(allocation === undefined ? [] : [["method", allocation.method] as [string, string]]),
      ["positions at", snapshotText(snapshot)],
      ...executionPairs(snapshot),
    ]),
    "",
  ];
  if (view.notice !== undefined) out.push(colors.yellow(view.notice), "");
  if (allocations.length === 0) out.push("No strategy gets a share.");
  else
    out.push(
      renderTable(
        [
          { title: "strategy" },
          { title: "version" },
          { title: "share", align: "right" },
          { title: "of all", align: "right" },
          { title: "equity", align: "right" },
          { title: "active" },
        ],
        allocations.map(({ strategy, version, share, ofTotal, equity, active }) => [
          strategy,
          version.slice(0, 8),
          formatPercent(share),
          formatPercent(ofTotal),
          money(equity),
          active ? colors.green("yes") : "no",
        ]),
      ),
    );
  if (explanation !== undefined) out.push("", ...explained(explanation, colors));
  return out.join("\n");
}

function snapshotText(snapshot: AllocationView["snapshot"]): string {
  if (snapshot === undefined) return "nothing was rebalanced yet";
  const { run, at, stale, because } = snapshot;
  return `${run}, ${new Date(at).toISOString()}${stale ? `, stale: ${because}` : ""}`;
}

/** What runners made of the last rebalancing. */
function executionPairs(snapshot: AllocationView["snapshot"]): [string, string][] {
  if (snapshot === undefined) return [];
  const executed = snapshot.executed.map(({ strategy, account, legs }): [string, string] => {
    const said = legs.map(({ symbol, ordered, reason }) => {
      const why = reason === undefined ? "" : ` (${reason})`;
      return `${symbol} ${ordered === 0 ? "left out" : formatNumber(ordered)}${why}`;
    });
    return [`executed for ${strategy}`, `account ${account}: ${said.join(", ")}`];
  });
  return snapshot.due.length === 0 ? executed : [...executed, ["waits for runners of", snapshot.due.join(", ")]];
}

function explained(explanation: NonNullable<AllocationView["explanation"]>, colors: Colors): readonly string[] {
  const { figures, binding } = explanation;
  const shown = Object.entries(figures).map(([name, value]): [string, string] => [name, formatNumber(value)]);
  const out = shown.length === 0 ? [] : [colors.bold("Figures"), renderPairs(shown)];
  if (binding.length === 0) return [...out, "No limit binds: the shares are the method's own."];
  out.push(colors.bold("Limits that bind"));
  for (const { name, bound, multiplier, relaxed } of binding) {
    out.push(`  ${name} (${formatNumber(bound)}): ${formatNumber(multiplier)} per unit of the bound`);
    if (relaxed === undefined) continue;
    const moves = relaxed.shares.map(({ strategy, share }) => `${strategy} ${formatPercent(share)}`);
    out.push(
      colors.dim(
        `    at ${formatNumber(relaxed.bound)} the objective gains ${formatNumber(relaxed.gain)}${moves.length === 0 ? "" : `: ${moves.join(", ")}`}`,
      ),
    );
  }
  return out;
}

/** What a person reads after `qmtl world rebalance`. */
export function renderRebalance(
  world: string,
  plan: Plan,
  colors: Colors,
  done?: { readonly applied: boolean; readonly run: string },
): string {
  const deltas = [...plan.worlds.flatMap((one) => one.deltas), ...plan.overlay];
  const leftOut = [...plan.worlds.flatMap((one) => one.leftOut), ...plan.overlayLeftOut];
  const out = [
    `${colors.bold(`Plan ${plan.id.slice(0, 12)}`)} for world ${world}, by ${plan.mode}`,
    renderPairs([
      ["turnover", `${formatPercent(plan.turnover)} of the total equity`],
      ["cost", formatNumber(plan.cost)],
    ]),
    "",
  ];
  if (deltas.length === 0) out.push("Nothing has to be traded.");
  else
    out.push(
      renderTable(
        [
          { title: "symbol" },
          { title: "venue" },
          { title: "quantity", align: "right" },
          { title: "value", align: "right" },
          { title: "only reduces" },
        ],
        deltas.map(({ symbol, venue, quantity, mark, reduceOnly }) => [
          symbol,
          venue ?? "",
          formatNumber(quantity),
          formatNumber(quantity * mark),
          reduceOnly ? "yes" : "no",
        ]),
      ),
    );
  for (const { symbol, quantity, reason } of leftOut)
    out.push(colors.yellow(`  ${symbol}: ${formatNumber(quantity)} left out, ${reason.replaceAll("-", " ")}`));
  if (done !== undefined)
    out.push(
      "",
      done.applied ? colors.green(`applied as ${done.run}`) : `${done.run} was applied before: nothing was done again`,
    );
  return out.join("\n");
}
