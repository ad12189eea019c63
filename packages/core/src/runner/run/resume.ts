import type { OrderTerms } from "../../backtest/order-terms.ts";
import { isoText } from "../../data/iso.ts";
import { QmtlError } from "../../schema/error.ts";
import { deedsOf, type KeptAccount } from "./account-journal.ts";
import type { AccountStanding, OpenedRecord, TradedRecord } from "./account-record.ts";
import type { RunExecutor } from "./executor.ts";
import { type PlainPanels, rowsBetween, rowsDigest } from "./rows.ts";
import { SHUT } from "./standing.ts";

/** What an account was opened under, and would be opened under now. */
export type AccountTerms = Pick<OpenedRecord, "strategy" | "feed" | "brokerage" | "engine" | "equity">;

/**
 * Whether an account that was opened before can go on. What can't, and holds nothing, gives way to a new one.
 *
 * @throws `run.other-feed`, `run.other-strategy`, `run.other-terms` for one that holds something
 */
export function requireSameTerms(account: string, opened: OpenedRecord, now: AccountTerms, flat: boolean): boolean {
  const other =
    opened.strategy !== now.strategy
      ? (["run.other-strategy", `was opened for ${opened.strategy}, not ${now.strategy}`] as const)
      : opened.feed !== now.feed
        ? (["run.other-feed", `trades on ${opened.feed} bars, not on ${now.feed} ones`] as const)
        : opened.brokerage !== now.brokerage
          ? (["run.other-terms", "was opened under another brokerage, equity or universe of the world"] as const)
          : opened.equity !== now.equity
            ? ([
                "run.other-terms",
                `was opened with ${opened.equity}, and the world's equity is ${now.equity}`,
              ] as const)
            : opened.engine !== now.engine
              ? (["run.other-terms", `was opened with engine ${opened.engine}, and this is ${now.engine}`] as const)
              : undefined;
  if (other === undefined) return true;
  if (flat) return false;
  const [code, message] = other;
  throw new QmtlError({
    code,
    message: `Account ${account} ${message}, and it holds positions or orders`,
    next: "Put back what it was opened under and let it drain, or run under another --session.",
  });
}

/**
 * Brings an account to where its records end: its bars are traded again under the terms that were recorded, and have to come to the same.
 *
 * @param panels all that is known now, of which the account has the history up to `passed`
 * @throws `run.history-changed`, `run.account-differs`
 */
export async function replayAccount(of: {
  readonly account: string;
  readonly kept: KeptAccount;
  readonly panels: PlainPanels;
  readonly executor: Pick<RunExecutor, "trade" | "cancel" | "rebalance">;
  /** The last bar that was passed. */
  readonly passed: number;
}): Promise<AccountStanding | undefined> {
  const { account, kept, panels, executor, passed } = of;
  for (const record of kept.history) if (record.kind === "traded") requireSameRows(account, panels, record);
  let standing: AccountStanding | undefined;
  let to = Number.NEGATIVE_INFINITY;
  const trade = async (end: number, terms: OrderTerms): Promise<void> => {
    ({ standing } = await executor.trade({ rows: new Map(), ended: [], to: end, terms }));
    to = end;
  };
  for (const deed of deedsOf(kept)) {
    if (deed.kind === "trade") await trade(deed.to, deed.terms);
    else if (deed.kind === "cancel") ({ standing } = await executor.cancel());
    else ({ standing } = await executor.rebalance(deed.legs));
    if (deed.standing !== undefined) requireSame(account, to, deed.standing, standing!);
  }
  if (passed > to) await trade(passed, SHUT);
  return standing;
}

function requireSameRows(account: string, panels: PlainPanels, record: TradedRecord): void {
  const { after = Number.NEGATIVE_INFINITY, to, rows } = record;
  if (rowsDigest(rowsBetween(panels, after, to)) === rows) return;
  throw new QmtlError({
    code: "run.history-changed",
    message: `The bars up to ${isoText(to)} are no longer those that account ${account} was traded on`,
    place: { bar: to },
    next: "Put the source back as it was, or run under another --session.",
    class: "failed",
  });
}

function requireSame(account: string, to: number, was: AccountStanding, is: AccountStanding): void {
  const same =
    was.equity === is.equity &&
    was.cash === is.cash &&
    was.waiting === is.waiting &&
    was.positions.length === is.positions.length &&
    was.positions.every(({ symbol, quantity }, i) => {
      const now = is.positions[i]!;
      return now.symbol === symbol && now.quantity === quantity;
    });
  if (same) return;
  throw new QmtlError({
    code: "run.account-differs",
    message: `Account ${account} came to ${is.equity} at ${isoText(to)}, and its records say ${was.equity}`,
    place: { bar: to },
    next: "Report this: the same bars under the same terms have to come to the same. Run under another --session meanwhile.",
    class: "failed",
  });
}
