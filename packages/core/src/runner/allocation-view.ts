import type { Capital } from "../allocation/capital.ts";
import type { AllocationExplanation } from "../plugin/contract/allocator.ts";
import { QmtlError } from "../schema/error.ts";
import type { AllocatedRecord, AllocationWord, DecisionEnvelope, ExecutedRecord } from "../world/record.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { allocationInput } from "./allocation-input.ts";
import type { PluginExecutor } from "./executor.ts";
import { contendersOf } from "./judge.ts";
import type { LoadedWorld } from "./load-world.ts";

/** What one strategy of a world gets. */
export interface StrategyAllocation {
  readonly strategy: string;
  readonly version: string;
  /** Of the world's equity. */
  readonly share: number;
  /** Of the project's equity. */
  readonly ofTotal: number;
  /** In the account's currency. */
  readonly equity: number;
}

/** What a decision gives each strategy that it selects, the best ranked first. */
export function allocationsOf({ selected, versions }: DecisionEnvelope, capital: Capital): StrategyAllocation[] {
  return selected.map(({ strategy, version }) => {
    const judged = versions.find((one) => one.strategy === strategy && one.version === version);
    const share = judged?.share ?? 0;
    return { strategy, version, share, ofTotal: share * capital.share, equity: share * capital.equity };
  });
}

/** What a reader of shares should know: why another method stood in, what gave way, a world without equity. */
export function allocationNotice(
  { allocation, selected }: Pick<DecisionEnvelope, "allocation" | "selected">,
  { share }: Capital,
): string | undefined {
  const sentences = [
    ...(share === 0 && selected.length > 0 ? ["The world holds none of the project's equity"] : []),
    ...(allocation?.fallback === undefined ? [] : [`${allocation.fallback}: shares are by ${allocation.method}`]),
    ...(allocation?.notes ?? []),
  ];
  return sentences.length === 0 ? undefined : `${sentences.join(". ")}.`;
}

/** Where the shares of a world stand. */
export interface AllocationView {
  readonly world: string;
  readonly capital: Capital;
  /** Absent before the first decision. */
  readonly decision?: { readonly revision: number; readonly at: number };
  readonly allocations: readonly (StrategyAllocation & { readonly active: boolean; readonly scale: number })[];
  /** Of the world's equity: the sum of the shares, and what is left. */
  readonly allocated: number;
  readonly idle: number;
  readonly allocation?: AllocationWord;
  readonly notice?: string;
  /** The shares at which positions are held; absent before the first rebalancing. */
  readonly snapshot?: Pick<AllocatedRecord, "run" | "at" | "worldShare" | "strategies"> & {
    readonly stale: boolean;
    /** A sentence: why it is stale. */
    readonly because?: string;
    /** What runners' accounts made of its orders, by strategy. */
    readonly executed: readonly Pick<ExecutedRecord, "strategy" | "account" | "at" | "to" | "legs">[];
    /** Strategies whose orders no account has taken yet. */
    readonly due: readonly string[];
  };
  /** What wider limits would change, where somebody asked. */
  readonly explanation?: AllocationExplanation;
}

export interface AllocationViewOptions {
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Solves again with every limit that binds a little wider. */
  readonly explainBy?: PluginExecutor;
}

/**
 * The shares of a world, from its journal. It writes nothing.
 *
 * @throws `runner.lost-run` when it is to explain and a stored run is gone
 */
export async function readAllocations(loaded: LoadedWorld, options: AllocationViewOptions): Promise<AllocationView> {
  const { config, capital, state: storage } = loaded;
  const { clock, signal, explainBy } = options;
  const state = await openWorld({ storage, config, clock, signal }).load();
  const envelope = state.decision?.envelope;
  const base = { world: config.id, capital };
  if (state.decision === undefined || envelope === undefined)
    return { ...base, allocations: [], allocated: 0, idle: 1 };
  const { revision, at } = state.decision;
  const entries = state.apply.activation.entries;
  const allocations = allocationsOf(envelope, capital).map((one) => {
    const entry = entries.find(({ strategy, version }) => strategy === one.strategy && version === one.version);
    return { ...one, active: entry?.active === true, scale: entry?.scale ?? 0 };
  });
  const allocated = allocations.reduce((sum, { share }) => sum + share, 0);
  const notice = allocationNotice(envelope, capital);
  const explanation = explainBy === undefined ? undefined : await explain(loaded, state, explainBy, signal);
  return {
    ...base,
    decision: { revision, at },
    allocations,
    allocated,
    idle: Math.max(0, 1 - allocated),
    ...(envelope.allocation !== undefined && { allocation: envelope.allocation }),
    ...(notice !== undefined && { notice }),
    ...(state.allocated !== undefined && { snapshot: snapshotOf(state, state.allocated, capital, clock()) }),
    ...(explanation !== undefined && { explanation }),
  };
}

function snapshotOf(
  state: WorldState,
  { run, at, worldShare, strategies, decision, ttl }: AllocatedRecord,
  capital: Capital,
  now: number,
): NonNullable<AllocationView["snapshot"]> {
  const because =
    decision !== state.decision?.revision
      ? "The world has decided again since"
      : worldShare !== capital.share
        ? `The world's fraction was ${worldShare} and is ${capital.share}`
        : ttl !== undefined && !(now - at <= ttl)
          ? "It is older than the world's data may be"
          : undefined;
  const executed = state.executions.get(run) ?? [];
  const asked = new Set(state.rebalances.get(run)?.orders.map((order) => order.strategy));
  return {
    run,
    at,
    worldShare,
    strategies,
    stale: because !== undefined,
    ...(because !== undefined && { because }),
    executed: executed.map(({ strategy, account, at: when, to, legs }) => ({ strategy, account, at: when, to, legs })),
    due: [...asked].filter((strategy) => !executed.some((one) => one.strategy === strategy)),
  };
}

/** The allocator's own account of the last decision's shares, over the same candidates. */
async function explain(
  { config, objects }: LoadedWorld,
  state: WorldState,
  plugins: PluginExecutor,
  signal: AbortSignal,
): Promise<AllocationExplanation | undefined> {
  const envelope = state.decision?.envelope;
  if (envelope === undefined || envelope.selected.length === 0) return undefined;
  const members = await contendersOf({ state, objects, signal });
  const selected = envelope.selected.map(({ strategy }) => strategy);
  const missing = selected.find((strategy) => !members.some((member) => member.strategy === strategy));
  if (missing !== undefined)
    throw new QmtlError({
      code: "allocation.lost-candidate",
      message: `${missing} was selected and is no candidate of world ${config.id} any more`,
      place: { world: config.id, strategy: missing },
      next: "Submit again: the world decides on the candidates that it has.",
      class: "failed",
    });
  const score = ({ strategy, version }: (typeof members)[number]): number =>
    envelope.versions.find((one) => one.strategy === strategy && one.version === version)?.score ?? 0;
  const input = allocationInput({ state, members, selected, score });
  return plugins.allocate(config.allocator.use, input, { relax: true });
}
