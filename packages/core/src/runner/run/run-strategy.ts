import type { Capital } from "../../allocation/capital.ts";
import { parseInstant } from "../../data/instant.ts";
import { ENGINE_VERSION } from "../../engine/version.ts";
import { QmtlError } from "../../schema/error.ts";
import { type ActivationEntry, entryKey } from "../../world/activation.ts";
import { brokerageDigest, instrumentsOf } from "../../world/config.ts";
import type { SessionHost } from "../../world/session.ts";
import { type OpenWorld, openWorld } from "../../world/shell/open-world.ts";
import { connectData } from "../connect-data.ts";
import type { InspectedStrategy } from "../inspect.ts";
import type { SubmitContext } from "../submit.ts";
import type { TickResult } from "../tick.ts";
import type { WorldData } from "../world-data.ts";
import { isFlat, readAccount } from "./account-journal.ts";
import { defaultAccount, requireAccount } from "./account-name.ts";
import type { OpenedRecord } from "./account-record.ts";
import type { RunEvent } from "./event.ts";
import type { RunExecutor } from "./executor.ts";
import type { Feed } from "./feed.ts";
import { createLiveFeed, type LateRows } from "./live-feed.ts";
import { createReplayFeed } from "./replay-feed.ts";
import { type AccountTerms, replayAccount, requireSameTerms } from "./resume.ts";
import { clockOf, endedBetween, historyUntil, type PlainPanels } from "./rows.ts";
import { createSessionTicks } from "./session-ticks.ts";
import { type HeldVersion, keyOf } from "./standing.ts";
import { createTrader, type Trader } from "./trader.ts";
import { warmStart } from "./warm-start.ts";

export interface RunRequest {
  /** What the file at hand gives: an executor loads it, and it is kept by digest. */
  readonly bundle: Uint8Array;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Settles a stream that several presets of the world fit. */
  readonly dataPreset?: string;
  readonly feed: "live" | "replay";
  /** Of a replay: how many times faster than the bars once came. */
  readonly speed: number;
  /** Of a replay: decisions begin with the first bar that ends then or later. An instant, see `parseInstant`. Default: the first there is. */
  readonly from?: string | number;
  /** Bars that end by then. An instant. */
  readonly until?: string | number;
  /** Leaves when the bars are traded that are there. */
  readonly once: boolean;
  /** Name of the session and of its account. Default: the strategy's, another one for replays. */
  readonly session?: string;
}

export interface RunContext
  extends Pick<
    SubmitContext,
    "config" | "capital" | "provider" | "state" | "objects" | "evaluators" | "metrics" | "clock" | "signal"
  > {
  /** Where a bundle runs. */
  readonly executor: (bundle: Uint8Array) => Promise<RunExecutor>;
  /** Aborted to drain: no more bars are taken, what is under way is finished and recorded, and the session says goodbye. */
  readonly stop: AbortSignal;
  readonly host: SessionHost;
  readonly tell: (event: RunEvent) => void;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Judges the world again, see `tickWorld`: after each session that a run on live bars realised. It must not wait for runners. */
  readonly tick: () => Promise<TickResult>;
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsed: () => number;
}

/**
 * Runs a strategy in a world: computes bar by bar, and trades on paper what the world lets it, as long as it lets it. Everything that was
 * published is in the journal before it is told. It goes on where its account was left, however it was left. When an apply puts another version
 * in the place of the one that it runs, it closes what that holds, then goes on with the other.
 *
 * @throws errors of class `usage`: what does not fit together; `run.*`, `isolation.*` and what the author's code throws
 */
export async function runStrategy(request: RunRequest, context: RunContext): Promise<void> {
  const total = { bars: 0, orders: 0, fills: 0 };
  let next: RunRequest | undefined = request;
  while (next !== undefined) {
    const { successor, summary } = await runVersion(next, context, next !== request);
    total.bars += summary.bars;
    total.orders += summary.orders;
    total.fills += summary.fills;
    next = successor;
    if (next === undefined)
      context.tell({ kind: "stopped", because: context.stop.aborted ? "signal" : "end", ...summary, ...total });
  }
}

interface RanVersion {
  readonly summary: ReturnType<Trader["summary"]>;
  /** What to go on with. */
  readonly successor?: RunRequest;
}

/** @param succeeds it takes the place of another version, whose account is flat */
async function runVersion(request: RunRequest, context: RunContext, succeeds: boolean): Promise<RanVersion> {
  const { config, state: storage, objects, metrics, clock, signal, stop } = context;
  const journal = openWorld({ storage, config, clock, signal, metrics });
  const ticks = createSessionTicks(context);
  const tell = (event: RunEvent): void => {
    context.tell(event);
    // What a replay realises may have been known when the version was written: it is no evidence.
    if (event.kind === "bars" && request.feed === "live" && event.recorded && event.periods.length > 0)
      ticks.realised();
  };
  let executor = await context.executor(request.bundle);
  try {
    let inspected = await executor.inspect(request.params ?? {});
    const account = requireAccount(request.session ?? defaultAccount(inspected.name, request.feed));
    const terms: AccountTerms = {
      strategy: inspected.name,
      feed: request.feed,
      brokerage: brokerageDigest(config),
      engine: ENGINE_VERSION,
      equity: requireEquity(config.id, context.capital),
    };
    let bundle = request.bundle;
    const kept = await readAccount(storage, config.id, account, signal);
    const { opened } = kept.head;
    const flat = isFlat(kept.head);
    let goesOn = opened !== undefined && requireSameTerms(account, opened, terms, flat);
    const fileChanged = opened !== undefined && goesOn && keyOf(opened) !== keyOf(heldOf(inspected));
    if (opened !== undefined && fileChanged) {
      const { apply } = await journal.load();
      const { entries } = apply.activation;
      const listed = entries.some((one) => entryKey(one) === keyOf(opened) && (one.active || one.drain));
      const ours = entries.some((one) => entryKey(one) === keyOf(heldOf(inspected)) && one.active);
      goesOn = !flat || (listed && !ours && !succeeds);
      if (goesOn) {
        bundle = await keptBundle(opened, account, context);
        executor.close();
        executor = await context.executor(bundle);
        inspected = await executor.inspect(opened.params);
      }
    }
    const digest = await objects.put(bundle, { signal });
    const held = heldOf(inspected);
    const trader = createTrader({
      context: { ...context, tell },
      journal,
      account,
      held,
      head: goesOn ? kept.head : { revision: kept.head.revision },
      opening: { ...terms, version: held.version, params: held.params, bundle: digest },
      executor,
      foresee: async (entry) => {
        const found = await bundleOf(entry, journal, context);
        if (found === undefined) return;
        const trial = await context.executor(found);
        try {
          await trial.inspect(entry.params);
        } finally {
          trial.close();
        }
      },
    });

    // A bar is traded once in an account, whatever came to stand in it.
    let passed = kept.head.last?.to ?? Number.NEGATIVE_INFINITY;
    let from = goesOn ? opened?.from : undefined;
    let first = true;
    /** Opens the account where its records end, and the feed that goes on from there. */
    const resume = async (): Promise<Feed> => {
      const data = await connectData(request, context, inspected);
      const records = await readAccount(storage, config.id, account, signal);
      const resumed = goesOn || records.head.revision > kept.head.revision;
      if (first && !goesOn) from = firstBar(request, data, passed);
      if (from !== undefined) passed = Math.max(passed, from - 1);
      const warm = await warmStart({ context, journal, inspected, data });
      const panels = withRates(data);
      await executor.open({
        ...(warm !== undefined && { begun: warm.begun }),
        panels: historyUntil(panels, passed),
        fx: data.fx.map(({ preset: { currency, column } }, i) => ({ node: rateNode(i), currency, column })),
        instruments: instrumentsOf(config.presets),
        brokerage: config.brokerage,
        equity: terms.equity,
        ended: request.feed === "replay" ? endedBetween(panels, Number.NEGATIVE_INFINITY, passed) : [],
        ...(from !== undefined && { from }),
      });
      const own = resumed ? records : { head: { revision: records.head.revision }, history: [] };
      const standing = await replayAccount({ account, kept: own, panels, executor, passed });
      const periods = own.history.flatMap((record) => (record.kind === "traded" ? record.periods : []));
      trader.resumed({ asOf: data.asOf, standing, from, passed, periods });
      if (first)
        tell({
          kind: "ready",
          world: config.id,
          strategy: held.strategy,
          version: held.version,
          account,
          feed: request.feed,
          fileChanged: fileChanged && goesOn,
          history: clockOf(historyUntil(data.panels, passed)).length,
          ...(own.head.last !== undefined && { resumedAt: own.head.last.to, standing: own.head.last.standing }),
        });
      first = false;
      if (warm !== undefined) {
        const { begun: _, ...told } = warm;
        tell({ kind: "warm", ...told });
      }
      return feedOf(request, context, data, passed);
    };

    let feed = await resume();
    const closeFeed = (): void => void feed.close();
    stop.addEventListener("abort", closeFeed);
    if (stop.aborted) closeFeed();
    let successor: RunRequest | undefined;
    // Whoever comes back every session decides on the last bar that there is: such orders are for the next one.
    let comesBack = false;
    try {
      await trader.join();
      for (;;) {
        const step = await feed.next();
        if (step === undefined) {
          comesBack = request.once && !stop.aborted;
          break;
        }
        const entry = trader.successor();
        const found = entry === undefined ? undefined : await bundleOf(entry, journal, context);
        if (entry !== undefined && found !== undefined) {
          successor = { ...request, bundle: found, params: entry.params };
          break;
        }
        const outcome = await trader.take(step, async () => {
          await feed.close();
          feed = await resume();
          if (stop.aborted) await feed.close();
        });
        if (outcome === "stopped") break;
        if (outcome === "passed") passed = step.to;
      }
    } finally {
      stop.removeEventListener("abort", closeFeed);
      await feed.close();
      await ticks.done();
      await trader.leave(comesBack ? "kept" : "taken-back");
    }
    return { summary: trader.summary(), ...(successor !== undefined && { successor }) };
  } finally {
    executor.close();
  }
}

function heldOf({ name, version, params }: InspectedStrategy): HeldVersion {
  return { strategy: name, version, params };
}

/** A live run decides on the last bar that is there, for its order fills in the next; a replay begins where it is told. */
function firstBar(request: RunRequest, data: WorldData, passed: number): number | undefined {
  const after = passed === Number.NEGATIVE_INFINITY ? undefined : passed + 1;
  const begin = request.from === undefined ? undefined : parseInstant(request.from);
  const wanted = request.feed === "live" ? clockOf(data.panels).at(-1) : begin;
  if (after === undefined || wanted === undefined) return wanted ?? after;
  return Math.max(wanted, after);
}

function feedOf(request: RunRequest, context: RunContext, data: WorldData, after: number): Feed {
  const panels = withRates(data);
  const bars = clockOf(data.panels);
  const end = request.once ? (bars.at(-1) ?? after) : Number.POSITIVE_INFINITY;
  const until = request.until === undefined ? end : Math.min(parseInstant(request.until), end);
  if (request.feed === "replay")
    return createReplayFeed({
      panels,
      clock: bars,
      after,
      until,
      speed: request.speed,
      wait: context.wait,
      elapsed: context.elapsed,
    });
  const { provider, clock, tell } = context;
  const onLate = (late: LateRows): void => tell({ kind: "late", ...late });
  const rates = data.fx.map(({ preset: { series } }, i) => ({
    stream: { node: rateNode(i), gaps: series.gaps },
    preset: series,
    symbols: series.universe.symbols.map(({ id }) => id),
  }));
  const bindings = [...data.bindings, ...rates];
  return createLiveFeed({ bindings, provider, history: panels, after, until, clock, onLate });
}

/**
 * The bundle that an activated version was submitted as; undefined for one that was evaluated without being kept.
 *
 * @throws `run.lost-bundle`
 */
async function bundleOf(
  entry: ActivationEntry,
  journal: OpenWorld,
  { objects, signal }: Pick<RunContext, "objects" | "signal">,
): Promise<Uint8Array | undefined> {
  const { evaluations } = await journal.load();
  const digest = [...evaluations.values()].findLast(
    (one) => entryKey(one) === entryKey(entry) && one.objects["bundle"] !== undefined,
  )?.objects["bundle"];
  if (digest === undefined) return undefined;
  const bytes = await objects.get(digest, { signal });
  if (bytes !== undefined) return bytes;
  throw new QmtlError({
    code: "run.lost-bundle",
    message: `The world is to run version ${entry.version.slice(0, 12)} of ${entry.strategy}, and the storage has lost its bundle`,
    next: "Submit the file of that version again, then apply again.",
    class: "failed",
  });
}

/** Rates of currencies stand beside the streams of the graph, whose nodes count from 0. */
function rateNode(place: number): number {
  return -1 - place;
}

function withRates({ panels, fx }: WorldData): PlainPanels {
  return new Map([...panels, ...fx.map(({ panel }, i) => [rateNode(i), panel] as const)]);
}

/** What an account begins with is the world's equity: a strategy commands its share of it. @throws `run.no-equity` */
function requireEquity(world: string, { equity, share }: Capital): number {
  if (equity > 0) return equity;
  throw new QmtlError({
    code: "run.no-equity",
    message: `World ${world} holds ${share === 0 ? "none" : `${share}`} of the project's equity, which leaves nothing to trade with`,
    place: { world },
    next: "Give it a fraction in equity.worlds of qmtl.config.ts.",
  });
}

/** @throws `run.lost-bundle` */
async function keptBundle(
  { bundle, version }: OpenedRecord,
  account: string,
  { objects, signal }: Pick<RunContext, "objects" | "signal">,
): Promise<Uint8Array> {
  const bytes = await objects.get(bundle, { signal });
  if (bytes !== undefined) return bytes;
  throw new QmtlError({
    code: "run.lost-bundle",
    message: `Account ${account} runs version ${version.slice(0, 12)}, and the storage has lost its bundle`,
    next: "Put the file back as it was, or run under another --session.",
    class: "failed",
  });
}
