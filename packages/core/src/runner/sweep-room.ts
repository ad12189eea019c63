import { streamsKey } from "../graph/join.ts";
import { isQmtlError, QmtlError, type QmtlErrorJson } from "../schema/error.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import type { BuiltStrategy } from "./inspect.ts";
import { createJointReplay } from "./joint-replay.ts";
import { type JudgedRun, judgedOutcome } from "./stored-run.ts";

export type SweepParams = Readonly<Record<string, number | string>>;

/** What one combination of params makes of the strategy. */
export type SweepVariant =
  | {
      readonly kind: "variant";
      /** All params, defaults included. */
      readonly params: SweepParams;
      readonly version: string;
      readonly graph: string;
      /** Equal for variants that read the same streams. */
      readonly streams: string;
    }
  | SweepProblem;

export type SweepOutcome = { readonly kind: "outcome"; readonly run: JudgedRun } | SweepProblem;

/** A combination that the strategy refuses, or that its code fails at. */
export interface SweepProblem {
  readonly kind: "problem";
  readonly error: QmtlErrorJson;
}

/** Where the variants of one strategy are built and replayed. */
export interface SweepRoom {
  inspectAll(all: readonly SweepParams[]): readonly SweepVariant[];
  /** Takes the data of all later runs. */
  load(job: RunJob): void;
  /** Side by side, each with the bits that it gets alone. A variant that fails leaves the others as they are. */
  runAll(all: readonly SweepParams[]): readonly SweepOutcome[];
}

/** @param build inspects one combination; what it throws of class `usage` or `rejected` is a problem of that combination */
export function createSweepRoom(build: (params: SweepParams) => BuiltStrategy, progress?: Int32Array): SweepRoom {
  let job: RunJob | undefined;
  // What was inspected is replayed next, nearly always; once, for what the author's functions close over is theirs.
  const inspected = new Map<string, BuiltStrategy>();
  const take = (params: SweepParams): BuiltStrategy => {
    const key = JSON.stringify(params);
    const built = inspected.get(key) ?? build(params);
    inspected.delete(key);
    return built;
  };
  const replay = (strategies: readonly BuiltStrategy[]): readonly RunOutcome[] => {
    if (job === undefined)
      throw new QmtlError({ code: "sweep.not-loaded", message: "A sweep runs after its data came", class: "failed" });
    const joint = createJointReplay(strategies, job, progress === undefined ? {} : { progress });
    joint.run();
    return joint.outcomes();
  };
  return {
    load(given) {
      job = given;
    },
    inspectAll(all) {
      inspected.clear();
      return all.map((params) =>
        attempt((): SweepVariant => {
          const built = build(params);
          inspected.set(JSON.stringify(params), built);
          return variantOf(built);
        }),
      );
    },
    runAll(all) {
      if (all.length === 0) return [];
      const whole = attempt(() => replay(all.map(take)));
      if (Array.isArray(whole)) return whole.map(outcomeOf);
      // One of them fails, which one only shows apart.
      return all.map((params) => attempt(() => outcomeOf(replay([build(params)])[0]!)));
    },
  };
}

function variantOf({ graph, inspected }: BuiltStrategy): SweepVariant {
  return {
    kind: "variant",
    params: inspected.params,
    version: inspected.version,
    graph: inspected.graph,
    streams: streamsKey({ graph, ids: inspected.nodes.map(({ id }) => id) }),
  };
}

/** As it is judged: the fills of all variants would be most of what the room has to tell. */
function outcomeOf(outcome: RunOutcome): SweepOutcome {
  if (outcome.result.firstDecision !== undefined) return { kind: "outcome", run: judgedOutcome(outcome) };
  const message = "It never decided: its inputs did not warm up";
  return { kind: "problem", error: { code: "runner.no-decision", message } };
}

function attempt<T>(run: () => T): T | SweepProblem {
  try {
    return run();
  } catch (error) {
    if (!isQmtlError(error) || error.class === "failed") throw error;
    return { kind: "problem", error: error.toJSON() };
  }
}
