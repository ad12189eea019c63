import type { BindingLimit } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";

const share = z.number().min(0).max(1);
const strategy = z.string().min(1);

/** What shares may be. A strategy that is named and not active is left out. */
export const limitsSchema = z
  .strictObject({
    /** Of each strategy. */
    min: share.default(0),
    max: share.default(1),
    /** Of one strategy, instead of the above. */
    strategies: z.record(strategy, z.strictObject({ min: share.optional(), max: share.optional() })).default({}),
    /** Of several strategies together, by the group's name. */
    groups: z
      .record(
        strategy,
        z.strictObject({ members: z.array(strategy).min(1), min: share.optional(), max: share.optional() }),
      )
      .default({}),
    /** Most that the shares may change in all, `sum |new - held|`. */
    turnover: z.number().min(0).optional(),
    /** Most that the change may cost: `sum rate |new - held|`, of the world's equity. */
    cost: z
      .strictObject({
        rate: share,
        rates: z.record(strategy, share).default({}),
        max: z.number().min(0),
      })
      .optional(),
  })
  .refine(({ min, max }) => min <= max, { error: "`min` is above `max`" })
  .refine(
    ({ min, max, strategies }) =>
      Object.values(strategies).every((own) => (own.min ?? min) <= (own.max ?? Math.max(max, own.min ?? 0))),
    { error: "a strategy's `min` is above its `max`" },
  )
  .refine(({ groups }) => Object.values(groups).every((group) => (group.min ?? 0) <= (group.max ?? 1)), {
    error: "a group's `min` is above its `max`",
  })
  .prefault({});

export type LimitsChoice = z.output<typeof limitsSchema>;

/** `sum over at of shares` between bounds, or `sum rates |share - held|` at most its bound. */
export interface ShareLimit {
  readonly kind: BindingLimit["kind"];
  readonly name: string;
  readonly of?: string;
  readonly bound: number;
  readonly at: readonly number[];
  /** Per entry of `at`, of `turnover` and `cost`. */
  readonly rates?: readonly number[];
}

/** The declared limits on these strategies, in a fixed order. A `max` that no share can reach is no limit. */
export function limitsOn(names: readonly string[], choice: LimitsChoice, budget: number): readonly ShareLimit[] {
  const limits: ShareLimit[] = [];
  const all = names.map((_, i) => i);
  names.forEach((name, i) => {
    const own = Object.hasOwn(choice.strategies, name) ? choice.strategies[name] : undefined;
    const min = own?.min ?? choice.min;
    const max = own?.max ?? Math.max(choice.max, min);
    if (min > 0) limits.push({ kind: "min", name: `min of ${name}`, of: name, bound: min, at: [i] });
    if (max < budget) limits.push({ kind: "max", name: `max of ${name}`, of: name, bound: max, at: [i] });
  });
  for (const group of Object.keys(choice.groups).sort()) {
    const { members, min = 0, max = 1 } = choice.groups[group]!;
    const at = all.filter((i) => members.includes(names[i]!));
    if (at.length === 0) continue;
    if (min > 0) limits.push({ kind: "min", name: `min of group ${group}`, of: group, bound: min, at });
    if (max < budget) limits.push({ kind: "max", name: `max of group ${group}`, of: group, bound: max, at });
  }
  const { turnover, cost } = choice;
  if (turnover !== undefined)
    limits.push({ kind: "turnover", name: "turnover", bound: turnover, at: all, rates: all.map(() => 1) });
  if (cost !== undefined) {
    const rates = names.map((name) => (Object.hasOwn(cost.rates, name) ? cost.rates[name]! : cost.rate));
    limits.push({ kind: "cost", name: "cost", bound: cost.max, at: all, rates });
  }
  return limits;
}

/** What a share vector comes to under a limit. */
export function measured({ at, rates }: ShareLimit, shares: Float64Array, held: Float64Array): number {
  return at.reduce(
    (sum, i, k) => sum + (rates === undefined ? shares[i]! : rates[k]! * Math.abs(shares[i]! - held[i]!)),
    0,
  );
}

/** How far a share vector is beyond a limit; 0 or less within. */
export function beyond(limit: ShareLimit, shares: Float64Array, held: Float64Array): number {
  const value = measured(limit, shares, held);
  return limit.kind === "min" ? limit.bound - value : value - limit.bound;
}
