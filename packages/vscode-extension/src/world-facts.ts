import type { WorldRow } from "@qmtl/cli";
import { agoText } from "./lens-title.ts";

export type WorldStatus = Extract<WorldRow, { status: unknown }>["status"];

/** A line of the tree: what it is called and what there is to say of it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** A sentence more, for those who ask. */
  readonly more?: string;
  readonly icon: "dash" | "check" | "warning" | "lock" | "unlock" | "vm";
}

/** Where a world stands, beside its strategies. */
export function worldFacts(status: WorldStatus, now: number): readonly Fact[] {
  const { decided, apply, trials, mode, next, lastApply } = status;
  const standing: Fact =
    apply.kind === "rolled-back"
      ? { label: "activation", value: `rolled back, gates ${apply.gates}`, more: apply.reason, icon: "warning" }
      : { label: "activation", value: apply.kind, icon: apply.kind === "applied" ? "check" : "dash" };
  return [
    { label: "mode", value: `at most ${mode}`, icon: "dash" },
    {
      label: "decision",
      value:
        decided === undefined
          ? "none yet"
          : `revision ${decided.revision}, ${agoText(now - decided.at)}${decided.stale ? ", stale" : ""}`,
      icon: decided?.stale === true ? "warning" : "dash",
    },
    standing,
    ...(lastApply === undefined ? [] : [lastApplyFact(lastApply)]),
    { label: "trials", value: String(trials), icon: "dash" },
    { label: "next", value: next, icon: "dash" },
  ];
}

function lastApplyFact({ apply, run, phase, waiting, outcome }: NonNullable<WorldStatus["lastApply"]>): Fact {
  const label = "last apply";
  const named = run === undefined ? String(apply) : `${apply} (${run.slice(0, 8)})`;
  if (outcome === undefined)
    return { label, value: `${named}: ${phase}, waits for ${waiting.join(", ")}`, icon: "dash" };
  const missing = outcome.missing.length === 0 ? "" : `, without ${outcome.missing.join(", ")}`;
  return outcome.kind === "completed"
    ? { label, value: `${named}: completed${missing}`, icon: "check" }
    : { label, value: `${named}: rolled back${missing}`, more: outcome.reason, icon: "warning" };
}

/** What was said about reads across execution domains; whatever was not said is off. */
export function edgeFacts({ edges }: WorldStatus): readonly Fact[] {
  return edges.map(({ producer, from, to, standing, reason, actor, expires }) => ({
    label:
      producer.kind === "node"
        ? `node ${producer.node.slice(0, 12)}`
        : `${producer.strategy}@${producer.version.slice(0, 8)}`,
    value: `${from} → ${to}, ${standing}${expires === undefined ? "" : ` until ${new Date(expires).toISOString().slice(0, 16)}Z`}`,
    more: actor === undefined ? reason : `${reason} (${actor})`,
    icon: standing === "open" ? "unlock" : "lock",
  }));
}

/** What each strategy that is active holds of the world's equity. */
export function allocationFacts({ strategies }: WorldStatus): readonly Fact[] {
  return strategies
    .filter(({ active }) => active)
    .map(({ strategy, share, mode }) => ({
      label: strategy,
      value: `${(share * 100).toFixed(2)} % of the world's equity`,
      more: `In mode ${mode}`,
      icon: "dash",
    }));
}

export function runnerFacts({ runners }: WorldStatus, now: number): readonly Fact[] {
  return runners.map(({ session, domain, gate, lost, seen, version }) => ({
    label: session,
    value: lost ? "lost" : `${domain}, gate ${gate}, seen ${agoText(now - seen)}`,
    more: `Version ${version.slice(0, 12)}`,
    icon: lost ? "warning" : "vm",
  }));
}
