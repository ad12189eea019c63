import { DUST, unitsOf } from "./lot.ts";

/** Bounds of what one order costs, in account currency. A rebate stays a rebate unless there is a minimum. */
interface FeeBounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

export type FeeModel =
  | { readonly kind: "none" }
  /** Fraction of the notional, both sides. */
  | ({ readonly kind: "percent"; readonly fraction: number } & FeeBounds)
  /** Money per unit traded. */
  | ({ readonly kind: "per-share"; readonly amount: number } & FeeBounds)
  /** Fractions of the notional: `maker` for an order that waited at its price, `taker` for one that took the market's. Negative: a rebate. */
  | ({ readonly kind: "maker-taker"; readonly maker: number; readonly taker: number } & FeeBounds)
  | TieredFee;

/** A rate by how much is traded. */
export type TieredFee = {
  readonly kind: "tiered";
  /** What tiers count and rates are of: money, or units. */
  readonly of: "notional" | "shares";
  /** `order`: the whole order at the rate of the tier in which its size falls. `month`: each part at the rate of the tier that the month's volume has reached. */
  readonly over: "order" | "month";
  /** Ascending; a tier reaches up to and including its bound, the last one beyond it. */
  readonly tiers: readonly { readonly upTo: number; readonly rate: number }[];
  /** Added to the rate, after minimum and maximum, for orders that make, and that take: what the venue charges or gives. */
  readonly maker: number;
  readonly taker: number;
} & FeeBounds;

/** What an order was charged so far. An order is charged as a whole, so that its parts never pay a minimum twice. */
export interface Charges {
  quantity: number;
  notional: number;
  /** Before bounds. */
  raw: number;
  /** What venues charged, beside bounds. */
  venue: number;
  paid: number;
}

/** What a fee depends on besides quantity and price. */
export interface FeeTerms {
  readonly maker: boolean;
  /** Notional, or units, traded before in this calendar month (UTC): this order's other parts included, other orders of the same moment not yet. */
  readonly month: number;
  readonly charges: Readonly<Charges>;
}

/** A fresh order that takes, in a month without another. */
export const FRESH: FeeTerms = Object.freeze({
  maker: false,
  month: 0,
  charges: Object.freeze({ quantity: 0, notional: 0, raw: 0, venue: 0, paid: 0 }),
});

export function noCharges(): Charges {
  return { quantity: 0, notional: 0, raw: 0, venue: 0, paid: 0 };
}

/**
 * The charge for a part of an order, in account currency: what the order costs with it, less what was paid for it before. `quantity` is not
 * negative; nothing costs nothing.
 */
export function feeOf(model: FeeModel, quantity: number, price: number, terms: FeeTerms = FRESH): number {
  if (quantity === 0 || model.kind === "none") return 0;
  if (model.kind === "percent" && isLinear(model)) return price * quantity * model.fraction;
  const { charges } = terms;
  const raw = rawFee(model, quantity, price, terms);
  const venue = model.kind === "tiered" ? venueFee(model, quantity, price, terms.maker) : 0;
  return bounded(model, charges.raw + raw) + charges.venue + venue - charges.paid;
}

/** True when the fee of a whole is the sum of its parts', so that nothing of an order has to be remembered for it. */
export function isLinear(model: FeeModel): boolean {
  return (
    model.kind === "none" || (model.kind === "percent" && model.minimum === undefined && model.maximum === undefined)
  );
}

/** Counts a part to what its order was charged. @param fee from {@link feeOf} */
export function charge(model: FeeModel, quantity: number, price: number, terms: FeeTerms, fee: number): Charges {
  const { charges } = terms;
  return {
    quantity: charges.quantity + quantity,
    notional: charges.notional + quantity * price,
    raw: charges.raw + (model.kind === "none" ? 0 : rawFee(model, quantity, price, terms)),
    venue: charges.venue + (model.kind === "tiered" ? venueFee(model, quantity, price, terms.maker) : 0),
    paid: charges.paid + fee,
  };
}

function rawFee(model: Exclude<FeeModel, { kind: "none" }>, quantity: number, price: number, terms: FeeTerms): number {
  switch (model.kind) {
    case "percent":
      return price * quantity * model.fraction;
    case "per-share":
      return quantity * model.amount;
    case "maker-taker":
      return price * quantity * (terms.maker ? model.maker : model.taker);
    case "tiered":
      return tieredFee(model, quantity, price, terms);
  }
}

function tieredFee(model: TieredFee, quantity: number, price: number, { charges, month }: FeeTerms): number {
  const measure = model.of === "notional" ? quantity * price : quantity;
  if (model.over === "order") {
    const before = model.of === "notional" ? charges.notional : charges.quantity;
    return (before + measure) * rateAt(model, before + measure) - charges.raw;
  }
  let sum = 0;
  let from = month;
  const to = month + measure;
  for (const [i, { upTo, rate }] of model.tiers.entries()) {
    const end = i === model.tiers.length - 1 ? to : Math.min(upTo, to);
    if (end <= from) continue;
    sum += (end - from) * rate;
    from = end;
  }
  return sum;
}

function rateAt({ tiers }: TieredFee, size: number): number {
  return (tiers.find(({ upTo }) => size <= upTo) ?? tiers.at(-1))?.rate ?? 0;
}

function venueFee(model: TieredFee, quantity: number, price: number, maker: boolean): number {
  const measure = model.of === "notional" ? quantity * price : quantity;
  return measure * (maker ? model.maker : model.taker);
}

function bounded({ minimum, maximum }: FeeBounds, fee: number): number {
  const most = maximum === undefined ? fee : Math.min(fee, maximum);
  return minimum === undefined ? most : Math.max(most, minimum);
}

export interface Purchase {
  /** Fill price. */
  readonly price: number;
  /** Money that may be spent, fee included. */
  readonly funds: number;
  /** Part of the notional that has to be there: 1, or an initial margin. */
  readonly part: number;
  /** Units wished for. */
  readonly wish: number;
  readonly lot: number;
  readonly terms: FeeTerms;
}

/** The largest quantity, in whole lots, of whose notional the funds cover the part, and the fee; for a wish that they do not cover. */
export function affordable(model: FeeModel, { price, funds, part, wish, lot, terms }: Purchase): number {
  if (!(funds > 0)) return 0;
  const fits = (quantity: number) => part * price * quantity + feeOf(model, quantity, price, terms) <= funds;
  const estimate = estimateOf(model, part * price, price, funds, terms);
  if (estimate === undefined) return search(fits, wish, lot);
  if (!(estimate > 0)) return 0;
  if (lot === 0) {
    // Rounding may leave the estimate an ulp or two too dear.
    let quantity = estimate;
    for (let ulps = 1; !fits(quantity); ulps *= 2) quantity = estimate * (1 - ulps * Number.EPSILON);
    return quantity > DUST * wish ? quantity : 0;
  }
  let lots = Math.min(Math.floor(estimate / lot) + 1, Math.round(wish / lot));
  // Beyond 2^53 a number less one is the same number.
  while (lots > 0 && !fits(unitsOf(lots, lot))) lots -= Math.max(1, lots * Number.EPSILON);
  return unitsOf(lots, lot);
}

/** In closed form where the fee is a line, or the larger of two. */
function estimateOf(
  model: FeeModel,
  unit: number,
  price: number,
  funds: number,
  { charges }: FeeTerms,
): number | undefined {
  if (model.kind === "none") return funds / unit;
  if (model.kind === "percent" && isLinear(model)) return funds / (unit + price * model.fraction);
  if (model.kind !== "per-share" || model.maximum !== undefined) return undefined;
  // The fee is the larger of two lines, so what fits is the smaller of what fits under each.
  const underMinimum = (funds + charges.paid - (model.minimum ?? 0)) / unit;
  const underAmount = (funds + charges.paid - charges.raw) / (unit + model.amount);
  return Math.min(underMinimum, underAmount);
}

/** By halving: what an order costs grows with it. */
function search(fits: (quantity: number) => boolean, wish: number, lot: number): number {
  if (lot === 0) {
    let [low, high] = [0, wish];
    for (let i = 0; i < 64; i++) {
      const middle = low + (high - low) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low > DUST * wish ? low : 0;
  }
  let [low, high] = [0, Math.round(wish / lot)];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    // Beyond 2^53 two numbers may have none between them.
    if (middle === low || middle === high) break;
    if (fits(unitsOf(middle, lot))) low = middle;
    else high = middle;
  }
  return unitsOf(low, lot);
}
