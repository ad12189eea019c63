import { countTrades } from "../backtest/trade-table.ts";
import { isoText } from "../data/iso.ts";
import type { Figure } from "../plugin/contract/evaluator.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { evaluationConfigDigest, instrumentsOf } from "../world/config.ts";
import { trialsFor } from "../world/ledger.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { after } from "../world/submission.ts";
import { connectData } from "./connect-data.ts";
import { contenderOf } from "./contender.ts";
import type { RunJob, RunOutcome, StrategyExecutor } from "./executor.ts";
import type { InspectedStrategy } from "./inspect.ts";
import { type Contender, taskOf } from "./judge.ts";
import type { NodeFigures } from "./node-figures.ts";
import { recordTrials, trialRecords } from "./record-trials.ts";
import { figureJson } from "./report.ts";
import type { SubmitResult } from "./result.ts";
import { judgedOutcome } from "./stored-run.ts";
import type { SubmitContext } from "./submit.ts";
import { createTrialReturnsReader, readTrialPools, seriesOf, type TrialReturnsReader } from "./trial-pool.ts";
import type { WorldData } from "./world-data.ts";

/** A room that remembers what it computed on its data, from one version of the code to the next. */
export interface PreviewExecutor extends Pick<StrategyExecutor, "inspect"> {
  /** Takes the data of all later runs, and forgets what was computed on others. */
  load(job: RunJob): Promise<void>;
  /** Runs what was inspected last. */
  run(): Promise<{ readonly outcome: RunOutcome; readonly computed: number; readonly known: number }>;
  /** What the nodes of the last run came to. */
  figures(): Promise<readonly NodeFigures[]>;
}

export interface PreviewRequest {
  readonly executor: PreviewExecutor;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly dataPreset?: string;
  /** Say what each node came to. */
  readonly nodes?: boolean;
}

/** What a variant came to. Plain data. */
export interface PreviewResult {
  readonly schema: "qmtl.preview-result/1";
  readonly strategy: string;
  readonly world: string;
  readonly version: string;
  readonly evalKey: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly metrics: SubmitResult["metrics"];
  /** Ends of the evaluation periods, ISO 8601, and equity, one more: the first is at the first decision. */
  readonly times: readonly string[];
  readonly equity: readonly number[];
  readonly trades: number;
  /** Distinct variants of this strategy in the world's ledger, with those that are not written yet. */
  readonly variants: number;
  /** Nodes that were computed for it, and nodes that were known. */
  readonly computed: number;
  readonly known: number;
  /** What each node came to, where that was asked for. */
  readonly nodes?: readonly NodeFigures[];
}

/**
 * Evaluates variants of strategies as they are written. It changes no decision, no activation and no candidate; each distinct variant is a
 * trial of the world's ledger, because each was looked at.
 */
export interface Previewer {
  /** @throws of class `usage` and `rejected` as a submission */
  preview(request: PreviewRequest): Promise<PreviewResult>;
  /** Writes the trials that are not written yet. A preview does so itself, before it answers, when they have become {@link MOST_UNWRITTEN}. */
  flush(): Promise<void>;
  /** There are so many that a caller should write them once it has answered. */
  isDue(): boolean;
}

/** Variants after which writing is due. */
const DUE = 16;

/** Variants that are kept unwritten at most, where writing fails or nobody does it: what a crash can cost. */
export const MOST_UNWRITTEN = 2 * DUE;

/** How long data of a world that follows are taken as they are, ms. */
const FRESH_MS = 60_000;

interface Connected {
  readonly key: string;
  readonly executor: PreviewExecutor;
  readonly data: WorldData;
  readonly at: number;
}

/** One world's previews, on its connected data. */
export function createPreviewer(context: SubmitContext): Previewer {
  const { config, clock, signal, objects, plugins } = context;
  const journal = openWorld({ storage: context.state, config, clock, signal });
  const worldConfig = evaluationConfigDigest(config, context.evaluators);
  const written = createTrialReturnsReader(objects, signal);
  let connected: Connected | undefined;
  let unwritten: { readonly contender: Contender; readonly data: WorldData }[] = [];
  let writing: Promise<void> = Promise.resolve();
  const reader: TrialReturnsReader = {
    read: async (state, evalKey) => {
      const own = unwritten.find(({ contender }) => contender.evalKey === evalKey);
      return own === undefined ? written.read(state, evalKey) : seriesOf(own.contender.run);
    },
  };

  const connect = async (request: PreviewRequest, inspected: InspectedStrategy): Promise<WorldData> => {
    const { executor, dataPreset } = request;
    const key = canonicalJson([
      inspected.streams.map(({ schema, ...stream }) => ({ ...stream, gaps: stream.gaps ?? "", schema: schema.id })),
      inspected.priceStream,
      dataPreset ?? "",
    ]);
    const now = clock();
    const aged = config.knowledge.kind === "following" && now - (connected?.at ?? 0) > FRESH_MS;
    if (connected?.key === key && connected.executor === executor && !aged) return connected.data;
    const data = await connectData({ ...(dataPreset !== undefined && { dataPreset }) }, context, inspected);
    const { panels, rates } = data;
    const { brokerage, account, presets } = config;
    await executor.load({ panels, instruments: instrumentsOf(presets), brokerage, equity: account.equity, rates });
    connected = { key, executor, data, at: now };
    return data;
  };

  /** The ledger as it is, with what is not written yet. */
  const ledger = async (): Promise<WorldState> => {
    let state = await journal.load();
    for (const { contender, data } of unwritten)
      state = after(
        state,
        trialRecords({ contenders: [contender], origin: "preview", data }, state, context, { at: clock() }),
      );
    return state;
  };

  const flush = (): Promise<void> => {
    const batch = unwritten;
    if (batch.length === 0) return writing;
    // A batch that could not be written is still unwritten: the next call tries again.
    const before = writing.catch(() => {});
    writing = before.then(async () => {
      for (const data of new Set(batch.map((one) => one.data)))
        await recordTrials(
          {
            contenders: batch.filter((one) => one.data === data).map(({ contender }) => contender),
            origin: "preview",
            data,
          },
          journal,
          context,
        );
      // Only now: until then the ledger would miss them.
      unwritten = unwritten.filter((one) => !batch.includes(one));
    });
    return writing;
  };

  return {
    flush,
    isDue: () => unwritten.length >= DUE,
    async preview(request) {
      const inspected = await request.executor.inspect(request.params ?? {});
      const data = await connect(request, inspected);
      const { outcome, computed, known } = await request.executor.run();
      if (outcome.result.firstDecision === undefined)
        throw new QmtlError({
          code: "runner.no-decision",
          message: `"${inspected.name}" never decided: its inputs did not warm up`,
          place: { world: config.id, strategy: inspected.name },
          next: "Shorten its windows, or give the world more history.",
          class: "rejected",
        });
      const run = judgedOutcome(outcome);
      const contender = contenderOf({ inspected, data, run, config, worldConfig });
      const { evalKey } = contender;
      let state = await ledger();
      if (!state.trials.has(evalKey)) {
        unwritten.push({ contender, data });
        state = await ledger();
      }
      const scopes = [...new Set(context.evaluators.flatMap(({ needs }) => needs?.trialReturns ?? []))];
      const [pools] = await readTrialPools({ state, contender, judged: [contender], scopes, reader });
      const task = taskOf(contender, pools ?? {}, trialsFor(state, contender), config.policy.minPeriods);
      // Side by side: one is the work of the plugins' thread, the other of the strategy's.
      const [[report], nodes] = await Promise.all([
        plugins.evaluate(
          config.evaluators.map(({ use }) => use),
          [task],
        ),
        request.nodes === true ? request.executor.figures() : undefined,
      ]);
      const figures = Object.entries(report?.metrics ?? {}) as readonly (readonly [string, Figure])[];
      if (unwritten.length >= MOST_UNWRITTEN) await flush();
      return {
        schema: "qmtl.preview-result/1",
        strategy: inspected.name,
        world: config.id,
        version: inspected.version,
        evalKey,
        params: inspected.params,
        metrics: Object.fromEntries(figures.map(([name, figure]) => [name, figureJson(figure)])),
        times: run.times.flatMap((time) => (time === null ? [] : [isoText(time)])),
        equity: run.equity,
        trades: countTrades(run.trades),
        variants: [...state.trials.values()].filter(({ strategy }) => strategy === inspected.name).length,
        computed,
        known,
        ...(nodes !== undefined && { nodes }),
      };
    },
  };
}
