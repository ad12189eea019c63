/** The author's code: evaluated after the prelude, inspected and run on request. */
import {
  type AccountJob,
  type AccountStep,
  type BuiltDataset,
  type BuiltStrategy,
  buildDataset,
  createPaperAccount,
  createSweepRoom,
  createWorkbench,
  type GuardRunOptions,
  guardRun,
  type InspectOptions,
  inspectDataset,
  inspectStrategy,
  isHandle,
  isStrategy,
  type Leg,
  notInspected,
  notRun,
  type PaperAccount,
  type PlainPanel,
  QMTL_VERSION,
  type RunJob,
  replayToGuard,
  type SweepParams,
  type Workbench,
} from "@qmtl/core";
import * as indicators from "@qmtl/core/indicators";
import * as schema from "@qmtl/core/schema";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import * as strategy from "@qmtl/core/strategy";
// Not through the folder's index: that would load the bundler into every worker.
import { type EvaluatedBundle, evaluateBundle } from "../load/evaluate-bundle.ts";
import type { StrategyBundle } from "../load/strategy-bundle.ts";
import { applyPrelude } from "./prelude.ts";
import { handed, serve } from "./serve.ts";

export interface StrategyRoom {
  readonly runId: string;
}

/** What `inspect` takes. The bundle comes with it, so that the worker can come up while the bundle is made. */
export interface InspectRequest {
  readonly bundle: StrategyBundle;
  readonly params: Readonly<Record<string, unknown>>;
}

const { data, progress } = handed<StrategyRoom>();
const sdk = Object.entries({ strategy, schema, indicators }).map(([subpath, exports]) => ({
  specifier: `@qmtl/core/${subpath}`,
  version: QMTL_VERSION,
  exports,
}));
// Before the prelude takes it away: our engine measures, the author's code never sees it.
const measure = performance.now.bind(performance);
const removed = applyPrelude("strategy");

let evaluated: EvaluatedBundle<strategy.Strategy> | undefined;
let digest = "";
let built: BuiltStrategy | undefined;
let dataset: BuiltDataset | undefined;
let last: Omit<GuardRunOptions, "cuts"> | undefined;
/** Of a runner. */
let account: PaperAccount | undefined;

function build(params: Readonly<Record<string, unknown>>): BuiltStrategy {
  return inspected(inspectStrategy, params);
}

function inspected<T>(
  inspect: (author: unknown, options: InspectOptions) => T,
  params: InspectOptions["params"] & {},
): T {
  const { registry, strategy: author } = evaluated!;
  registry.reopen();
  try {
    return inspect(author, { params, runId: data.runId, identify: (code) => registry.identify(code) });
  } finally {
    registry.close();
  }
}

/** Of previews: remembers what it computed on its data. */
let bench: Workbench | undefined;

/** The variants of a sweep, whose strategy `inspect` evaluated. */
const variants = createSweepRoom(build, progress);

serve({
  inspect({ bundle, params }: InspectRequest) {
    return located(() => {
      // A preview sends one version after the other.
      if (evaluated === undefined || digest !== bundle.digest) evaluated = evaluate(bundle);
      digest = bundle.digest;
      built = build(params);
      return built.inspected;
    });
  },
  run(job: RunJob) {
    return located(() => {
      if (built === undefined) throw notInspected();
      const replay = replayToGuard(built, job, { progress, measure });
      replay.advance(Number.POSITIVE_INFINITY);
      const outcome = replay.outcome();
      last = { built, replay, outcome };
      return outcome;
    });
  },
  openAccount(job: AccountJob) {
    return located(() => {
      if (built === undefined) throw notInspected();
      account = createPaperAccount(built, job, progress);
    });
  },
  trade: (step: AccountStep) => located(() => opened(account).trade(step)),
  cancel: () => located(() => opened(account).cancel()),
  rebalance: (legs: readonly Leg[]) => located(() => opened(account).rebalance(legs)),
  inspectDataset({ bundle, params }: InspectRequest) {
    return located(() => {
      evaluated ??= evaluate(bundle);
      dataset = inspected(inspectDataset, params);
      return dataset.inspected;
    });
  },
  buildDataset(panels: ReadonlyMap<number, PlainPanel>) {
    return located(() => {
      if (dataset === undefined) throw notInspected();
      return buildDataset(dataset, panels, progress);
    });
  },
  inspectAll: (all: readonly SweepParams[]) => located(() => variants.inspectAll(all)),
  load: (job: RunJob) => variants.load(job),
  runAll: (all: readonly SweepParams[]) => located(() => variants.runAll(all)),
  loadBench(job: RunJob) {
    bench = createWorkbench(job);
  },
  runBench() {
    return located(() => {
      if (built === undefined || bench === undefined) throw notInspected();
      const [outcome] = bench.run([built]);
      return { outcome, ...bench.counters };
    });
  },
  benchFigures() {
    if (built === undefined || bench === undefined) throw notInspected();
    return bench.figures(built);
  },
  guard(cuts: readonly number[]) {
    return located(() => {
      if (last === undefined || evaluated === undefined) throw notRun();
      const { registry } = evaluated;
      const code = { locate: registry.locate, tables: registry.tables };
      return guardRun({ ...last, cuts, code, progress });
    });
  },
});

function opened(of: PaperAccount | undefined): PaperAccount {
  if (of === undefined) throw notRun();
  return of;
}

/** A file that is there and is no strategy is a finding about the strategy. */
function evaluate(bundle: StrategyBundle): EvaluatedBundle<strategy.Strategy> {
  try {
    return evaluateBundle<strategy.Strategy>(bundle, { sdk, runId: data.runId, isStrategy, isHandle });
  } catch (error) {
    if (!isQmtlError(error) || error.class !== "usage") throw error;
    throw new QmtlError({ ...error.toJSON(), class: "rejected", cause: error });
  }
}

/** Adds the author's file and line to what their code threw. */
function located<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isQmtlError(error)) throw error;
    const known = error.place.file !== undefined;
    const place = known ? {} : (evaluated?.source.place(error.cause ?? error) ?? evaluated?.source.place(error));
    const next = adviceOn(error.cause);
    if (place === undefined && next === undefined) throw error;
    throw new QmtlError({
      ...error.toJSON(),
      place: { ...error.place, ...place },
      ...(next !== undefined && { next }),
      cause: error,
    });
  }
}

/** What authors look for in vain, because the prelude took it away. */
function adviceOn(cause: unknown): string | undefined {
  const name = cause instanceof ReferenceError ? /^(\S+) is not defined$/.exec(cause.message)?.[1] : undefined;
  if (name === undefined || !removed.has(name)) return undefined;
  if (name === "console")
    return "Return what you want to look at as another output of the node: strategies print nothing.";
  return `Do without ${name}: strategies have the language alone. Data come through a stream, time through barTime(), chance through rng().`;
}
