import { evaluate } from "../evaluation/evaluate.ts";
import type { PluginHost } from "../plugin/host/index.ts";
import { QmtlError } from "../schema/error.ts";
import type { PluginExecutor, StrategyExecutor } from "./executor.ts";
import type { RunGuardReport } from "./guard-run.ts";
import { type GuardRunOptions, guardRun, replayToGuard } from "./guard-run.ts";
import { type BuiltStrategy, inspectStrategy } from "./inspect.ts";

/** Runs a strategy object of this process: trusted, and known by nothing but itself. */
export function localExecutor(strategy: unknown, runId: string): StrategyExecutor {
  let built: BuiltStrategy | undefined;
  let last: Omit<GuardRunOptions, "cuts"> | undefined;
  return {
    inspect: async (params) => {
      built = inspectStrategy(strategy, { params, runId });
      return built.inspected;
    },
    run: async (job) => {
      if (built === undefined) throw notInspected();
      const replay = replayToGuard(built, job, { measure: () => performance.now() });
      replay.advance(Number.POSITIVE_INFINITY);
      const outcome = replay.outcome();
      last = { built, replay, outcome };
      return outcome;
    },
    guard: async (cuts): Promise<RunGuardReport> => {
      if (last === undefined) throw notRun();
      return guardRun({ ...last, cuts });
    },
  };
}

/** Calls evaluators and allocators of this process, through the host's guards. */
export function localPlugins(host: Pick<PluginHost, "get">, world: string): PluginExecutor {
  return {
    evaluate: async (uses, inputs) => {
      const evaluators = uses.map((use) => ({ plugin: use, evaluator: host.get("evaluator", use, { world }) }));
      return inputs.map((input) => evaluate({ evaluators, input }));
    },
    allocate: async (use, input, options = { relax: false }) => {
      const allocator = host.get("allocator", use, { world });
      if (allocator.explain !== undefined) return allocator.explain(input, options);
      return { shares: allocator.allocate(input), method: use, notes: [], figures: {}, binding: [] };
    },
  };
}

export function notRun(): QmtlError {
  return new QmtlError({
    code: "runner.not-run",
    message: "A run is guarded after it was run",
    class: "failed",
  });
}

export function notInspected(): QmtlError {
  return new QmtlError({
    code: "runner.not-inspected",
    message: "A strategy is run after it was inspected",
    class: "failed",
  });
}
