import { roundToLot } from "./lot.ts";
import type { RiskLimits, RiskMetric } from "./risk-limits.ts";

/** A limit that an account or an order is beyond. */
export interface RiskBreach {
  readonly metric: RiskMetric;
  /** Of an order that would be beyond it. */
  readonly symbol?: string;
  readonly value: number;
  readonly bound: number;
  /** `value - bound`. */
  readonly distance: number;
  /** By how many times the bound is exceeded: from 2 on critical, from 1.5 high, from 1.2 medium. */
  readonly severity: "low" | "medium" | "high" | "critical";
  /** `cut`: the order is smaller. `refused`: there is none. `reduce-only`: only orders that reduce pass. */
  readonly action: "cut" | "refused" | "reduce-only";
}

export interface RiskPosition {
  readonly symbol: string;
  /** Signed units. */
  readonly quantity: number;
  readonly mark: number;
}

export interface RiskAccount {
  readonly equity: number;
  /** The highest that equity was. */
  readonly peak: number;
  readonly positions: readonly RiskPosition[];
  /** Simple returns of equity, period by period. */
  readonly returns?: Float64Array;
  readonly periodsPerYear?: number;
  /** Simple returns by symbol, over the same periods. */
  readonly symbolReturns?: Readonly<Record<string, Float64Array>>;
}

export interface RiskOrder {
  readonly symbol: string;
  /** Signed units. */
  readonly quantity: number;
  readonly price: number;
  readonly lot?: number;
}

export interface RiskOutcome {
  /** What may be traded, in the order of the orders: each as it was, smaller, or 0. */
  readonly quantities: readonly number[];
  /** Limits of the account as it stands, then those that orders met. */
  readonly breaches: readonly RiskBreach[];
}

/** Fewer periods have no volatility and no correlation that would hold anything back. */
const MIN_PERIODS = 3;

/**
 * Applies the limits to orders before they are placed, one after the other as if each filled at its price. What reduces a position always
 * passes: a limit never keeps anybody in. Where equity is not above 0 only that passes.
 */
export function limitOrders(orders: readonly RiskOrder[], account: RiskAccount, limits: RiskLimits): RiskOutcome {
  const standing = accountBreaches(account, limits);
  const held = new Map(account.positions.map((position) => [position.symbol, position]));
  const breaches: RiskBreach[] = [...standing];
  const quantities = orders.map((order) => {
    const { symbol, price, lot = 0 } = order;
    const quantity = held.get(symbol)?.quantity ?? 0;
    const reducing = Math.min(Math.abs(order.quantity), Math.abs(quantity));
    const closes = quantity * order.quantity < 0 ? Math.sign(order.quantity) * reducing : 0;
    let allowed = order.quantity;
    if (allowed !== closes) {
      const beyond = standing.length > 0 || !(account.equity > 0) ? [] : breachesOf(order, held, account, limits);
      const blocked = standing.length > 0 || !(account.equity > 0) || beyond.some(({ room }) => room === undefined);
      const room = blocked
        ? 0
        : beyond.reduce((least, one) => Math.min(least, one.room ?? 0), Number.POSITIVE_INFINITY);
      if (blocked || beyond.length > 0) {
        const refuse = blocked || limits.excess === "refuse";
        // The limit is one of value after the order: what stays of it counts from what is closed.
        const most = Math.max(Math.abs(closes), refuse ? 0 : room);
        allowed =
          Math.abs(most) >= Math.abs(order.quantity)
            ? order.quantity
            : Math.sign(order.quantity) * roundToLot(most, lot) + 0;
        for (const { breach } of beyond)
          breaches.push({ ...breach, action: allowed === 0 ? "refused" : breach.action });
      }
    }
    if (allowed !== 0) held.set(symbol, { symbol, quantity: quantity + allowed, mark: price });
    return allowed;
  });
  return { quantities, breaches };
}

/** The limits that an account is beyond as it stands, before any order. While there is one, only what reduces passes. */
export function accountBreaches(
  { equity, peak, returns, periodsPerYear }: RiskAccount,
  { drawdown, volatility }: RiskLimits,
): readonly RiskBreach[] {
  const breaches: RiskBreach[] = [];
  const fallen = drawdownOf(equity, peak);
  if (drawdown !== undefined && fallen > drawdown) breaches.push(breachOf("drawdown", fallen, drawdown, "reduce-only"));
  if (volatility === undefined || returns === undefined || periodsPerYear === undefined) return breaches;
  const swing = volatilityOf(returns, periodsPerYear);
  if (swing !== undefined && swing > volatility)
    breaches.push(breachOf("volatility", swing, volatility, "reduce-only"));
  return breaches;
}

/** How far equity is below its peak, as a fraction of it. */
export function drawdownOf(equity: number, peak: number): number {
  return peak > 0 ? Math.max(0, (peak - equity) / peak) : 0;
}

/** Population deviation of the returns times the root of a year's periods; undefined of fewer than three. */
export function volatilityOf(returns: Float64Array, periodsPerYear: number): number | undefined {
  const known = returns.filter(Number.isFinite);
  if (known.length < MIN_PERIODS) return undefined;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  return Math.sqrt(variance * periodsPerYear);
}

interface Beyond {
  readonly breach: RiskBreach;
  /** Most units of the order that keep the limit; undefined where no smaller order would. */
  readonly room?: number;
}

function breachesOf(
  { symbol, quantity, price }: RiskOrder,
  held: ReadonlyMap<string, RiskPosition>,
  account: RiskAccount,
  limits: RiskLimits,
): readonly Beyond[] {
  const { equity } = account;
  const own = held.get(symbol)?.quantity ?? 0;
  const others = [...held.values()].filter((position) => position.symbol !== symbol);
  const size = others.reduce((sum, position) => sum + Math.abs(position.quantity * position.mark), 0);
  const lean = others.reduce((sum, position) => sum + position.quantity * position.mark, 0);
  const side = Math.sign(quantity);
  const after = own + quantity;
  const value = Math.abs(after * price);
  const action = limits.excess === "refuse" ? "refused" : "cut";
  const found: Beyond[] = [];
  /** @param most value of the symbol, signed along the order, that keeps the limit */
  const check = (metric: RiskMetric, measured: number, bound: number, most: number): void => {
    if (measured <= bound * (1 + 1e-12)) return;
    const room = Math.max(0, most / price - side * own);
    found.push({ breach: { ...breachOf(metric, measured, bound, action), symbol }, room });
  };
  const worth = equity;
  if (limits.position !== undefined) check("position", value / worth, limits.position, limits.position * worth);
  if (limits.positionValue !== undefined) check("positionValue", value, limits.positionValue, limits.positionValue);
  if (limits.gross !== undefined) check("gross", (size + value) / worth, limits.gross, limits.gross * worth - size);
  if (limits.net !== undefined) {
    const net = lean + after * price;
    if (side * net > 0) check("net", Math.abs(net) / worth, limits.net, limits.net * worth - side * lean);
  }
  const alike = limits.correlation === undefined ? undefined : mostAlike(symbol, Math.sign(after), others, account);
  if (alike !== undefined && alike > limits.correlation!)
    found.push({ breach: { ...breachOf("correlation", alike, limits.correlation!, "refused"), symbol } });
  return found;
}

/** The highest correlation with what is held, by sides; undefined where nothing can be compared. */
function mostAlike(
  symbol: string,
  side: number,
  others: readonly RiskPosition[],
  { symbolReturns = {} }: RiskAccount,
): number | undefined {
  const own = symbolReturns[symbol];
  if (own === undefined) return undefined;
  let most: number | undefined;
  for (const other of others) {
    const theirs = symbolReturns[other.symbol];
    if (other.quantity === 0 || theirs === undefined) continue;
    const found = correlationOf(own, theirs);
    if (found === undefined) continue;
    const alike = found * side * Math.sign(other.quantity);
    if (most === undefined || alike > most) most = alike;
  }
  return most;
}

function correlationOf(a: Float64Array, b: Float64Array): number | undefined {
  const both = Array.from(a.keys()).filter((t) => Number.isFinite(a[t]!) && Number.isFinite(b[t] ?? Number.NaN));
  if (both.length < MIN_PERIODS) return undefined;
  const meanA = both.reduce((sum, t) => sum + a[t]!, 0) / both.length;
  const meanB = both.reduce((sum, t) => sum + b[t]!, 0) / both.length;
  let [ab, aa, bb] = [0, 0, 0];
  for (const t of both) {
    ab += (a[t]! - meanA) * (b[t]! - meanB);
    aa += (a[t]! - meanA) ** 2;
    bb += (b[t]! - meanB) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : undefined;
}

function breachOf(metric: RiskMetric, value: number, bound: number, action: RiskBreach["action"]): RiskBreach {
  const times = bound > 0 ? value / bound : Number.POSITIVE_INFINITY;
  const severity = times >= 2 ? "critical" : times >= 1.5 ? "high" : times >= 1.2 ? "medium" : "low";
  return { metric, value, bound, distance: value - bound, severity, action };
}
