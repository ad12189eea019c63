import type { QmtlErrorJson } from "../../schema/error.ts";
import type { ApplyOutlook } from "../../world/decide.ts";
import type { ExecutionDomain, Mode } from "../../world/mode.ts";
import type { ExecutedRecord } from "../../world/record.ts";
import type { AccountStanding, CancelledRecord, RebalancedAccountRecord, TradedRecord } from "./account-record.ts";
import type { LateRows } from "./live-feed.ts";
import type { WarmStart } from "./warm-start.ts";

/** What a runner tells while it runs. `--json` prints one per line. */
export type RunEvent =
  /** The strategy is loaded, its history computed, its account as it was left. */
  | {
      readonly kind: "ready";
      readonly world: string;
      readonly strategy: string;
      readonly version: string;
      readonly account: string;
      readonly feed: "live" | "replay";
      /** The file at hand says something else: what runs is what the account was opened with. */
      readonly fileChanged: boolean;
      /** Bars of the clock that were computed before the first of the feed. */
      readonly history: number;
      /** The last bar that was traded; absent in a new account. */
      readonly resumedAt?: number;
      readonly standing?: AccountStanding;
    }
  /** The session, what the world lets it do, and whether its gate is open. Each time that one of them changes. */
  | {
      readonly kind: "gate";
      readonly session: string;
      readonly domain: ExecutionDomain;
      readonly mode: Mode;
      readonly gate: string;
      readonly sequence: number;
      /** Revision of the activation that the session has seen; 0 before it has seen one. */
      readonly activation: number;
    }
  /** Bars were traded. What is recorded of them; nothing is where nothing is held and nothing passes. */
  | ({ readonly kind: "bars"; readonly recorded: boolean } & Omit<TradedRecord, "kind" | "format" | "rows">)
  | ({ readonly kind: "cancelled" } & Omit<CancelledRecord, "kind" | "format">)
  /** What `backtest` computed of the version could be taken over, and was if the edge is open: see `WarmStart`. */
  | ({ readonly kind: "warm" } & Omit<WarmStart, "begun">)
  /** Rows came in after that of their bar, or of a later one. They were left out: what was traded without them is not revised. */
  | ({ readonly kind: "late" } & LateRows)
  /** Orders of a rebalancing of the world were placed after these bars, or left out by name: once. */
  | ({ readonly kind: "rebalanced" } & Pick<ExecutedRecord, "run" | "to" | "legs"> &
      Pick<RebalancedAccountRecord, "orders" | "limited" | "standing">)
  /** The world was judged again on a session that this run realised. */
  | {
      readonly kind: "ticked";
      /** End of the evaluation period, ms UTC. */
      readonly period: number;
      /** False where the world had said the same already. */
      readonly committed: boolean;
      /** Of the decision that holds. */
      readonly revision: number;
      readonly apply: ApplyOutlook["kind"];
    }
  /** Something failed and is tried again. */
  | { readonly kind: "problem"; readonly error: QmtlErrorJson }
  | {
      readonly kind: "stopped";
      /** `signal`: it was told to. `end`: the feed has no more. */
      readonly because: "signal" | "end";
      readonly bars: number;
      readonly orders: number;
      readonly fills: number;
      readonly standing?: AccountStanding;
    };
