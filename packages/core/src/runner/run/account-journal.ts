import type { OrderTerms } from "../../backtest/order-terms.ts";
import type { StateStorage } from "../../plugin/contract/storage.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import { QmtlError } from "../../schema/error.ts";
import {
  type AccountRecord,
  type AccountStanding,
  accountStream,
  type CancelledRecord,
  type OpenedRecord,
  readAccountRecord,
  type TradedRecord,
} from "./account-record.ts";
import { SHUT } from "./standing.ts";

/** An account as its records have it. */
export interface KeptAccount {
  /** Of the last record of the stream; 0 for a new one. */
  readonly revision: number;
  /** Absent before the first trade. */
  readonly opened?: OpenedRecord;
  /** Since it was opened. */
  readonly history: readonly (TradedRecord | CancelledRecord)[];
  /** How it stood last. */
  readonly standing?: AccountStanding;
}

/** @throws `run.corrupt-account`, `run.newer-account` */
export async function readAccount(
  storage: StateStorage,
  world: string,
  account: string,
  signal: AbortSignal,
): Promise<KeptAccount> {
  const stored = await storage.read(world, accountStream(account), 0, { signal });
  const records = stored.map((one) => readAccountRecord(account, one));
  return records.reduce(keep, { revision: 0, history: [] });
}

/** The account after one more record. @throws `run.corrupt-account` for one that can't follow */
export function keep(account: KeptAccount, record: AccountRecord): KeptAccount {
  const revision = account.revision + 1;
  if (record.kind === "opened") return { revision, opened: record, history: [] };
  const { opened, history } = account;
  if (opened === undefined || !(record.to >= (lastBar(account) ?? Number.NEGATIVE_INFINITY)))
    throw new QmtlError({
      code: "run.corrupt-account",
      message: `Record ${revision} (${record.kind}) can't follow in an account${opened === undefined ? " that is not open" : ""}`,
      next: "Restore the journal from a copy, or run under another --session.",
      class: "failed",
    });
  return { revision, opened, history: [...history, record], standing: record.standing };
}

/** The last bar that was traded. */
export function lastBar({ history }: KeptAccount): number | undefined {
  return history.at(-1)?.to;
}

/** Nothing is held and nothing waits. */
export function isFlat({ standing }: KeptAccount): boolean {
  return standing === undefined || (standing.positions.length === 0 && standing.waiting === 0);
}

/** What brings an account to where its records end. */
export type Deed =
  | { readonly kind: "trade"; readonly to: number; readonly terms: OrderTerms; readonly standing?: AccountStanding }
  | { readonly kind: "cancel"; readonly standing: AccountStanding };

/** The deeds of an account, in their order. Bars that no record names were passed with nothing held and nothing let through. */
export function deedsOf({ opened, history }: KeptAccount): readonly Deed[] {
  const deeds: Deed[] = [];
  const trade = (deed: Extract<Deed, { kind: "trade" }>): void => {
    const before = deeds.at(-1);
    if (before?.kind === "trade" && canonicalJson(before.terms) === canonicalJson(deed.terms)) deeds.pop();
    deeds.push(deed);
  };
  let passed = opened?.from === undefined ? undefined : opened.from - 1;
  for (const record of history) {
    const { standing } = record;
    if (record.kind === "cancelled") deeds.push({ kind: "cancel", standing });
    else {
      const { after, to, terms } = record;
      if (after !== undefined && (passed === undefined || after > passed))
        trade({ kind: "trade", to: after, terms: SHUT });
      trade({ kind: "trade", to, terms, standing });
      passed = to;
    }
  }
  return deeds;
}
