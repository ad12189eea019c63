import type { OrderEvent } from "../../backtest/order-log.ts";
import { type ActivationEntry, entryKey } from "../../world/activation.ts";
import type { ActivationMessage } from "../../world/apply.ts";
import { messageOf } from "../../world/apply.ts";
import type { GateReason } from "../../world/gate-reason.ts";
import { type DowngradeRecord, type ExecutedRecord, RECORD_FORMAT, type RealisedRecord } from "../../world/record.ts";
import type { OpenWorld } from "../../world/shell/open-world.ts";
import { joinWorld, type Participant, type ParticipantView } from "../../world/shell/participant.ts";
import type { WorldState } from "../../world/state.ts";
import { type AccountHead, follow } from "./account-journal.ts";
import {
  ACCOUNT_FORMAT,
  type AccountRecord,
  type AccountStanding,
  accountStream,
  type CancelledRecord,
  type EndedPeriod,
  type OpenedRecord,
  type TradedRecord,
  writeAccountRecord,
} from "./account-record.ts";
import type { RunExecutor } from "./executor.ts";
import type { FeedStep } from "./feed.ts";
import type { AccountProgress } from "./paper-account.ts";
import { limitedOf, placeRebalances } from "./place-rebalances.ts";
import { problemOf } from "./problem.ts";
import { rowsDigest } from "./rows.ts";
import type { RunContext } from "./run-strategy.ts";
import { type GatedTerms, type HeldVersion, keyOf, type RunStanding, standingOf, termsOf } from "./standing.ts";

export interface TraderOptions {
  readonly context: Pick<RunContext, "config" | "clock" | "signal" | "stop" | "host" | "tell" | "metrics">;
  readonly journal: OpenWorld;
  readonly account: string;
  readonly held: HeldVersion;
  /** Where the account's records end. */
  readonly head: AccountHead;
  /** What is recorded when it begins. */
  readonly opening: Omit<OpenedRecord, "kind" | "format" | "at" | "from">;
  readonly executor: Pick<RunExecutor, "trade" | "cancel" | "rebalance">;
  /**
   * Sees that another version of the strategy can be loaded which an apply is about to activate.
   *
   * @throws to refuse the apply
   */
  readonly foresee: (entry: ActivationEntry) => Promise<void>;
}

/** The account is the paper broker's: whatever a version may do elsewhere, what it realises here was not real. */
const PAPER: RealisedRecord["domain"] = "dryrun";

/** Takes a runner's bars to its account: through the gate, and into the journal before anybody is told. */
export interface Trader {
  /** The account in the executor is where its records end, or further with nothing held and nothing let through. */
  resumed(of: {
    readonly asOf: number;
    readonly standing: AccountStanding | undefined;
    readonly from: number | undefined;
    /** The last bar that was passed. */
    readonly passed: number;
    /** Those that its records name, whether the world's ledger has them or not. */
    readonly periods: readonly EndedPeriod[];
  }): void;
  /** Registers the session. The account has to be warm. */
  join(): Promise<void>;
  /**
   * Trades the bars of a step once no apply is under way. `again`: the world moved on while they were traded; nothing was published, and
   * `rebuild` has brought the account and the feed back to the journal. `stopped`: the runner was told to stop while an apply was under way;
   * nothing was traded.
   */
  take(step: FeedStep, rebuild: () => Promise<void>): Promise<"passed" | "again" | "stopped">;
  /**
   * Says goodbye. Orders that wait are taken back; or `kept` for the next process of the account, which trades them if the world has not moved
   * on by then, as after a crash.
   */
  leave(orders: "taken-back" | "kept"): Promise<void>;
  /** What the world lets the strategy run in place of the version that is held and was active: known when the account is flat and no apply runs. */
  successor(): ActivationEntry | undefined;
  summary(): {
    readonly bars: number;
    readonly orders: number;
    readonly fills: number;
    readonly standing?: AccountStanding;
  };
}

/**
 * Returns are in the account's records at once, and in the world's ledger with them when bars are live. A replay makes many in a moment: they are
 * handed over so many milliseconds apart, so that others get their turn at the journal.
 */
const LEDGER_MS = 1000;

/** What ends by itself: bars wait for it, so that no decision is lost to an apply. */
const PASSING: ReadonlySet<GateReason> = new Set(["joining", "preparing", "apply_running", "session_lost"]);

export function createTrader(options: TraderOptions): Trader {
  const { context, journal, account, held, opening, executor, foresee } = options;
  const { config, clock, signal, stop, host, tell, metrics } = context;
  const key = keyOf(held);
  const stream = accountStream(account);
  let { head } = options;
  let asOf = Number.NaN;
  let from: number | undefined;
  let standing: AccountStanding | undefined;
  let participant: Participant | undefined;
  let view: ParticipantView | undefined;
  let word: RunStanding | undefined;
  let reported: string | undefined;
  let toldGate = "";
  /** Admitted orders that wait. */
  let waiting = 0;
  let broken = false;
  /** Whether the world lists the held version, or did. */
  let served = false;
  let leaving = false;
  let keeping = false;
  /** Periods that the world's ledger may lack, and when it was given some last. */
  let owed: readonly EndedPeriod[] = [];
  let handed = Number.NEGATIVE_INFINITY;
  let changed = (): void => {};
  stop.addEventListener("abort", () => changed(), { once: true });
  const sums = { bars: 0, orders: 0, fills: 0 };

  let queue: Promise<unknown> = Promise.resolve();
  /** One thing at a time happens to the account. */
  const exclusive = <T>(task: () => Promise<T>): Promise<T> => {
    const done = queue.then(task);
    queue = done.catch(() => undefined);
    return done;
  };

  const problem = (error: unknown): void => {
    if (!signal.aborted) tell(problemOf(error));
  };

  const isPassing = (): boolean => view === undefined || (view.gate.kind === "shut" && PASSING.has(view.gate.reason));

  /** Resolves when the gate is what it will be for a while, or when the runner is told to stop. */
  const settled = async (): Promise<void> => {
    while (isPassing() && !stop.aborted && !signal.aborted)
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };

  /** The world's word now; the session says it before an order can follow from it. */
  const consult = async (bar?: number): Promise<RunStanding> => {
    const state = await journal.load();
    const now = standingOf({ state, config, held, asOf, now: clock() });
    const { mode, domain, downgrades } = now;
    const before = word;
    word = now;
    served ||= now.entry !== undefined;
    if (now.entry !== undefined && downgrades.length > 0 && downgrades.join() !== before?.downgrades.join()) {
      for (const reason of downgrades) metrics.count("strategy_compute_context_downgrade_total", { reason });
      const { strategy, version } = held;
      const record: DowngradeRecord = {
        kind: "downgrade",
        format: RECORD_FORMAT,
        at: clock(),
        strategy,
        version,
        reasons: downgrades,
        mode,
      };
      await journal.commit(() => [record], { configured: false });
    }
    if (participant !== undefined && (reported !== domain || bar !== undefined)) {
      reported = domain;
      await participant.report({ version: held.version, domain, ...(bar !== undefined && { bar }) });
    }
    return now;
  };

  const tellGate = (): void => {
    if (view === undefined || word === undefined) return;
    const gate = view.gate.kind === "open" ? "open" : view.gate.reason;
    const { sequence = 0, revision = 0 } = view.message ?? {};
    const event = {
      kind: "gate",
      session: view.session,
      domain: word.domain,
      mode: word.mode,
      gate,
      sequence,
      activation: revision,
    } as const;
    const text = JSON.stringify(event);
    if (text === toldGate) return;
    toldGate = text;
    tell(event);
  };

  const onChange = (now: ParticipantView): void => {
    view = now;
    changed();
    if (participant === undefined || leaving) return;
    consult().then(tellGate, problem);
  };

  const append = async (
    records: readonly AccountRecord[],
    periods: readonly EndedPeriod[],
    seen: ActivationMessage | undefined,
    executed: readonly ExecutedRecord[] = [],
  ): Promise<boolean> => {
    let moved = false;
    const due = [...owed, ...periods];
    const hands = opening.feed === "live" || Math.abs(clock() - handed) >= LEDGER_MS;
    await journal.commitBeside((state) => {
      const present = messageOf(state.apply);
      moved =
        (seen !== undefined && (present.kind !== seen.kind || present.sequence !== seen.sequence)) ||
        executed.some(({ run }) => state.executions.get(run)?.some(({ strategy }) => strategy === held.strategy));
      if (moved) return undefined;
      const bodies = records.map((record) => writeAccountRecord(account, record));
      const realised = hands ? realisedOf(due, state) : [];
      return {
        records: [...executed, ...realised],
        beside: [{ stream, expectedRevision: head.revision, records: bodies }],
      };
    });
    if (moved) return false;
    owed = hands ? [] : due;
    if (hands) handed = clock();
    head = records.reduce(follow, head);
    return true;
  };

  /** Orders that waited are taken back, unless nothing has changed since they were placed: a process that came back keeps its own. */
  const cancelOrders = (): Promise<number> =>
    exclusive(async () => {
      const { last } = head;
      if (broken || keeping || last === undefined || last.standing.waiting === 0) return 0;
      const message = view?.message;
      const same = message?.sequence === last.sequence && message.kind !== "freeze" && message.kind !== "restore";
      if (same) return 0;
      const progress = await executor.cancel();
      const record: CancelledRecord = {
        kind: "cancelled",
        format: ACCOUNT_FORMAT,
        at: clock(),
        to: last.to,
        sequence: message?.sequence ?? last.sequence,
        orders: progress.orders,
        standing: progress.standing,
      };
      await append([record], [], undefined);
      standing = progress.standing;
      const { kind: _, format: __, ...told } = record;
      tell({ kind: "cancelled", ...told });
      const done = waiting;
      waiting = 0;
      return done;
    });

  const tryTake = async (step: FeedStep): Promise<"passed" | "again" | "unsettled"> => {
    const now = await consult(step.to);
    if (isPassing()) return "unsettled";
    const seen = view?.message;
    const { knowledge } = config;
    const late = knowledge.kind === "following" && step.now - step.to > knowledge.maxLag;
    const { terms, gate }: GatedTerms =
      view === undefined || seen === undefined
        ? termsOf({ gate: { kind: "shut", reason: "joining" }, standing: now, key, late })
        : termsOf({ gate: view.gate, standing: now, key, late, ...(config.risk && { limits: config.risk }) });
    const progress = await executor.trade({ rows: step.rows, ended: step.ended, to: step.to, terms });
    const admitted = admit(progress.orders);
    if (admitted === undefined) return "again";
    const rebalanced = await placeRebalances(
      {
        account,
        held,
        load: () => journal.load(),
        executor,
        admit,
        release: (count) => participant?.ordersDone(count),
        clock,
      },
      { to: step.to, admits: terms.admits, sequence: seen?.sequence ?? 0 },
    );
    if (rebalanced === undefined) {
      participant?.ordersDone(admitted);
      return "again";
    }
    const record = recordOf(step, terms, gate, seen, progress);
    const recorded = isWorthKeeping(record);
    if (recorded) {
      const opens = head.opened === undefined;
      const begun: OpenedRecord = {
        kind: "opened",
        format: ACCOUNT_FORMAT,
        at: record.at,
        ...opening,
        ...(from !== undefined && { from }),
      };
      const records = [...(opens ? [begun] : []), record, ...rebalanced.records];
      if (!(await append(records, record.periods, seen, rebalanced.executed))) {
        participant?.ordersDone(admitted + rebalanced.admitted);
        return "again";
      }
    }
    waiting += admitted + rebalanced.admitted;
    sums.bars += step.bars;
    sums.orders += rebalanced.admitted + record.orders.filter(({ kind }) => kind === "placed").length;
    sums.fills += record.fills.length;
    standing = rebalanced.records.at(-1)?.standing ?? progress.standing;
    const { kind: _, format: __, rows: ___, ...told } = record;
    tell({ kind: "bars", recorded, ...told });
    for (const { run, to, legs } of rebalanced.executed) {
      const placed = rebalanced.records.find((one) => one.run === run);
      const { orders = [], limited = [] } = placed ?? {};
      tell({ kind: "rebalanced", run, to, legs, orders, limited, standing });
    }
    const left = standing.waiting;
    const done = Math.max(0, waiting - left);
    waiting -= done;
    if (done > 0) participant?.ordersDone(done);
    return "passed";
  };

  /** Asks the gate for every order; one that is turned away takes the others with it. */
  const admit = (orders: readonly OrderEvent[]): number | undefined => {
    let count = 0;
    for (const order of orders) {
      if (order.kind !== "placed") continue;
      const { to, quantity } = order;
      const answer = participant?.admit({ entry: key, position: to - quantity, quantity });
      if (answer?.kind === "admitted") count++;
      else {
        participant?.ordersDone(count);
        return undefined;
      }
    }
    return count;
  };

  const recordOf = (
    step: FeedStep,
    terms: TradedRecord["terms"],
    gate: string,
    seen: ActivationMessage | undefined,
    progress: AccountProgress,
  ): TradedRecord => {
    const after = lastPassed;
    return {
      kind: "traded",
      format: ACCOUNT_FORMAT,
      at: clock(),
      ...(after !== undefined && { after }),
      to: step.to,
      bars: step.bars,
      rows: rowsDigest(step.rows),
      terms,
      gate,
      sequence: seen?.sequence ?? 0,
      activation: seen?.revision ?? 0,
      orders: progress.orders.filter(({ kind }) => kind === "placed" || kind === "withdrawn"),
      refused: progress.orders.filter(({ kind }) => kind === "refused").length,
      limited: limitedOf(progress.orders),
      fills: progress.fills,
      periods: progress.periods,
      standing: progress.standing,
    };
  };

  /** An account begins with the first bars that orders may follow from; while it holds nothing and nothing passes, it rests. */
  const isWorthKeeping = ({ terms, orders, fills, standing: its }: TradedRecord): boolean => {
    if (terms.admits === "all") return true;
    if (head.opened === undefined) return false;
    return orders.length > 0 || fills.length > 0 || its.positions.length > 0 || its.waiting > 0;
  };

  /** Those that the world's ledger does not have. */
  const realisedOf = (periods: readonly EndedPeriod[], { realised }: WorldState): readonly RealisedRecord[] => {
    const known = realised.get(account)?.at(-1)?.period ?? Number.NEGATIVE_INFINITY;
    const fresh = periods.filter(({ end }) => end > known);
    return fresh.map(({ end, return: gained, equity }) => ({
      kind: "realised",
      format: RECORD_FORMAT,
      at: clock(),
      strategy: held.strategy,
      version: held.version,
      params: held.params,
      account,
      domain: PAPER,
      feed: opening.feed,
      period: end,
      return: gained,
      equity,
    }));
  };

  let lastPassed: number | undefined;

  return {
    resumed(of) {
      ({ asOf, standing, from, periods: owed } = of);
      lastPassed = of.passed === Number.NEGATIVE_INFINITY ? undefined : of.passed;
      broken = false;
    },
    async join() {
      const { runners } = config;
      const { domain } = await consult();
      reported = domain;
      participant = await joinWorld({
        world: journal,
        strategy: held.strategy,
        name: account,
        host,
        report: { version: held.version, domain },
        gateTtl: runners.gateTtl,
        freezeTimeout: runners.freezeTimeout,
        // What is held goes on until it is flat; only then another version takes its place.
        prepare: ({ entries }) =>
          exclusive(async () => {
            for (const entry of entries) if (served && entry.active && entryKey(entry) !== key) await foresee(entry);
            return [key];
          }),
        cancelOrders,
        onChange,
        onProblem: problem,
        clock,
        signal,
      });
      view = participant.view();
      await consult();
      tellGate();
    },
    async take(step, rebuild) {
      for (;;) {
        await settled();
        if (stop.aborted) return "stopped";
        const outcome = await exclusive(async () => {
          try {
            const tried = await tryTake(step);
            if (tried === "passed") lastPassed = step.to;
            if (tried === "again") await rebuild();
            return tried;
          } catch (error) {
            broken = true;
            throw error;
          }
        });
        if (outcome !== "unsettled") return outcome;
      }
    },
    async leave(orders) {
      leaving = true;
      keeping = orders === "kept";
      // An account that failed may be ahead of its records; what these say of its periods is handed over by the next run.
      try {
        if (!broken) await journal.commitBeside((state) => ({ records: realisedOf(owed, state), beside: [] }));
      } finally {
        await participant?.leave();
      }
    },
    successor() {
      const message = view?.message;
      const flat = standing === undefined || (standing.positions.length === 0 && standing.waiting === 0);
      if (!served || !flat || message?.kind !== "outcome" || message.gates !== "open") return undefined;
      const active = message.entries.filter((one) => one.strategy === held.strategy && one.active);
      return active.some((one) => entryKey(one) === key) ? undefined : active[0];
    },
    summary: () => ({ ...sums, ...(standing !== undefined && { standing }) }),
  };
}
