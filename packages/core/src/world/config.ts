import type { Brokerage, Instrument } from "../backtest/brokerage.ts";
import type { RiskLimits } from "../backtest/risk-limits.ts";
import type { DataPreset, FxPreset } from "../data/preset.ts";
import type { Evaluator } from "../plugin/contract/evaluator.ts";
import type { JsonValue } from "../plugin/contract/storage.ts";
import type { Policy } from "../policy/policy.ts";
import { digest } from "../schema/canonical.ts";
import type { CampaignConfig } from "./campaign/campaign.ts";
import { capMode, type Mode } from "./mode.ts";

/** A world as its file says it, with every default filled in. Plain JSON. */
export interface WorldConfig {
  readonly id: string;
  readonly knowledge: Knowledge;
  readonly account: Account;
  readonly presets: readonly DataPreset[];
  /** Rates of the other currencies that symbols are quoted in; absent: there are none. */
  readonly fx?: readonly FxPreset[];
  readonly brokerage: Brokerage;
  readonly policy: Policy;
  readonly evaluators: readonly PluginChoice[];
  readonly allocator: PluginChoice;
  /** What orders are held within; absent: nothing beyond what the brokerage asks for. */
  readonly risk?: RiskLimits;
  /** Never above `compute-only` in a pinned world. */
  readonly maxMode: Mode;
  readonly allowLive: boolean;
  /** `auto`: a decision that changes the active set is applied at once, up to `paper`; `manual`: it waits for an approval. */
  readonly apply: "auto" | "manual";
  /** How versions come to paper and to live, and leave. */
  readonly campaign: CampaignConfig;
  readonly runners: RunnerRules;
  /** `openAfterApply`: a completed apply lets the versions that it made active start from backtest state. */
  readonly edges: { readonly openAfterApply: boolean };
}

/** What a world asks of the runners that take part in it. Milliseconds. */
export interface RunnerRules {
  /** A gate shuts by itself when its session was not renewed for so long. */
  readonly gateTtl: number;
  /** How long each phase of an apply waits for acknowledgements. */
  readonly freezeTimeout: number;
}

/** What a world knows: what was known at one instant, or what its feeds say as long as they lag less than `maxLag` (ms). */
export type Knowledge =
  | { readonly kind: "pinned"; readonly asOf: number }
  | { readonly kind: "following"; readonly maxLag: number };

export interface Account {
  /** Starting equity, in `currency`. */
  readonly equity: number;
  readonly currency: string;
}

/** A plugin by its word, with the configuration that its own schema checks. */
export interface PluginChoice {
  readonly use: string;
  readonly config: { readonly [key: string]: JsonValue };
}

/** An evaluator as it was loaded. */
export interface LoadedEvaluator extends PluginChoice, Pick<Evaluator, "needs"> {
  readonly name: string;
  readonly version: string;
}

/** The highest mode that any decision of this world may give: `max_mode`, and without `allow_live` never `live`. */
export function highestMode({
  maxMode,
  allowLive,
  knowledge,
}: Pick<WorldConfig, "maxMode" | "allowLive" | "knowledge">): Mode {
  const most = knowledge.kind === "pinned" ? capMode(maxMode, "compute-only") : maxMode;
  return allowLive ? most : capMode(most, "paper");
}

/** Every symbol of the universe once, as the account trades it, sorted by symbol. */
export function instrumentsOf(presets: readonly DataPreset[]): readonly Instrument[] {
  const bySymbol = new Map<string, Instrument>();
  for (const { universe } of presets)
    for (const { id, currency, lot = 0, tick = 0, shortable, borrow_rate } of universe.symbols)
      if (!bySymbol.has(id))
        bySymbol.set(id, {
          symbol: id,
          currency,
          lot,
          tick,
          ...(shortable !== undefined && { shortable }),
          ...(borrow_rate !== undefined && { borrowRate: borrow_rate }),
        });
  return [...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** Everything that decides how orders fill and what they cost. Part of a trial's identity. @returns 64 hexadecimal digits */
export function brokerageDigest({
  brokerage,
  account,
  presets,
  fx,
}: Pick<WorldConfig, "brokerage" | "account" | "presets" | "fx">): string {
  const instruments = instrumentsOf(presets);
  return digest("brokerage/1", { brokerage, account, instruments, ...(fx !== undefined && { fx }) });
}

/**
 * What an evaluation depends on besides its strategy and data: account, brokerage, policy, how data is prepared, and the
 * evaluators with their versions. The order of the evaluators does not count.
 *
 * @returns 64 hexadecimal digits, for `EvaluationContext.worldConfig`
 */
export function evaluationConfigDigest(
  config: Pick<WorldConfig, "brokerage" | "account" | "presets" | "policy">,
  evaluators: readonly LoadedEvaluator[],
): string {
  const loaded = evaluators
    .map(({ use, name, version, config: its }) => ({ use, name, version, config: its }))
    .sort((a, b) => (a.use < b.use ? -1 : 1));
  return digest("worldconfig/1", {
    brokerage: brokerageDigest(config),
    presets: config.presets,
    policy: config.policy,
    evaluators: loaded,
  });
}

/** The whole configuration, recorded with every decision so that a change is seen. @returns 64 hexadecimal digits */
export function configDigest(config: WorldConfig): string {
  return digest("world/1", config);
}
