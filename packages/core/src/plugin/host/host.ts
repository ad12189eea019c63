import type { Metrics } from "../../observability/index.ts";
import { type ErrorPlace, isQmtlError, QmtlError } from "../../schema/error.ts";
import type { PluginInstances, PluginKind } from "../contract/plugin.ts";
import { callPlugin } from "./call.ts";
import { type GuardScope, siteOf } from "./guard.ts";
import { guardAllocator } from "./guard-allocator.ts";
import { guardEvaluator } from "./guard-evaluator.ts";
import { guardProvider } from "./guard-provider.ts";
import { guardStorage } from "./guard-storage.ts";
import { describePlugin, type PluginIdentity } from "./identity.ts";
import type { BootReport } from "./report.ts";

/** The plugins of a project, up and guarded. */
export interface PluginHost {
  readonly report: BootReport;
  readonly metrics: Metrics;
  /**
   * The guarded instance that configuration files mean by this word. `place` (usually `{ world }`) goes into its errors.
   *
   * @throws `plugin.unknown-use` with the words that exist, `plugin.not-ready` for one that failed at boot
   */
  get<K extends PluginKind>(kind: K, use: string, place?: ErrorPlace): PluginInstances[K];
  /** Those of a kind that are ready, in the order of the project's configuration. */
  list(kind: PluginKind): readonly PluginIdentity[];
  /**
   * Ends calls under way, refuses later ones, disposes in reverse order; a second call gives the same promise.
   *
   * @throws `plugin.dispose-failed` when everything was tried and something did not end
   */
  close(): Promise<void>;
}

export interface ReadyPlugin {
  readonly identity: PluginIdentity;
  /** As `setup` gave it, unguarded. */
  readonly instance: PluginInstances[PluginKind];
  readonly scope: GuardScope;
}

interface HostParts {
  readonly ready: readonly ReadyPlugin[];
  readonly report: BootReport;
  readonly metrics: Metrics;
  readonly disposeDeadline: number;
  readonly beginClose: () => void;
}

type Guards = { readonly [K in PluginKind]: (instance: PluginInstances[K], scope: GuardScope) => PluginInstances[K] };

const GUARDS: Guards = {
  "data-provider": guardProvider,
  evaluator: guardEvaluator,
  allocator: guardAllocator,
  storage: guardStorage,
};

export function pluginHost(parts: HostParts): PluginHost {
  const { ready, report, metrics } = parts;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    parts.beginClose();
    const failures = await disposeAll(ready, parts.disposeDeadline);
    if (failures.length > 0) throw disposeFailed(failures);
  };
  return {
    report,
    metrics,
    get: (kind, use, place = {}) => {
      const one = ready.find(({ identity }) => identity.kind === kind && identity.use === use);
      if (one === undefined) throw missing(report, kind, use);
      return GUARDS[kind](one.instance as PluginInstances[typeof kind], { ...one.scope, place });
    },
    list: (kind) => ready.map(({ identity }) => identity).filter((identity) => identity.kind === kind),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Disposes all in reverse order, each with a time limit, and gives the failures instead of stopping at one. */
export async function disposeAll(ready: readonly ReadyPlugin[], deadline: number): Promise<readonly QmtlError[]> {
  const failures: QmtlError[] = [];
  // The host's own signal is aborted by now, and disposing must go on.
  const closed = new AbortController().signal;
  for (const { instance, scope } of [...ready].reverse()) {
    const dispose = "dispose" in instance ? instance.dispose : undefined;
    if (dispose === undefined) continue;
    try {
      await callPlugin({ ...siteOf(scope, "dispose"), closed }, () => dispose.call(instance), {
        deadline,
        validate: () => undefined,
        unanswered: "It was left behind; files or connections of the plugin may still be open.",
      });
    } catch (error) {
      if (!isQmtlError(error)) throw error;
      failures.push(error);
    }
  }
  return failures;
}

function disposeFailed(failures: readonly QmtlError[]): QmtlError {
  return new QmtlError({
    code: "plugin.dispose-failed",
    message: `Not everything could be closed: ${failures.map((failure) => failure.message).join("; ")}`,
    next: "What was acknowledged before is safe; report this to the authors of the plugins.",
    class: "failed",
    details: failures.map((failure) => failure.toJSON()),
  });
}

function missing(report: BootReport, kind: PluginKind, use: string): QmtlError {
  const ofKind = report.plugins.filter((entry) => entry.kind === kind);
  const failed = ofKind.find((entry) => entry.use === use && entry.status === "failed");
  if (failed?.status === "failed")
    return new QmtlError({
      code: "plugin.not-ready",
      message: `The ${describePlugin({ ...failed, kind })} did not start: ${failed.error.message}`,
      place: { plugin: failed.name },
      next: failed.error.next ?? "Correct it in the project's configuration.",
      details: [failed.error],
    });
  const words = ofKind.filter((entry) => entry.status === "ready").map((entry) => entry.use);
  return new QmtlError({
    code: "plugin.unknown-use",
    message: `There is no ${kind} "${use}"`,
    next:
      words.length === 0
        ? `The project's configuration lists no plugin of the kind ${kind}: add one.`
        : `There ${words.length === 1 ? "is" : "are"} ${words.join(", ")}. Others have to be listed in the project's configuration.`,
  });
}
