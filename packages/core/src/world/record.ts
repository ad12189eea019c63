import type { BindingLimit } from "../plugin/contract/allocator.ts";
import type { Figure, TrialStatistics, Verdict } from "../plugin/contract/evaluator.ts";
import type { JsonValue } from "../plugin/contract/storage.ts";
import type { HysteresisState, PolicyVerdict } from "../policy/policy.ts";
import type { ActivationEntry } from "./activation.ts";
import type { Stage, StageState } from "./campaign/campaign.ts";
import type { DowngradeReason } from "./downgrade.ts";
import type { Edge } from "./edge.ts";
import type { Mode } from "./mode.ts";

/** The stream of a world's storage that holds its journal. */
export const JOURNAL = "journal";

/** The format of every record that this code reads and writes. From 2 on, each carries the digest of the record before it. */
export const RECORD_FORMAT = 2;

interface Base<K extends string> {
  readonly kind: K;
  readonly format: typeof RECORD_FORMAT;
  /** When it was built, ms UTC. */
  readonly at: number;
}

/** What a run read. */
export interface DatasetRef {
  /** Merkle root over what the graph and the brokerage read. */
  readonly fingerprint: string;
  /** The commit that `asOf` was resolved to; absent when none could be. */
  readonly commit?: string;
  /** The instant of knowledge, ms UTC; absent when none could be resolved. */
  readonly asOf?: number;
  /** The end of the data, ms UTC: the evaluation period. */
  readonly end: number;
  readonly pointInTime: boolean;
}

export type Params = Readonly<Record<string, number | string>>;

/** `file`: the version digest is of what a file was loaded from. `process`: an object in memory, whose code nothing vouches for. */
export type Identity = "file" | "process";

/** The world's configuration at its first use, and each time it was found changed. */
export interface ConfiguredRecord extends Base<"configured"> {
  readonly digest: string;
  /** Absent at first use. */
  readonly previous?: string;
  readonly config: JsonValue;
}

/** A digest x params x dataset x brokerage that was evaluated, whatever became of it. */
export interface TrialRecord extends Base<"trial"> {
  readonly evalKey: string;
  readonly trialKey: string;
  readonly origin: "submit" | "sweep" | "preview";
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
  readonly dataset: DatasetRef;
  /** Digest. */
  readonly brokerage: string;
  readonly evidence: "backtest" | "declared";
  readonly statistics: TrialStatistics;
  /** Where the returns of a trial without an evaluation are kept; with one, its stored run has them. */
  readonly returns?: TrialReturnsRef;
  /** What was typed for it, to have it again. */
  readonly command?: string;
}

/** A row of a block of returns, which holds those of many trials. */
export interface TrialReturnsRef {
  /** Digest of the object. */
  readonly block: string;
  /** From 0. */
  readonly row: number;
}

/** What an evaluation came to; a pure function of its key. */
export interface EvaluationRecord extends Base<"evaluation"> {
  readonly evalKey: string;
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
  readonly dataset: DatasetRef;
  readonly engine: string;
  readonly evidence: "backtest" | "declared";
  readonly identity: Identity;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly checks: Readonly<Record<string, Verdict>>;
  /** Values read from another world, domain or partition; above 0 the evidence can't be used. */
  readonly crossContextHits: number;
  /** Digests of the stored returns, trades, report… by name. */
  readonly objects: Readonly<Record<string, string>>;
}

/** A version becomes its strategy's candidate. The newest of a strategy counts. */
export interface AcceptedRecord extends Base<"accepted"> {
  readonly strategy: string;
  readonly version: string;
  readonly evalKey: string;
  /** The mode or domain that the author asked for: recorded, never obeyed. */
  readonly requested?: string;
}

/** The world's word on one version. */
export interface VersionDecision {
  readonly strategy: string;
  readonly version: string;
  readonly evalKey: string;
  readonly params: Params;
  /** Effective when it was decided: capped, and downgraded for the reasons in `downgrades`. */
  readonly mode: Mode;
  readonly downgrades: readonly DowngradeReason[];
  /** A sentence. */
  readonly reason: string;
  readonly verdict: PolicyVerdict["verdict"];
  readonly rank?: number;
  readonly score?: number;
  /** Of the campaign; absent for a version that was rejected beside its strategy's candidate. */
  readonly stage?: Stage;
  /** Of the world's equity, from the allocator; 0 when it isn't selected. */
  readonly allocated: number;
  /** What it gets of that: a live version no more than was approved. */
  readonly share: number;
  /** Factor on top of the share, 0 to 1: below 1 for a canary. */
  readonly scale: number;
  readonly gates: PolicyVerdict["gates"];
  readonly exclusions: PolicyVerdict["exclusions"];
  readonly notes: PolicyVerdict["notes"];
  readonly evidence: "backtest" | "declared";
  readonly requested?: string;
}

export interface DecisionEnvelope {
  readonly world: string;
  /** The head of the journal that it was taken at. */
  readonly revision: number;
  /** Digest of the world's whole configuration. */
  readonly config: string;
  /** The evaluation period that it is for: the end of the data, ms UTC. */
  readonly period: number;
  /** The instant of knowledge that it stands on, ms UTC. Its age counts from here. */
  readonly asOf: number;
  /** Ms after `asOf` until which it holds; absent in a world that pins `as_of`: it does not age. */
  readonly ttl?: number;
  readonly versions: readonly VersionDecision[];
  /** What should be active, best first. */
  readonly selected: readonly { readonly strategy: string; readonly version: string }[];
  readonly hysteresis: Readonly<Record<string, HysteresisState>>;
  /** By strategy: the stage of its candidate. */
  readonly campaign: Readonly<Record<string, StageState>>;
  /** How the shares came about; absent where nothing was selected, and in records from before it was kept. */
  readonly allocation?: AllocationWord;
}

/** What an allocator said beside the shares. */
export interface AllocationWord {
  /** Of the shares: the allocator's own, or what stood in for it. */
  readonly method: string;
  /** A sentence: why another method stood in. */
  readonly fallback?: string;
  readonly notes: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly binding: readonly {
    readonly name: string;
    readonly kind: BindingLimit["kind"];
    readonly of?: string;
    readonly bound: number;
    readonly multiplier: number;
  }[];
}

export interface DecisionRecord extends Base<"decision"> {
  readonly envelope: DecisionEnvelope;
}

/** A person lets a decision that waits be applied. */
export interface ApprovedRecord extends Base<"approved"> {
  /** Revision of the decision's record. */
  readonly decision: number;
  readonly actor: string;
  readonly comment: string;
}

/** A person's word on one strategy: it may go live, or it may not. The decision that follows has taken it up. */
export interface RuledRecord extends Base<"ruled"> {
  readonly strategy: string;
  readonly version: string;
  readonly verdict: "approved" | "rejected";
  /** The most of the world's equity that it may have; 0 where it is rejected. */
  readonly share: number;
  readonly actor: string;
  readonly comment: string;
}

export interface FreezingRecord extends Base<"freezing"> {
  readonly epoch: number;
  /** The name that whoever proposed it gave it: used once. */
  readonly run?: string;
  /** Revision of the decision's record. */
  readonly decision: number;
  readonly target: readonly ActivationEntry[];
  /** Sessions whose acknowledgement it takes. */
  readonly required: readonly string[];
}

export interface AcknowledgedRecord extends Base<"acknowledged"> {
  readonly epoch: number;
  readonly participant: string;
  readonly sequence: number;
}

/** A required session ended, or was not seen for `gate_ttl`: its gate is shut. */
export interface LeftRecord extends Base<"left"> {
  readonly epoch: number;
  readonly participant: string;
}

/** The commit point of an apply: from here on its target is the world's activation. */
export interface SwitchedRecord extends Base<"switched"> {
  readonly epoch: number;
}

export interface CompletedRecord extends Base<"completed"> {
  readonly epoch: number;
  readonly missing: readonly string[];
}

export interface AbortingRecord extends Base<"aborting"> {
  readonly epoch: number;
  /** A sentence. */
  readonly reason: string;
  /** The operator who aborted it. */
  readonly actor?: string;
}

export interface RolledBackRecord extends Base<"rolled-back"> {
  readonly epoch: number;
  readonly gates: "reopened" | "frozen";
  readonly missing: readonly string[];
}

/** A run was taken back to a safer mode than the world's word, outside of a decision. */
export interface DowngradeRecord extends Base<"downgrade"> {
  readonly strategy: string;
  readonly version: string;
  readonly reasons: readonly DowngradeReason[];
  /** The mode it ended in. */
  readonly mode: Mode;
  readonly requested?: string;
}

/** What a runner's account made of one evaluation period. Once per account and period. */
export interface RealisedRecord extends Base<"realised"> {
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
  /** The runner's account: the stream of this world that holds its orders and fills. */
  readonly account: string;
  /** Where its orders went. */
  readonly domain: "dryrun" | "live";
  /** `replay`: bars of the past were released one by one, so the world may have known them when it decided. It is no evidence of skill. */
  readonly feed: "live" | "replay";
  /** End of the evaluation period, ms UTC. */
  readonly period: number;
  /** Simple net return of the period. */
  readonly return: number;
  /** At its end, in account currency. */
  readonly equity: number;
}

/** An edge across execution domains was opened or shut. */
export interface EdgeRecord extends Base<"edge">, Edge {
  readonly open: boolean;
  /** A sentence. */
  readonly reason: string;
  /** Who did it; absent when an apply did. */
  readonly actor?: string;
  /** Ms UTC until which it holds; absent: until another one. */
  readonly expires?: number;
}

/** A run took over what another domain had computed, through an edge that was open. */
export interface EdgeReadRecord extends Base<"edge-read"> {
  readonly strategy: string;
  readonly version: string;
  readonly from: Edge["from"];
  readonly to: Edge["to"];
  /** Digest of the object that was read. */
  readonly columns: string;
  readonly nodes: number;
  /** Cells that were not computed again, over all nodes and symbols, a row of a node counted once. */
  readonly rows: number;
}

/** The shares at which a world's strategies hold positions from now on: what the next rebalancing counts from. */
export interface AllocatedRecord extends Base<"allocated"> {
  /** Names the change: the same name and content is recorded once, the same name with other content is refused. */
  readonly run: string;
  /** Digest of what follows. */
  readonly content: string;
  /** Revision of the decision's record. */
  readonly decision: number;
  /** Of all worlds, in `currency`. */
  readonly total: number;
  readonly currency: string;
  /** Of the total. */
  readonly worldShare: number;
  readonly strategies: readonly {
    readonly strategy: string;
    readonly version: string;
    /** Of the world's equity, share times scale. */
    readonly share: number;
  }[];
  /** Ms after which it is stale; absent in a world that pins `as_of`. */
  readonly ttl?: number;
}

/** Orders that bring positions to new shares. A runner that trades a strategy executes those of its own once, by `run`. */
export interface RebalancedRecord extends Base<"rebalanced"> {
  readonly run: string;
  /** Id of the plan. */
  readonly plan: string;
  readonly mode: "scaling" | "overlay" | "hybrid";
  readonly actor: string;
  readonly orders: readonly {
    readonly strategy: string;
    readonly symbol: string;
    readonly venue: string | null;
    /** Signed units. */
    readonly quantity: number;
    readonly reduceOnly: boolean;
    /** Signed units that the strategy held when it was planned: the order is for these. Absent in records from before runners executed it. */
    readonly held?: number;
  }[];
  readonly turnover: number;
  readonly cost: number;
}

/** A runner's account has placed the orders of a rebalancing that are its strategy's, or left them out by name. Once per run and strategy. */
export interface ExecutedRecord extends Base<"executed"> {
  readonly run: string;
  readonly strategy: string;
  readonly version: string;
  /** The runner's account: the stream of this world that holds its orders and fills. */
  readonly account: string;
  /** The last bar that was traded before, ms UTC: the orders fill in the next. */
  readonly to: number;
  readonly legs: readonly {
    readonly symbol: string;
    /** Signed units. */
    readonly asked: number;
    readonly ordered: number;
    /** Where less was ordered than asked for. */
    readonly reason?: string;
  }[];
}

export type ApplyRecord =
  | FreezingRecord
  | AcknowledgedRecord
  | LeftRecord
  | SwitchedRecord
  | CompletedRecord
  | AbortingRecord
  | RolledBackRecord;

/** One entry of a world's journal. */
export type WorldRecord =
  | ConfiguredRecord
  | TrialRecord
  | EvaluationRecord
  | AcceptedRecord
  | DecisionRecord
  | ApprovedRecord
  | RuledRecord
  | ApplyRecord
  | EdgeRecord
  | EdgeReadRecord
  | DowngradeRecord
  | RealisedRecord
  | AllocatedRecord
  | RebalancedRecord
  | ExecutedRecord;

export interface JournalEntry {
  readonly revision: number;
  readonly record: WorldRecord;
}
