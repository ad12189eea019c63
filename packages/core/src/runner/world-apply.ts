import { QmtlError } from "../schema/error.ts";
import { type ActivationEntry, activeEntries, entryKey } from "../world/activation.ts";
import { type ApplyOutcome, type ApplyPhase, applyByRun, applyInProgress, awaitedWords, step } from "../world/apply.ts";
import { type ApplyOutlook, applyRecords, outlook, targetOf } from "../world/decide.ts";
import { participantsOf, type WatchedSessions } from "../world/session.ts";
import { driveApply } from "../world/shell/apply-host.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import type { LoadedWorld } from "./load-world.ts";

type Loaded = Pick<LoadedWorld, "config" | "state"> & Partial<Pick<LoadedWorld, "metrics">>;

interface ApplyOptions {
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Where the apply of a world stands. */
export interface ApplyStatus {
  readonly world: string;
  /** Counts applies from 1; 0 before the first. */
  readonly apply: number;
  /** The name that it was given. */
  readonly run: string | null;
  readonly phase: ApplyPhase["kind"];
  /** Ms UTC that the phase was entered at; null when none runs. */
  readonly since: number | null;
  /** Sessions that it waits for now, that have answered in this phase, and that left it. */
  readonly waiting: readonly string[];
  readonly acknowledged: readonly string[];
  readonly left: readonly string[];
  /** How the last one ended; null while one runs, and before the first. */
  readonly outcome: ApplyOutcome | null;
  /** Whether what the world decided is what is activated. */
  readonly decision: ApplyOutlook["kind"];
  /** Revision of the activation, and what is active by it. */
  readonly activation: number;
  readonly active: readonly ActivationEntry[];
}

/** What an apply of the last decision would do, on the present head. */
export interface ApplyPlan {
  readonly world: string;
  readonly decision: number | null;
  readonly standing: ApplyOutlook["kind"];
  /** What comes in, leaves, or is given something else to do; empty when nothing changes. */
  readonly changes: readonly {
    readonly strategy: string;
    readonly version: string;
    readonly change: "enters" | "leaves" | "changes";
    readonly before: Pick<ActivationEntry, "mode" | "share" | "scale"> | null;
    readonly after: Pick<ActivationEntry, "mode" | "share" | "scale"> | null;
  }[];
  /** Sessions that would have to answer. */
  readonly participants: readonly string[];
  /** The apply in the way, if any. */
  readonly running: number | null;
}

/** Where the apply of a world stands, from its journal. It writes nothing. */
export async function readApplyStatus(
  { config, state }: Loaded,
  { clock, signal }: ApplyOptions,
): Promise<ApplyStatus> {
  return statusOf(await openWorld({ storage: state, config, clock, signal }).load(), config);
}

/** What an apply would do now. It writes nothing. */
export async function planApply({ config, state }: Loaded, { clock, signal }: ApplyOptions): Promise<ApplyPlan> {
  const world = openWorld({ storage: state, config, clock, signal });
  const head = await world.load();
  return planOf(head, await world.sessions.load(), config);
}

/**
 * Applies the world's last decision, or stays with the apply that runs, until it has ended or `wait` has. Naming a run that was named
 * before begins nothing: it gives what became of it.
 *
 * @param decision the only one that may be applied: that of the plan that somebody agreed to
 * @param wait ms
 * @throws `world.no-decision`, `world.awaiting-approval`, `world.apply-in-progress` when another run is under way,
 * `world.decided-again` when another decision than the named one stands
 */
export async function applyWorld(
  { config, state: storage, metrics }: Loaded,
  {
    clock,
    signal,
    run,
    decision,
    wait,
  }: ApplyOptions & { readonly run?: string; readonly decision?: number; readonly wait: number },
): Promise<ApplyStatus> {
  const world = openWorld({ storage, config, clock, signal, ...(metrics !== undefined && { metrics }) });
  const { state } = await world.commit((head, sessions) => {
    const { apply } = head;
    if (run !== undefined && applyByRun(apply, run) !== undefined) return [];
    if (apply.phase.kind !== "idle") {
      if (run !== undefined) throw applyInProgress(apply.phase);
      return [];
    }
    if (decision !== undefined && head.decision?.revision !== decision) throw decidedAgain(head, decision);
    refuseUndecided(head, outlook(head, config));
    return applyRecords({
      state: head,
      config,
      participants: participantsOf(sessions),
      approved: head.decision?.approvedBy !== undefined,
      at: clock(),
      ...(run !== undefined && { run }),
    });
  });
  const known = run === undefined ? undefined : applyByRun(state.apply, run);
  if (known?.outcome !== undefined)
    return { ...statusOf(state, config), apply: known.epoch, run: known.run, outcome: known.outcome };
  const ended = await driveApply({ world, config, patience: wait, clock, signal });
  return statusOf(ended, config);
}

/**
 * Ends the apply that runs, as long as it has not switched; gates open on the old head when everybody has confirmed it.
 *
 * @param wait ms to stay with it until it has ended
 * @throws `world.no-apply`, `world.apply-switched`
 */
export async function abortApply(
  { config, state: storage, metrics }: Loaded,
  options: ApplyOptions & { readonly actor: string; readonly reason: string; readonly wait: number },
): Promise<ApplyStatus> {
  const { clock, signal, actor, reason, wait } = options;
  const world = openWorld({ storage, config, clock, signal, ...(metrics !== undefined && { metrics }) });
  await world.commit(
    (head) => step(head.apply, { kind: "aborted", actor, reason }, { at: clock(), revision: head.revision }).records,
    { configured: false },
  );
  return statusOf(await driveApply({ world, config, patience: wait, clock, signal }), config);
}

function statusOf(state: WorldState, config: Loaded["config"]): ApplyStatus {
  const { phase, activation } = state.apply;
  const running = phase.kind === "idle" ? undefined : phase;
  return {
    world: state.world,
    apply: phase.epoch,
    run: phase.run ?? null,
    phase: phase.kind,
    since: running?.since ?? null,
    waiting: awaitedWords(state.apply),
    acknowledged: running?.acknowledged ?? [],
    left: running?.left ?? [],
    outcome: phase.kind === "idle" ? (phase.outcome ?? null) : null,
    decision: outlook(state, config).kind,
    activation: activation.revision,
    active: activeEntries(activation.entries),
  };
}

function planOf(state: WorldState, sessions: WatchedSessions, config: Loaded["config"]): ApplyPlan {
  const { decision, apply } = state;
  const current = new Map(activeEntries(apply.activation.entries).map((entry) => [entryKey(entry), entry]));
  const target = decision === undefined ? [...current.values()] : targetOf(decision.envelope);
  const wanted = new Map(target.map((entry) => [entryKey(entry), entry]));
  const said = (entry: ActivationEntry | undefined) =>
    entry === undefined ? null : { mode: entry.mode, share: entry.share, scale: entry.scale };
  const changes = [...new Set([...current.keys(), ...wanted.keys()])].flatMap((key): ApplyPlan["changes"] => {
    const [before, after] = [current.get(key), wanted.get(key)];
    const { strategy, version } = (after ?? before) as ActivationEntry;
    const change = before === undefined ? "enters" : after === undefined ? "leaves" : "changes";
    if (change === "changes" && JSON.stringify(said(before)) === JSON.stringify(said(after))) return [];
    return [{ strategy, version, change, before: said(before), after: said(after) }];
  });
  return {
    world: state.world,
    decision: decision?.revision ?? null,
    standing: outlook(state, config).kind,
    changes,
    participants: participantsOf(sessions),
    running: apply.phase.kind === "idle" ? null : apply.phase.epoch,
  };
}

function decidedAgain({ world, decision }: WorldState, named: number): QmtlError {
  return new QmtlError({
    code: "world.decided-again",
    message: `Decision ${named} of world ${world} does not stand any more${decision === undefined ? "" : `: decision ${decision.revision} does`}`,
    place: { world },
    next: `Look at what would change now: qmtl world apply ${world} --plan.`,
    class: "rejected",
  });
}

function refuseUndecided({ world, decision }: WorldState, standing: ApplyOutlook): void {
  if (decision === undefined)
    throw new QmtlError({
      code: "world.no-decision",
      message: `World ${world} has not decided anything yet`,
      place: { world },
      next: `Submit a strategy: qmtl submit FILE --world ${world}.`,
    });
  if (standing.kind === "awaiting-approval")
    throw new QmtlError({
      code: "world.awaiting-approval",
      message: `Decision ${decision.revision} of world ${world} waits for an approval`,
      place: { world },
      next: `qmtl world approve ${world} --actor NAME --comment TEXT`,
      class: "rejected",
    });
  if (standing.kind === "refused")
    throw new QmtlError({
      code: "world.cross-context-hit",
      message: `World ${world} met a cached value of another context (${standing.reason}), so nothing is applied`,
      place: { world },
      next: "Submit the strategy again under a new version, or check the journal: qmtl world audit --verify.",
      class: "failed",
    });
}
