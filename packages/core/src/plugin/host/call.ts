import { performance } from "node:perf_hooks";
import type { Metrics } from "../../observability/index.ts";
import { type ErrorPlace, isQmtlError, QmtlError } from "../../schema/error.ts";
import type { CallOptions } from "../contract/plugin.ts";
import { describePlugin, type PluginIdentity, placeOf } from "./identity.ts";

/** Where a call goes: the plugin, its method, what it is done for, and who counts it. */
export interface CallSite {
  readonly plugin: PluginIdentity;
  readonly method: string;
  /** World, strategy, symbol…: what the caller knows. */
  readonly place: ErrorPlace;
  readonly metrics: Metrics;
  /** Aborted when the host closes: calls under way end, later ones are refused. */
  readonly closed: AbortSignal;
  /** `patience`: milliseconds for which the call may keep the thread to itself. */
  readonly watch?: { readonly begin: CallWatch; readonly patience: number };
}

/**
 * Told of every call while it is under way, with the error that it comes to if it keeps the thread busy for longer than so many
 * milliseconds: a timer of the same thread would never fire. Gives what is called when the call has ended.
 */
export type CallWatch = (error: QmtlError, milliseconds: number) => () => void;

/** Says what is wrong with an answer: `fault("holds NaN for sharpe")`. Blames the plugin and its method. */
export type Fault = (what: string) => never;

/** Gives the answer back when it keeps the contract. */
export type Validate<T> = (answer: unknown, fault: Fault) => T;

export interface CallRule<T> {
  /** Milliseconds after which the call fails and its answer, should one come, is thrown away. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  readonly validate: Validate<T>;
  /** Told of an answer that came too late, to let go of what it holds. */
  readonly late?: (answer: unknown) => void;
  /** What a reader should do when the call ended without an answer. */
  readonly unanswered?: string;
}

type Outcome = "ok" | "error" | "invalid" | "deadline" | "cancelled";

/**
 * The one guarded way into a plugin that may wait. Enforces the deadline, validates the answer, counts the call, and adds
 * plugin, version, kind, method and place to whatever goes wrong (the cause is kept).
 *
 * @throws the plugin's own `QmtlError` with its code; else `plugin.threw`, `plugin.invalid-answer`, `plugin.deadline`,
 *   `plugin.cancelled`, `plugin.host-closed`
 */
export function callPlugin<T>(site: CallSite, call: (options: CallOptions) => unknown, rule: CallRule<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const started = performance.now();
    const controller = new AbortController();
    const unwatch = watched(site);
    let settled = false;

    const settle = (outcome: Outcome, finish: () => void): void => {
      settled = true;
      unwatch();
      clearTimeout(timer);
      rule.signal?.removeEventListener("abort", cancel);
      site.closed.removeEventListener("abort", cancel);
      record(site, outcome, started);
      finish();
    };
    const fail = (outcome: Outcome, error: QmtlError): void =>
      settle(outcome, () => {
        reject(error);
        if (outcome !== "error" && outcome !== "invalid") controller.abort(error);
      });
    const expire = (): void => fail("deadline", deadlineError(site, rule));
    const cancel = (): void => fail("cancelled", site.closed.aborted ? closedError(site) : cancelledError(site, rule));
    const late = (answer: unknown): void => {
      site.metrics.count("qmtl_plugin_late_answers_total", { plugin: site.plugin.name, method: site.method });
      rule.late?.(answer);
    };

    const timer = setTimeout(expire, rule.deadline);
    rule.signal?.addEventListener("abort", cancel);
    site.closed.addEventListener("abort", cancel);
    if (site.closed.aborted || rule.signal?.aborted === true) {
      cancel();
      return;
    }
    let answer: Promise<unknown>;
    try {
      answer = Promise.resolve(call({ signal: controller.signal }));
    } catch (error) {
      fail("error", blame(site, error));
      return;
    }
    answer.then(
      (value) => {
        if (settled) return late(value);
        // A plugin that blocks the event loop outruns the timer: the clock decides.
        if (performance.now() - started > rule.deadline) {
          expire();
          return late(value);
        }
        try {
          const checked = rule.validate(value, faultOf(site));
          settle("ok", () => resolve(checked));
        } catch (error) {
          fail("invalid", blame(site, error));
        }
      },
      (error: unknown) => (settled ? late(undefined) : fail("error", blame(site, error))),
    );
  });
}

/**
 * The guarded way into a pure plugin. A synchronous call can't be interrupted from its own thread: who runs untrusted code
 * isolates it, or watches from another thread ({@link CallWatch}). A promise as an answer is a fault.
 *
 * @throws as {@link callPlugin}
 */
export function callPurePlugin<T>(site: CallSite, call: () => unknown, validate: Validate<T>): T {
  const started = performance.now();
  if (site.closed.aborted) throw closedError(site);
  const unwatch = watched(site);
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    record(site, "error", started);
    throw blame(site, error);
  } finally {
    unwatch();
  }
  try {
    if (isThenable(answer)) {
      // Its later failure would else end the process as an unhandled rejection.
      Promise.resolve(answer).catch(() => undefined);
      faultOf(site)("returned a promise, but this kind of plugin must answer at once");
    }
    const checked = validate(answer, faultOf(site));
    record(site, "ok", started);
    return checked;
  } catch (error) {
    record(site, "invalid", started);
    throw blame(site, error);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** A fault of this call: `plugin.invalid-answer`. */
export function faultOf(site: CallSite): Fault {
  return (what) => {
    throw new QmtlError({
      code: "plugin.invalid-answer",
      message: `The answer of ${describePlugin(site.plugin)} in ${site.method} ${what}`,
      place: placeOf(site.plugin, site.method, site.place),
      next: `This is a fault of the plugin: report it to the author of ${site.plugin.name}, or use another version.`,
      class: "failed",
    });
  };
}

/** Adds the plugin to an error. A plugin's own coded error keeps its code, sentence and next step. */
function blame(site: CallSite, error: unknown): QmtlError {
  const place = placeOf(site.plugin, site.method, site.place);
  if (isQmtlError(error)) {
    return new QmtlError({
      code: error.code,
      message: error.message,
      place: { ...error.place, ...place },
      ...(error.next !== undefined && { next: error.next }),
      class: error.class,
      details: error.details,
      cause: error,
    });
  }
  return new QmtlError({
    code: "plugin.threw",
    message: `${describePlugin(site.plugin)} threw in ${site.method}: ${sentenceOf(error)}`,
    place,
    next: `This is a fault of the plugin: report it to the author of ${site.plugin.name}, or use another version.`,
    class: "failed",
    cause: error,
  });
}

/** The first line of whatever was thrown, bounded. */
function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : typeof error === "string" ? error : String(error);
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function record(site: CallSite, outcome: Outcome, started: number): void {
  const labels = { plugin: site.plugin.name, method: site.method, outcome };
  site.metrics.observe("qmtl_plugin_call_seconds", labels, (performance.now() - started) / 1000);
}

function watched(site: CallSite): () => void {
  const { watch, plugin, method } = site;
  if (watch === undefined) return () => {};
  const { begin, patience } = watch;
  const error = new QmtlError({
    code: "plugin.blocked",
    message: `${describePlugin(plugin)} has kept the thread busy in ${method} for ${patience} ms and does not let go`,
    place: placeOf(plugin, method, site.place),
    next: `Look for a loop that never ends in ${plugin.name}; long work has to await something now and then.`,
    class: "failed",
  });
  return begin(error, patience);
}

function deadlineError(site: CallSite, rule: CallRule<unknown>): QmtlError {
  return new QmtlError({
    code: "plugin.deadline",
    message: `${describePlugin(site.plugin)} did not answer ${site.method} within ${rule.deadline} ms`,
    place: placeOf(site.plugin, site.method, site.place),
    next: rule.unanswered ?? "Try again; when it stays, report it to the plugin's author.",
    class: "failed",
  });
}

function cancelledError(site: CallSite, rule: CallRule<unknown>): QmtlError {
  return new QmtlError({
    code: "plugin.cancelled",
    message: `The call of ${describePlugin(site.plugin)} in ${site.method} was cancelled`,
    place: placeOf(site.plugin, site.method, site.place),
    ...(rule.unanswered !== undefined && { next: rule.unanswered }),
    class: "failed",
    cause: rule.signal?.reason,
  });
}

function closedError(site: CallSite): QmtlError {
  return new QmtlError({
    code: "plugin.host-closed",
    message: `${describePlugin(site.plugin)} can't answer ${site.method}: the plugins were closed`,
    place: placeOf(site.plugin, site.method, site.place),
    next: "Close the host after the last call.",
    class: "failed",
  });
}
