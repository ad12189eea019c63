import type { Capital } from "../allocation/capital.ts";
import { reduces } from "../allocation/delta.ts";
import { type AlphaMetrics, negotiateSchema, type PlanDocument, planDocument } from "../allocation/plan-document.ts";
import type { HeldPosition } from "../allocation/position.ts";
import { planRebalance, type RebalanceInput, type RebalanceMode, type RebalancePlan } from "../allocation/rebalance.ts";
import type { ShareChange } from "../allocation/scale.ts";
import type { Figure } from "../plugin/contract/evaluator.ts";
import { digest } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { instrumentsOf } from "../world/config.ts";
import { type AllocatedRecord, RECORD_FORMAT, type RebalancedRecord } from "../world/record.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import type { LoadedWorld } from "./load-world.ts";
import { readAccount } from "./run/account-journal.ts";
import { defaultAccount } from "./run/account-name.ts";
import { sizedParts } from "./run/sizing.ts";

export interface RebalanceOptions
  extends Pick<RebalanceInput, "overlay" | "costRate">,
    Partial<Pick<RebalanceInput, "minNotional">> {
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Default: `scaling`. */
  readonly mode?: RebalanceMode;
  /** What the world's strategies hold. */
  readonly positions: readonly HeldPosition[];
  /**
   * By strategy: the share of the world's equity, share times scale, that its positions were sized by. Default: that of the last
   * rebalancing, and without one the share that it has now, so that nothing is traded.
   */
  readonly shares?: Readonly<Record<string, number>>;
  /** Schema of the document; default: the newest. */
  readonly schemaVersion?: number;
  /** Refuses a schema that does not carry what was measured. */
  readonly alphaMetricsRequired?: boolean;
  /** Why, in the planner's own words. */
  readonly intent?: Readonly<Record<string, string>>;
}

/** Trades orders somewhere. It must do so once per `run`, however often it is called with it. */
export interface RebalanceExecutor {
  /** @throws when nothing was traded */
  execute(orders: RebalancedRecord["orders"], of: { readonly run: string; readonly world: string }): Promise<void>;
}

/** What strategies hold, and the share of the world's equity that it was sized by, where that is known. */
export type HeldBook = Pick<RebalanceOptions, "positions" | "shares">;

/**
 * What the runners of a world hold: the last standing of the account of each strategy that is active or leaves, and the part of the equity
 * that each position was sized by. A strategy that no runner has traded holds nothing.
 */
export async function runnerBook(
  { config, state: storage }: Pick<LoadedWorld, "config" | "state">,
  { clock, signal }: Pick<RebalanceOptions, "clock" | "signal">,
): Promise<HeldBook> {
  const world = config.id;
  const { apply } = await openWorld({ storage, config, clock, signal }).load();
  const positions: HeldPosition[] = [];
  const shares: Record<string, number> = {};
  for (const { strategy } of apply.activation.entries) {
    const { head, history } = await readAccount(storage, world, defaultAccount(strategy, "live"), signal);
    const held = head.last?.standing.positions ?? [];
    const parts = sizedParts(history);
    // The largest stands for the strategy: the others are told by how far they are from it.
    const share = Math.max(0, ...held.map(({ symbol }) => parts.get(symbol) ?? 0));
    if (share > 0) shares[strategy] = share;
    for (const { symbol, quantity, mark } of held) {
      const part = parts.get(symbol) ?? 0;
      const sizing = share > 0 && part > 0 && part !== share ? { sizing: part / share } : {};
      positions.push({ world, strategy, symbol, venue: null, quantity, mark, ...sizing });
    }
  }
  return { positions, shares };
}

export interface PlannedRebalance {
  readonly world: string;
  readonly document: PlanDocument;
  readonly plan: RebalancePlan;
}

/**
 * What a world would have to trade so that positions fit the shares of its last decision. It writes nothing.
 *
 * @throws `allocation.no-decision`, and what `planRebalance` and `negotiateSchema` throw
 */
export async function planWorldRebalance(loaded: LoadedWorld, options: RebalanceOptions): Promise<PlannedRebalance> {
  const { config, state: storage } = loaded;
  const journal = openWorld({ storage, config, clock: options.clock, signal: options.signal });
  return planOn(loaded, await journal.load(), options);
}

export interface AppliedRebalance extends PlannedRebalance {
  /** False when the same was applied before: nothing was traded or recorded again. */
  readonly applied: boolean;
  readonly record: RebalancedRecord;
}

/**
 * Plans, has the orders executed, and records both the orders and the shares that hold from now on, all or nothing. The same run with the
 * same plan is applied once. Without an executor the record is the order: a runner of the world executes it once, by its run.
 *
 * @throws `allocation.conflict` for another plan under a run that was applied, `allocation.execution-failed`, and what planning throws: then
 *   nothing was recorded
 */
export async function applyWorldRebalance(
  loaded: LoadedWorld,
  options: RebalanceOptions & {
    readonly run: string;
    readonly actor: string;
    readonly executor?: RebalanceExecutor;
  },
): Promise<AppliedRebalance> {
  const { config, capital, state: storage } = loaded;
  const { clock, signal, run, actor, executor } = options;
  const journal = openWorld({ storage, config, clock, signal });
  let done: AppliedRebalance | undefined;
  await journal.commit(async (state) => {
    const known = state.rebalances.get(run);
    const planned = planOn(loaded, known === undefined ? state : beforeRun(state, run), options);
    if (known !== undefined) {
      if (known.plan !== planned.plan.id) throw conflict(config.id, run, known);
      done = { ...planned, applied: false, record: known };
      return undefined;
    }
    const orders = ordersOf(planned.plan, options.positions);
    if (executor !== undefined) await execute(executor, orders, { run, world: config.id });
    const now = clock();
    const record: RebalancedRecord = {
      kind: "rebalanced",
      format: RECORD_FORMAT,
      at: now,
      run,
      plan: planned.plan.id,
      mode: planned.plan.mode,
      actor,
      orders,
      turnover: planned.plan.turnover,
      cost: planned.plan.cost,
    };
    done = { ...planned, applied: true, record };
    return [allocatedRecord(loaded, state, run, capital, now), record];
  });
  if (done === undefined) throw new Error("a commit that resolved has built its records");
  return done;
}

function planOn(loaded: LoadedWorld, state: WorldState, options: RebalanceOptions): PlannedRebalance {
  const { config, capital } = loaded;
  const { mode = "scaling", positions, minNotional = 0, overlay, costRate, intent } = options;
  const version = negotiateSchema(options.schemaVersion ?? 2, options.alphaMetricsRequired);
  const stranger = positions.find(({ world }) => world !== config.id);
  if (stranger !== undefined)
    throw new QmtlError({
      code: "allocation.invalid-position",
      message: `A position in ${stranger.symbol} is of world ${stranger.world}, not of ${config.id}`,
      place: { world: config.id, symbol: stranger.symbol },
      next: "Give the positions of this world alone.",
    });
  const change = shareChange(config.id, state, capital, options.shares);
  const plan = planRebalance({
    mode,
    totalEquity: capital.total,
    changes: [change],
    positions,
    minNotional,
    lots: Object.fromEntries(instrumentsOf(config.presets).map(({ symbol, lot }) => [symbol, lot])),
    ...(overlay !== undefined && { overlay }),
    ...(costRate !== undefined && { costRate }),
  });
  const strategies = Object.fromEntries(
    [...state.candidates.values()].map(({ strategy, evalKey }) => [
      strategy,
      { [config.id]: measured(state.evaluations.get(evalKey)?.metrics ?? {}) },
    ]),
  );
  const document = planDocument(plan, {
    version,
    worlds: { [config.id]: weighted(strategies, config.id, change) },
    strategies,
    ...(intent !== undefined && { intent }),
  });
  return { world: config.id, document, plan };
}

/** From the shares that positions were sized by to those of the last decision that is in force. */
function shareChange(
  world: string,
  state: WorldState,
  capital: Capital,
  given: RebalanceOptions["shares"] = {},
): ShareChange {
  if (state.decision === undefined)
    throw new QmtlError({
      code: "allocation.no-decision",
      message: `World ${world} has not decided anything yet, so there are no shares to go to`,
      place: { world },
      next: `Submit a strategy: qmtl submit FILE --world ${world}.`,
    });
  const before = state.allocated?.worldShare ?? capital.share;
  const held = new Map(state.allocated?.strategies.map(({ strategy, share }) => [strategy, share]));
  for (const [strategy, share] of Object.entries(given)) held.set(strategy, share);
  const strategies: Record<string, { before?: number; after: number }> = {};
  for (const [strategy, share] of held) strategies[strategy] = { before: share * before, after: 0 };
  for (const { strategy, active, share, scale } of state.apply.activation.entries) {
    const after = active ? share * scale * capital.share : 0;
    strategies[strategy] = { before: strategies[strategy]?.before ?? after, after };
  }
  return { world, before, after: capital.share, strategies };
}

/** The state with the snapshot that stood before a change was applied: what its plan counted from. */
function beforeRun({ allocated: _, ...state }: WorldState, run: string): WorldState {
  let before: AllocatedRecord | undefined;
  for (const [name, record] of state.allocations) {
    if (name === run) break;
    before = record;
  }
  return before === undefined ? state : { ...state, allocated: before };
}

function allocatedRecord(
  { config }: LoadedWorld,
  state: WorldState,
  run: string,
  capital: Capital,
  at: number,
): AllocatedRecord {
  const content = {
    decision: state.decision?.revision ?? 0,
    total: capital.total,
    currency: capital.currency,
    worldShare: capital.share,
    strategies: state.apply.activation.entries
      .filter(({ active }) => active)
      .map(({ strategy, version, share, scale }) => ({ strategy, version, share: share * scale })),
    ...(config.knowledge.kind === "following" && { ttl: config.knowledge.maxLag }),
  };
  return { kind: "allocated", format: RECORD_FORMAT, at, run, content: digest("allocated/1", content), ...content };
}

/** Per strategy, so that whoever trades one finds its own. An order of nobody is one of the world's own overlay. */
function ordersOf({ worlds, overlay }: RebalancePlan, positions: readonly HeldPosition[]): RebalancedRecord["orders"] {
  const held = (strategy: string, symbol: string, venue: string | null): number =>
    positions
      .filter((one) => one.strategy === strategy && one.symbol === symbol && one.venue === venue)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  return [...worlds.flatMap(({ deltas }) => deltas), ...overlay].flatMap(({ symbol, venue, quantity, strategies }) => {
    const wanted = strategies.reduce((sum, one) => sum + one.quantity, 0);
    // What rounding took is taken from each in proportion.
    const kept = wanted === 0 ? 1 : quantity / wanted;
    return strategies.map(({ strategy, quantity: own }) => {
      const before = held(strategy, symbol, venue);
      const reduceOnly = reduces(before, own * kept);
      return { strategy, symbol, venue, quantity: own * kept, reduceOnly, held: before };
    });
  });
}

async function execute(
  executor: RebalanceExecutor,
  orders: RebalancedRecord["orders"],
  of: { readonly run: string; readonly world: string },
): Promise<void> {
  try {
    await executor.execute(orders, of);
  } catch (cause) {
    throw new QmtlError({
      code: "allocation.execution-failed",
      message: `The orders of ${of.run} could not be executed: ${cause instanceof Error ? cause.message : String(cause)}`,
      place: { world: of.world },
      next: "Nothing was recorded: apply it again under the same run once the executor works.",
      class: "failed",
      cause,
    });
  }
}

function conflict(world: string, run: string, { plan, at }: RebalancedRecord): QmtlError {
  return new QmtlError({
    code: "allocation.conflict",
    message: `${run} was applied to world ${world} at ${new Date(at).toISOString()} with another plan (${plan.slice(0, 12)})`,
    place: { world },
    next: "Give the new change a run of its own.",
  });
}

function measured(metrics: Readonly<Record<string, Figure>>): AlphaMetrics {
  const value = (name: string): number | undefined => {
    const figure = metrics[name];
    return figure?.kind === "value" ? figure.value : undefined;
  };
  const [sharpe, drawdown] = [value("sharpe"), value("max_drawdown")];
  const found = {
    sharpe,
    max_drawdown: drawdown,
    win_ratio: value("win_rate"),
    profit_factor: value("profit_factor"),
    car_mdd: value("calmar"),
    rar_mdd: sharpe === undefined || drawdown === undefined || drawdown === 0 ? undefined : sharpe / drawdown,
  };
  return Object.fromEntries(Object.entries(found).filter(([, one]) => one !== undefined));
}

/** Of a world: the mean of what its strategies measured, by the shares that they go to. */
function weighted(
  strategies: Readonly<Record<string, Readonly<Record<string, AlphaMetrics>>>>,
  world: string,
  change: ShareChange,
): AlphaMetrics {
  const sums = new Map<string, { value: number; share: number }>();
  for (const [strategy, { after = 0 }] of Object.entries(change.strategies))
    for (const [name, value] of Object.entries(strategies[strategy]?.[world] ?? {})) {
      const sum = sums.get(name) ?? { value: 0, share: 0 };
      sums.set(name, { value: sum.value + after * value, share: sum.share + after });
    }
  return Object.fromEntries(
    [...sums].flatMap(([name, { value, share }]) => (share > 0 ? [[name, value / share]] : [])),
  );
}
