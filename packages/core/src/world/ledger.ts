import type { TrialScope, TrialStatistics } from "../plugin/contract/evaluator.ts";
import { canonicalJson, digest } from "../schema/canonical.ts";
import type { Params, TrialRecord } from "./record.ts";
import type { WorldState } from "./state.ts";

/** What makes two evaluations the same trial: another policy or evaluator judges it again, but tries nothing new. */
export interface TrialIdentity {
  /** Digest of the strategy's version. */
  readonly version: string;
  readonly params: Params;
  /** The dataset's fingerprint. */
  readonly dataset: string;
  /** From `brokerageDigest`. */
  readonly brokerage: string;
}

/** @returns 64 hexadecimal digits */
export function trialKey({ version, params, dataset, brokerage }: TrialIdentity): string {
  return digest("trial/1", { version, params: { ...params }, dataset, brokerage });
}

/** Every trial once, in the order in which they were first made; of one that was evaluated again the newest evaluation. */
export function ledger({ trials }: WorldState): readonly TrialRecord[] {
  const byKey = new Map<string, TrialRecord>();
  for (const trial of trials.values()) byKey.set(trial.trialKey, trial);
  return [...byKey.values()];
}

/**
 * The trials that deflate a figure of `own`: the ledger, with `own` in place of an earlier evaluation of the same trial. The
 * entry of `own` comes last and has its EvalKey, which is the evaluator's `self`.
 */
export function trialsFor(
  state: WorldState,
  own: { readonly trialKey: string; readonly statistics: TrialStatistics },
): readonly TrialStatistics[] {
  const others = ledger(state).filter(({ trialKey: key }) => key !== own.trialKey);
  return [...others.map(({ statistics }) => statistics), own.statistics];
}

/** What a strategy was tried as: its version at its params, by the evaluation that stands for it. */
export interface Variant {
  readonly evalKey: string;
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
  /** End of the data that it was evaluated on, ms UTC. */
  readonly dataEnd: number;
}

/** The variants that a run's returns are laid beside, its own among them, sorted by EvalKey. */
export interface VariantSelection {
  readonly variants: readonly Variant[];
  /** Trials whose returns were declared: they have no times. */
  readonly declared: number;
  /** Variants beyond the most that are read. */
  readonly capped: number;
}

/** The returns of at most this many variants are laid beside each other. */
export const MOST_VARIANTS = 500;

/** All variants of a ledger. */
export interface LedgerVariants {
  readonly variants: readonly Variant[];
  readonly declared: readonly Variant[];
}

/**
 * Every variant of the world's ledger once: of several evaluations the one whose data end last, and of these the newest. `own` is a
 * trial that is about to enter.
 */
export function variantsOf(state: WorldState, own: Variant & Pick<TrialRecord, "evidence">): LedgerVariants {
  const newest = new Map<string, Variant>();
  const declared: Variant[] = [];
  const add = ({ evidence, ...variant }: Variant & Pick<TrialRecord, "evidence">): void => {
    const key = variantKey(variant);
    if (evidence === "declared") declared.push(variant);
    else if (variant.dataEnd >= (newest.get(key)?.dataEnd ?? Number.NEGATIVE_INFINITY)) newest.set(key, variant);
  };
  for (const { evalKey, strategy, version, params, dataset, evidence } of ledger(state))
    if (evalKey !== own.evalKey) add({ evalKey, strategy, version, params, dataEnd: dataset.end, evidence });
  const { evalKey, strategy, version, params, dataEnd, evidence } = own;
  add({ evalKey, strategy, version, params, dataEnd, evidence });
  return { variants: [...newest.values()], declared };
}

/**
 * The variants of a scope with `self` for its own, whatever else stands for that. Of more than {@link MOST_VARIANTS} a sample by
 * EvalKey is taken, which always has `self`: EvalKeys are digests, so nobody chooses who is in it.
 */
export function selectVariants(
  { variants, declared }: LedgerVariants,
  { self, scope }: { readonly self: Variant; readonly scope: TrialScope },
): VariantSelection {
  const inScope = ({ strategy }: Variant): boolean => scope === "world" || strategy === self.strategy;
  const own = variantKey(self);
  const others = variants.filter((variant) => inScope(variant) && variantKey(variant) !== own).sort(byEvalKey);
  const kept = others.slice(0, MOST_VARIANTS - 1);
  return {
    variants: [...kept, self].sort(byEvalKey),
    declared: declared.filter((one) => inScope(one) && one.evalKey !== self.evalKey).length,
    capped: others.length - kept.length,
  };
}

function variantKey({ strategy, version, params }: Variant): string {
  return `${strategy}\n${version}\n${canonicalJson(params)}`;
}

function byEvalKey(a: Variant, b: Variant): number {
  return a.evalKey < b.evalKey ? -1 : 1;
}
