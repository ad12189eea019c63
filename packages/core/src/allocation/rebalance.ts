import { digest } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { type Delta, type Deltas, deltasOf, type LeftOut, netted, type TradeRules } from "./delta.ts";
import { instrumentOf, type Overlay, overlayDeltas, overlayTrades } from "./overlay.ts";
import { type HeldPosition, isPrice, requirePosition } from "./position.ts";
import { factorOf, heldShares, type Scales, type ShareChange, scalesOf } from "./scale.ts";

/**
 * `scaling`: positions are traded. `overlay`: positions stay, one instrument per world is traded. `hybrid`: positions are traded as far as
 * lots and least values let, and what is left of the change in value goes to the world's instrument.
 */
export const REBALANCE_MODES = ["scaling", "overlay", "hybrid"] as const;

export type RebalanceMode = (typeof REBALANCE_MODES)[number];

export interface RebalanceInput extends TradeRules {
  readonly mode: RebalanceMode;
  /** Of all worlds, in the account's currency. */
  readonly totalEquity: number;
  /** One per world. Shares of the total equity. */
  readonly changes: readonly ShareChange[];
  readonly positions: readonly HeldPosition[];
  readonly overlay?: Overlay;
  /** What trading costs, as a fraction of the traded value. */
  readonly costRate?: number;
}

export interface WorldPlan {
  readonly world: string;
  readonly scales: Scales;
  readonly deltas: readonly Delta[];
  readonly leftOut: readonly LeftOut[];
}

/** What has to be traded, and what that comes to. Pure data, and a function of its input alone. */
export interface RebalancePlan {
  readonly mode: RebalanceMode;
  /** Worlds that hold something, in the order of their names. */
  readonly worlds: readonly WorldPlan[];
  /** Over all worlds, per venue and symbol: what one shared account would trade. */
  readonly net: readonly Delta[];
  readonly netLeftOut: readonly LeftOut[];
  /** Of overlay instruments; empty when scaling. */
  readonly overlay: readonly Delta[];
  readonly overlayLeftOut: readonly LeftOut[];
  /** Value of all that is traded by the worlds, over the total equity. */
  readonly turnover: number;
  /** In the account's currency. */
  readonly cost: number;
  /** Digest of the above: the plan's id. */
  readonly id: string;
}

/**
 * Plans how positions follow a change of shares.
 *
 * @throws `allocation.invalid-share` (below 0, or above 1 in all), `allocation.invalid-equity`, `allocation.invalid-position`,
 *   `allocation.no-overlay`, `allocation.duplicate-world`
 */
export function planRebalance(input: RebalanceInput): RebalancePlan {
  const { mode, totalEquity, overlay, costRate = 0 } = input;
  requireEquity(totalEquity);
  requireShares(input.changes);
  const positions = input.positions.map(requirePosition);
  const changes = [...input.changes].sort((a, b) => (a.world < b.world ? -1 : 1));
  const scaled = changes.flatMap((change): WorldPlan[] => {
    const own = positions.filter(({ world }) => world === change.world);
    if (own.length === 0) return [];
    const scales = scalesOf(completed(change, own, totalEquity));
    const deltas: Deltas = mode === "overlay" ? { deltas: [], leftOut: [] } : deltasOf(own, scales, input);
    return [{ world: change.world, scales, ...deltas }];
  });
  const net = netted(
    scaled.map(({ deltas }) => deltas),
    positions,
    input,
  );
  const over =
    mode === "scaling"
      ? { deltas: [], leftOut: [] }
      : mode === "overlay"
        ? overlayDeltas(changes, positions, overlay, input)
        : remainders(scaled, positions, overlay, input);
  const traded = [...scaled.flatMap(({ deltas }) => deltas), ...over.deltas];
  const value = traded.reduce((sum, { quantity, mark }) => sum + Math.abs(quantity * mark), 0);
  const plan = {
    mode,
    worlds: scaled,
    net: net.deltas,
    netLeftOut: net.leftOut,
    overlay: over.deltas,
    overlayLeftOut: over.leftOut,
    turnover: totalEquity > 0 ? value / totalEquity : 0,
    cost: value * costRate,
  };
  return { ...plan, id: digest("rebalance/1", plan) };
}

/** A strategy whose share before nobody gives had what it holds; one whose share after nobody gives follows its world. */
function completed(change: ShareChange, own: readonly HeldPosition[], totalEquity: number): ShareChange {
  const held = heldShares(own, totalEquity);
  const given = Object.keys(change.strategies).length === 0 ? held : change.strategies;
  return {
    ...change,
    strategies: Object.fromEntries(
      Object.entries(given).map(([strategy, shares]) => [strategy, { ...held[strategy], ...shares }]),
    ),
  };
}

function remainders(
  worlds: readonly WorldPlan[],
  positions: readonly HeldPosition[],
  overlay: Overlay | undefined,
  rules: TradeRules,
): Deltas {
  const wanted = worlds.flatMap(({ world, scales, deltas }) => {
    const own = positions.filter((one) => one.world === world);
    const asked = own.reduce((sum, position) => {
      const { quantity, mark } = position;
      return sum + (isPrice(mark) ? quantity * mark * (factorOf(scales, position) - 1) : 0);
    }, 0);
    const traded = deltas.reduce((sum, { quantity, mark }) => sum + quantity * mark, 0);
    // What rounding alone leaves is nothing to trade.
    const value = Math.abs(asked - traded) <= 1e-9 * Math.abs(asked) ? 0 : asked - traded;
    return value === 0 ? [] : [{ ...instrumentOf(world, overlay), value, own }];
  });
  return overlayTrades(wanted, positions, rules);
}

function requireEquity(totalEquity: number): void {
  if (Number.isFinite(totalEquity) && totalEquity >= 0) return;
  throw new QmtlError({
    code: "allocation.invalid-equity",
    message: `The total equity is ${totalEquity}`,
    next: "Nothing can be shared out of less than nothing: settle the account first.",
  });
}

function requireShares(changes: readonly ShareChange[]): void {
  const seen = new Set<string>();
  for (const { world, before, after, strategies } of changes) {
    if (seen.has(world))
      throw new QmtlError({
        code: "allocation.duplicate-world",
        message: `World ${world} stands twice in the change of shares`,
        place: { world },
      });
    seen.add(world);
    requireShare(before, `world ${world} had`, world);
    requireShare(after, `world ${world} gets`, world);
    for (const [strategy, change] of Object.entries(strategies))
      for (const share of [change.before, change.after])
        if (share !== undefined) requireShare(share, `${strategy} of world ${world} has`, world);
  }
  const total = changes.reduce((sum, { after }) => sum + after, 0);
  if (total > 1 + 1e-12)
    throw new QmtlError({
      code: "allocation.invalid-share",
      message: `The worlds get ${Number(total.toPrecision(6))} of the total equity, more than all of it`,
      next: "Lower the shares until they sum to at most 1.",
    });
}

function requireShare(share: number, whose: string, world: string): void {
  if (share >= 0 && share <= 1) return;
  throw new QmtlError({
    code: "allocation.invalid-share",
    message: `The share that ${whose} is ${share}, which is not between 0 and 1`,
    place: { world },
    next: "Give shares of the total equity.",
  });
}
