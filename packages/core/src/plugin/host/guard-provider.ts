import { actionFlaw } from "../../data/corporate-actions.ts";
import type { Columns } from "../../schema/cell.ts";
import { isInterval } from "../../schema/interval.ts";
import { FOLDS } from "../../schema/schema.ts";
import type {
  ColumnBatch,
  CorporateAction,
  DataProvider,
  FollowQuery,
  PresetDescription,
  ReadQuery,
  SeriesKey,
  TimeRange,
} from "../contract/data-provider.ts";
import type { CallOptions } from "../contract/plugin.ts";
import { type CallSite, callPlugin, callPurePlugin, type Fault } from "./call.ts";
import { type GuardScope, isRecord, show, siteOf } from "./guard.ts";

/** After the plugin's word and a dot, this is what worlds write. */
const PRESET = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const DTYPES: readonly unknown[] = ["f64", "i32", "bool", "categorical"];
const STAMPS: readonly unknown[] = ["end", "start", "session"];

/** A data provider whose every answer keeps the contract. Its `dispose` belongs to the host. */
export function guardProvider(provider: DataProvider, scope: GuardScope): DataProvider {
  const placeOf = ({ preset, symbol }: SeriesKey) => ({ preset: `${scope.plugin.use}.${preset}`, symbol });
  const presets = (): readonly PresetDescription[] =>
    callPurePlugin(siteOf(scope, "presets"), () => provider.presets(), checkPresets);
  const columnsOf = (series: SeriesKey): Columns | undefined =>
    presets().find((preset) => preset.name === series.preset)?.schema.columns;
  const { call, batch, dispose } = scope.deadlines;

  return {
    supports: { live: provider.supports.live, pointInTime: provider.supports.pointInTime },
    presets,
    coverage: (series, { signal }) =>
      callPlugin(siteOf(scope, "coverage", placeOf(series)), (options) => provider.coverage(series, options), {
        deadline: call,
        signal,
        validate: checkRanges,
      }),
    read: (query, { signal }) =>
      guardBatches({
        site: siteOf(scope, "read", placeOf(query)),
        open: (options) => provider.read(query, options),
        check: () => batchCheck(columnsOf(query), query),
        deadline: batch,
        disposeDeadline: dispose,
        signal,
      }),
    ...(provider.actions !== undefined && {
      actions: (series: SeriesKey, { signal }: CallOptions) =>
        callPlugin(siteOf(scope, "actions", placeOf(series)), (options) => provider.actions?.(series, options), {
          deadline: call,
          signal,
          validate: checkActions,
        }),
    }),
    revision: (series, { signal }) =>
      callPlugin(siteOf(scope, "revision", placeOf(series)), (options) => provider.revision(series, options), {
        deadline: call,
        signal,
        validate: (answer, fault) => (typeof answer === "string" && answer !== "" ? answer : fault("is not a text")),
      }),
    ...(provider.supports.live && {
      follow: (query: FollowQuery, { signal }: CallOptions) =>
        guardBatches({
          site: siteOf(scope, "follow", placeOf(query)),
          open: (options) => provider.follow?.(query, options),
          check: () => followCheck(columnsOf(query), query),
          // A quiet market is no fault: only the caller ends a wait for the next bar.
          deadline: 2 ** 31 - 1,
          disposeDeadline: dispose,
          signal,
        }),
    }),
  };
}

type BatchCheck = (answer: unknown, fault: Fault) => ColumnBatch;

interface Batches {
  readonly site: CallSite;
  readonly open: (options: CallOptions) => unknown;
  readonly check: () => BatchCheck;
  readonly deadline: number;
  readonly disposeDeadline: number;
  readonly signal: AbortSignal;
}

/** One guarded call per batch. Nothing is read after an abort, a fault or a late batch; the plugin's iterator is closed. */
async function* guardBatches(batches: Batches): AsyncGenerator<ColumnBatch, void, undefined> {
  const { site, deadline, disposeDeadline, signal } = batches;
  const controller = new AbortController();
  const check = batches.check();
  const iterator = callPurePlugin(site, () => iterate(batches.open({ signal: controller.signal })), checkIterator);
  let state: "open" | "ended" | "broken" = "open";
  try {
    for (;;) {
      state = "broken";
      const step = await callPlugin(site, () => iterator.next(), {
        deadline,
        signal,
        validate: (answer, fault) => {
          if (!isRecord(answer)) return fault("is no step of an iteration");
          return answer["done"] === true ? undefined : check(answer["value"], fault);
        },
      });
      state = "open";
      if (step === undefined) {
        state = "ended";
        return;
      }
      yield step;
    }
  } finally {
    controller.abort();
    if (state === "open" && iterator.return !== undefined)
      await callPlugin(site, () => iterator.return?.(), { deadline: disposeDeadline, validate: () => undefined });
    // A broken iterator is told to end but not waited for: the first failure is the one that counts.
    if (state === "broken") Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function iterate(answer: unknown): unknown {
  return (answer as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]?.();
}

function checkIterator(answer: unknown, fault: Fault): AsyncIterator<unknown> {
  if (!isRecord(answer) || typeof answer["next"] !== "function") fault("can't be iterated with for await");
  return answer as unknown as AsyncIterator<unknown>;
}

/** Presets by the letter of the contract, no name twice. */
export function checkPresets(answer: unknown, fault: Fault): readonly PresetDescription[] {
  if (!Array.isArray(answer)) fault("is not a list of presets");
  const seen = new Set<string>();
  for (const preset of answer as readonly PresetDescription[]) {
    if (!isRecord(preset) || typeof preset.name !== "string" || !PRESET.test(preset.name))
      fault(`has a preset without a usable name (${show((preset as { name?: unknown } | null)?.name)})`);
    const { name, schema } = preset;
    if (seen.has(name)) fault(`names the preset ${name} twice`);
    seen.add(name);
    if (typeof preset.description !== "string") fault(`does not describe the preset ${name}`);
    if (!isRecord(schema) || typeof schema.id !== "string" || !isRecord(schema.columns) || !isRecord(schema.fold))
      fault(`has no schema for the preset ${name}`);
    if (Object.keys(schema.columns).length === 0) fault(`has no columns in the preset ${name}`);
    for (const [column, cell] of Object.entries(schema.columns))
      if (!isRecord(cell) || !DTYPES.includes(cell.dtype)) fault(`has an unknown cell for ${name}.${column}`);
    for (const [column, fold] of Object.entries(schema.fold))
      if (fold !== undefined && !(FOLDS.includes(fold) && Object.hasOwn(schema.columns, column)))
        fault(`folds ${name}.${column} by ${show(fold)}`);
    if (!Array.isArray(preset.intervals) || preset.intervals.length === 0 || !preset.intervals.every(isInterval))
      fault(`has no known intervals for the preset ${name}`);
    if (
      preset.symbols !== "any" &&
      !(Array.isArray(preset.symbols) && preset.symbols.every((s) => typeof s === "string"))
    )
      fault(`names no symbols for the preset ${name}`);
    if (preset.live !== undefined && typeof preset.live !== "boolean")
      fault(`says ${show(preset.live)} of whether the preset ${name} is live`);
    if (!STAMPS.includes(preset.stamp)) fault(`stamps the preset ${name} by ${show(preset.stamp)}`);
    if (typeof preset.calendar !== "string" || preset.calendar === "") fault(`has no calendar for the preset ${name}`);
  }
  return answer as readonly PresetDescription[];
}

/** Half-open ranges of finite instants, not empty, ascending and disjoint. */
export function checkRanges(answer: unknown, fault: Fault): readonly TimeRange[] {
  if (!Array.isArray(answer)) fault("is not a list of ranges");
  let end = Number.NEGATIVE_INFINITY;
  for (const range of answer as readonly TimeRange[]) {
    if (!isRecord(range) || !Number.isFinite(range.from) || !Number.isFinite(range.to))
      fault("holds a range that is not { from, to } of finite instants");
    if (range.from >= range.to) fault(`holds the empty range ${range.from} to ${range.to}`);
    if (range.from < end) fault(`holds ranges that overlap or descend at ${range.from}`);
    end = range.to;
  }
  return answer as readonly TimeRange[];
}

/** Splits and dividends that can be, ascending by time. */
export function checkActions(answer: unknown, fault: Fault): readonly CorporateAction[] {
  if (!Array.isArray(answer)) fault("is not a list of corporate actions");
  const actions = answer as readonly CorporateAction[];
  actions.forEach((action, i) => {
    if (!isRecord(action) || (action.kind !== "split" && action.kind !== "dividend"))
      fault(`holds ${show(action)}, which is neither a split nor a dividend`);
    const flaw = actionFlaw(action, actions[i - 1]);
    if (flaw !== undefined) fault(`holds a ${action.kind} that can't be: ${flaw}`);
  });
  return actions;
}

/** A batch has a time per row, exactly the preset's columns, each as long and of a fitting type, and only rows that were asked for. */
export function batchCheck(columns: Columns | undefined, query: Pick<ReadQuery, "range"> | undefined): BatchCheck {
  return (answer, fault) => {
    if (columns === undefined) fault("is a batch of a preset that the plugin does not describe");
    if (!isRecord(answer) || !isRecord(answer["columns"])) fault("is a batch without columns");
    const batch = answer as unknown as ColumnBatch;
    if (!(batch.time instanceof Float64Array)) fault("is a batch whose time is not a Float64Array");
    const rows = batch.time.length;
    for (const [name, cell] of Object.entries(columns ?? {})) {
      const values: unknown = Object.hasOwn(batch.columns, name) ? batch.columns[name] : undefined;
      if (values === undefined) fault(`is a batch without the column ${name}`);
      const fits = cell.dtype === "categorical" ? isWords(values) : isNumbers(values);
      if (!fits) fault(`is a batch whose column ${name} is not of ${cell.dtype}`);
      const { length } = values as { readonly length: number };
      if (length !== rows) fault(`is a batch of ${rows} rows whose column ${name} has ${length}`);
    }
    for (const name of Object.keys(batch.columns))
      if (!Object.hasOwn(columns ?? {}, name))
        fault(`is a batch with the column ${show(name)}, which its preset does not describe`);
    if (batch.origin !== undefined && batch.origin.lines?.length !== rows)
      fault(`is a batch of ${rows} rows with another number of source lines`);
    if (query !== undefined) checkTimes(batch.time, query.range, fault);
    return batch;
  };
}

/** The same of rows that are followed: none of the time before. */
export function followCheck(columns: Columns | undefined, { after }: Pick<FollowQuery, "after">): BatchCheck {
  const check = batchCheck(columns, undefined);
  return (answer, fault) => {
    const batch = check(answer, fault);
    for (const time of batch.time)
      if (time <= after) fault(`holds a row at ${time}, which is not after the ${after} that was asked for`);
    return batch;
  };
}

function checkTimes(times: Float64Array, range: TimeRange, fault: Fault): void {
  for (const time of times)
    if (!(time >= range.from && time < range.to) && !Number.isNaN(time))
      fault(`holds a row at ${time}, outside of the half-open range ${range.from} to ${range.to} that was asked for`);
}

function isNumbers(values: unknown): boolean {
  return values instanceof Float64Array || values instanceof Int32Array || values instanceof Uint8Array;
}

function isWords(values: unknown): boolean {
  return Array.isArray(values) && values.every((word) => typeof word === "string");
}
