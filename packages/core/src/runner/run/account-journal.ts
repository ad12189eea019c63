import type { OrderTerms } from "../../backtest/order-terms.ts";
import type { Leg } from "../../backtest/rebalance.ts";
import type { StateStorage } from "../../plugin/contract/storage.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import { QmtlError } from "../../schema/error.ts";
import {
  type AccountDeedRecord,
  type AccountRecord,
  type AccountStanding,
  accountStream,
  type OpenedRecord,
  readAccountRecord,
  type TradedRecord,
} from "./account-record.ts";
import { SHUT } from "./standing.ts";

/** Where an account's records end. */
export interface AccountHead {
  /** Of the last record of the stream; 0 for a new one. */
  readonly revision: number;
  /** Absent before the first trade. */
  readonly opened?: OpenedRecord;
  /** The last bar that a record names, how it stood then, and what the gate had seen. */
  readonly last?: Pick<TradedRecord, "to" | "standing" | "sequence">;
}

/** An account as its records have it. */
export interface KeptAccount {
  readonly head: AccountHead;
  /** Since it was opened. */
  readonly history: readonly AccountDeedRecord[];
}

export const NO_ACCOUNT: AccountHead = { revision: 0 };

/** @throws `run.corrupt-account`, `run.newer-account` */
export async function readAccount(
  storage: StateStorage,
  world: string,
  account: string,
  signal: AbortSignal,
): Promise<KeptAccount> {
  const stored = await storage.read(world, accountStream(account), 0, { signal });
  let head = NO_ACCOUNT;
  const history: AccountDeedRecord[] = [];
  for (const one of stored) {
    const record = readAccountRecord(account, one);
    head = follow(head, record);
    if (record.kind === "opened") history.length = 0;
    else history.push(record);
  }
  return { head, history };
}

/** The head after one more record. @throws `run.corrupt-account` for one that can't follow */
export function follow({ revision: before, opened, last }: AccountHead, record: AccountRecord): AccountHead {
  const revision = before + 1;
  if (record.kind === "opened") return { revision, opened: record };
  const { to, standing, sequence } = record;
  const fits = last === undefined ? record.kind === "traded" : record.kind === "traded" ? to > last.to : to === last.to;
  if (opened === undefined || !fits)
    throw new QmtlError({
      code: "run.corrupt-account",
      message: `Record ${revision} (${record.kind}) can't follow in an account${opened === undefined ? " that is not open" : ""}`,
      next: "Restore the journal from a copy, or run under another --session.",
      class: "failed",
    });
  return { revision, opened, last: { to, standing, sequence } };
}

/** Nothing is held and nothing waits. */
export function isFlat({ last }: AccountHead): boolean {
  return last === undefined || (last.standing.positions.length === 0 && last.standing.waiting === 0);
}

/** What brings an account to where its records end. */
export type Deed =
  | {
      readonly kind: "trade";
      readonly to: number;
      readonly terms: OrderTerms;
      /** How it stood then; absent where no record says. */
      readonly standing?: AccountStanding;
    }
  | { readonly kind: "cancel"; readonly standing: AccountStanding }
  | { readonly kind: "rebalance"; readonly legs: readonly Leg[]; readonly standing: AccountStanding };

/** The deeds of an account, in their order. Bars that no record names were passed with nothing held and nothing let through. */
export function deedsOf({ head: { opened }, history }: KeptAccount): readonly Deed[] {
  const deeds: Deed[] = [];
  const trade = (deed: Extract<Deed, { kind: "trade" }>): void => {
    const before = deeds.at(-1);
    if (before?.kind === "trade" && canonicalJson(before.terms) === canonicalJson(deed.terms)) deeds.pop();
    deeds.push(deed);
  };
  let passed = opened?.from === undefined ? Number.NEGATIVE_INFINITY : opened.from - 1;
  for (const record of history) {
    const { standing } = record;
    if (record.kind === "cancelled") deeds.push({ kind: "cancel", standing });
    else if (record.kind === "rebalanced") deeds.push({ kind: "rebalance", legs: record.legs, standing });
    else {
      const { after, to, terms } = record;
      if (after !== undefined && after > passed) trade({ kind: "trade", to: after, terms: SHUT });
      trade({ kind: "trade", to, terms, standing });
      passed = to;
    }
  }
  return deeds;
}
