import type { Calendar } from "../../data/calendar/calendar.ts";
import { requireCalendar } from "../../data/calendar/calendars.ts";
import { conformSeries } from "../../data/conformance.ts";
import { applyGapPolicy } from "../../data/gap-policy.ts";
import { isoText } from "../../data/iso.ts";
import type { AddedRows, Series } from "../../data/panel.ts";
import type { DataPreset, GapPolicy, UniverseSymbol } from "../../data/preset.ts";
import type { SeriesReport } from "../../data/report.ts";
import { upperBound } from "../../data/sorted.ts";
import type { ColumnBatch, DataProvider, PresetDescription } from "../../plugin/contract/data-provider.ts";
import { QmtlError } from "../../schema/error.ts";
import type { StreamBinding } from "../bind.ts";
import type { Feed, FeedStep } from "./feed.ts";
import type { PlainPanels } from "./rows.ts";

export interface LiveFeedOptions {
  /** What is followed beside the streams of the graph has a node below 0, and is no bar of the clock. */
  readonly bindings: readonly {
    readonly stream: Pick<StreamBinding["stream"], "node" | "gaps">;
    readonly preset: DataPreset;
    readonly symbols: readonly string[];
  }[];
  readonly provider: (preset: DataPreset) => { readonly use: string; readonly provider: DataProvider };
  /** The history, by index of the stream's node; what of it ends after `after` comes first. */
  readonly history: PlainPanels;
  /** What the runner has passed: only bars that end later come. */
  readonly after: number;
  /** Bars up to it, inclusive. Default: without end. */
  readonly until?: number;
  /** Ms UTC. */
  readonly clock: () => number;
  /** Told of rows that came too late for their bar, and were left out. */
  readonly onLate: (late: LateRows) => void;
}

/** Rows of one series that came in after that of their bar, or of a later one. */
export interface LateRows {
  readonly preset: string;
  readonly symbol: string;
  readonly rows: number;
  /** The end of the bar of the first. */
  readonly bar: number;
  readonly file?: string;
  readonly line?: number;
}

/** One series as it comes in; streams of the same preset share it. */
interface Source {
  readonly preset: DataPreset;
  readonly symbol: UniverseSymbol;
  readonly offer: PresetDescription;
  readonly calendar: Calendar;
  readonly provider: DataProvider;
  /** The end of its last bar. */
  last: number;
  /** The row of that bar as the provider gave it: the next ones have to follow it. */
  row: ColumnBatch | undefined;
}

/** A symbol of a stream, and the rows that have come and are not given yet. */
interface Lane {
  readonly node: number;
  readonly source: Source;
  readonly gaps: GapPolicy;
  /** Its last bar, as the gap policy sees what follows. */
  before: Series;
  waiting: Series;
}

/**
 * Bars of the world's presets as their providers get them. They pass the same conformance as an import: order, duplicates, schema, the preset's
 * policy for gaps. A stamp comes when every symbol of every stream has had its bar, or has none to expect up to it.
 *
 * @throws `run.not-live` for a preset that can't be followed
 */
export function createLiveFeed(options: LiveFeedOptions): Feed {
  const { bindings, history, clock, until = Number.POSITIVE_INFINITY } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const sources = new Map<string, Source>();
  const lanes = bindings.flatMap(({ stream, preset, symbols }) => {
    const panel = history.get(stream.node)!;
    return panel.series
      .filter(({ symbol }) => symbols.includes(symbol))
      .map((series): Lane => {
        const { length } = series.stamps;
        const passed = upperBound(series.stamps, options.after);
        return {
          node: stream.node,
          source: sourceOf(preset, series),
          gaps: stream.gaps ?? preset.gaps ?? "refuse",
          before: part(series, length - 1, length),
          waiting: part(series, passed, length),
        };
      });
  });
  let given = options.after;
  let failure: unknown;
  let wake = (): void => {};
  const followers = [...sources.values()].map((source) =>
    follow(source).catch((error: unknown) => {
      if (signal.aborted) return;
      failure ??= error;
      wake();
    }),
  );

  function sourceOf(preset: DataPreset, series: Series): Source {
    const key = JSON.stringify([preset.id, series.symbol]);
    const found = sources.get(key);
    if (found !== undefined) return found;
    const { use, provider } = options.provider(preset);
    const offer = provider.presets().find(({ name }) => `${use}.${name}` === preset.preset);
    if (offer?.live !== true || provider.follow === undefined) throw notLive(preset);
    const source: Source = {
      preset,
      symbol: preset.universe.symbols.find(({ id }) => id === series.symbol)!,
      offer,
      calendar: requireCalendar(preset.calendar),
      provider,
      last: series.stamps.at(-1) ?? Number.NEGATIVE_INFINITY,
      row: undefined,
    };
    sources.set(key, source);
    return source;
  }

  async function follow(source: Source): Promise<void> {
    const { provider, offer, symbol, preset } = source;
    // A row of a later bar is stamped at the end of the last one or after it, whatever the stamp of the preset means.
    const after = source.last === Number.NEGATIVE_INFINITY ? -8.64e15 : source.last - 1;
    const key = { preset: offer.name, symbol: symbol.id, interval: preset.interval, after };
    for await (const batch of provider.follow!(key, { signal })) {
      if (batch.time.length === 0) continue;
      take(source, batch);
      wake();
    }
    if (!signal.aborted) throw ended(source);
  }

  function take(source: Source, batch: ColumnBatch): void {
    const { preset, symbol, offer, calendar, row } = source;
    const { series, report } = conformSeries({
      batches: row === undefined ? [batch] : [row, batch],
      preset: preset.id,
      symbol: symbol.id,
      tags: symbol.tags,
      columns: offer.schema.columns,
      interval: preset.interval,
      calendar,
      stamp: offer.stamp,
      madeFor: requireCalendar(offer.calendar).id,
      arriving: source.last === Number.NEGATIVE_INFINITY ? "first" : "following",
    });
    // An import would turn them round; bars that come in come in order.
    if (report.findings.some(({ kind }) => kind === "reversed")) throw backwards(source, batch);
    tellLate(source, report);
    const from = upperBound(series.stamps, source.last);
    const fresh = part(series, from, series.stamps.length);
    if (row === undefined || fresh.stamps.length > 0) source.row = rowAt(batch, newestOf(batch));
    if (fresh.stamps.length === 0) return;
    source.last = fresh.stamps.at(-1)!;
    for (const lane of lanes) if (lane.source === source) admit(lane, fresh);
  }

  function tellLate({ preset, symbol }: Source, { findings }: SeriesReport): void {
    const found = findings.find(({ kind }) => kind === "late");
    const [example] = found?.examples ?? [];
    if (found === undefined || example === undefined) return;
    const { bar, file, line } = example;
    options.onLate({
      preset: preset.id,
      symbol: symbol.id,
      rows: found.count,
      bar,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    });
  }

  function admit(lane: Lane, fresh: Series): void {
    const { before, source, gaps } = lane;
    const { offer, preset, calendar } = source;
    const panel = { preset: preset.id, schema: offer.schema, interval: preset.interval, calendar };
    const joined = join(before, fresh);
    const gapped = applyGapPolicy({ panel: { ...panel, series: [joined] }, gaps }).series[0]!;
    const known = before.stamps.length;
    lane.before = part(joined, joined.stamps.length - 1, joined.stamps.length);
    lane.waiting = join(
      lane.waiting,
      part(
        gapped,
        upperBound(gapped.stamps, before.stamps[known - 1] ?? Number.NEGATIVE_INFINITY),
        gapped.stamps.length,
      ),
    );
  }

  /** The next stamp, when no bar up to it is missing any more. One at a time: how late each is counts for its orders. */
  function nextComplete(): number | undefined {
    let to = Number.NEGATIVE_INFINITY;
    for (const { waiting } of lanes) to = Math.max(to, waiting.stamps.at(-1) ?? to);
    for (const { source } of lanes) if (source.last < to) to = Math.min(to, expectedBefore(source, to));
    const first = Math.min(...lanes.map(({ waiting }) => waiting.stamps[0] ?? Number.POSITIVE_INFINITY));
    return first <= Math.min(to, until) ? first : undefined;
  }

  return {
    kind: "live",
    async next(): Promise<FeedStep | undefined> {
      for (;;) {
        if (signal.aborted || given >= until) return undefined;
        if (failure !== undefined) throw failure;
        const came = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const to = nextComplete();
        if (to !== undefined) {
          const step = { ...give(to), ended: [], to, now: clock() };
          given = to;
          return step;
        }
        await came;
      }
    },
    close: async () => {
      closing.abort();
      wake();
      await Promise.all(followers);
    },
  };

  function give(to: number): Pick<FeedStep, "rows" | "bars"> {
    const rows = new Map<number, AddedRows["series"][number][]>();
    const stamps = new Set<number>();
    for (const lane of lanes) {
      const count = upperBound(lane.waiting.stamps, to);
      const { symbol, stamps: its, columns } = part(lane.waiting, 0, count);
      if (lane.node >= 0) for (const stamp of its) stamps.add(stamp);
      const of = rows.get(lane.node) ?? [];
      of.push({ symbol, stamps: its, columns });
      rows.set(lane.node, of);
      lane.waiting = part(lane.waiting, count, lane.waiting.stamps.length);
    }
    return { rows: new Map([...rows].map(([node, series]) => [node, { series }])), bars: stamps.size };
  }
}

/** The last instant before which a series has no bar to expect after its last one, at most `to`. */
function expectedBefore({ calendar, preset, last }: Source, to: number): number {
  if (!calendar.hasSlots || last === Number.NEGATIVE_INFINITY) return last;
  const [next] = calendar.slots(preset.interval, last, to);
  return next === undefined ? to : next - 1;
}

function part({ symbol, tags, stamps, columns }: Series, from: number, to: number): Series {
  const start = Math.max(0, from);
  return {
    symbol,
    tags,
    stamps: stamps.slice(start, to),
    columns: Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.slice(start, to)])),
  };
}

function join(a: Series, b: Series): Series {
  const stamps = new Float64Array(a.stamps.length + b.stamps.length);
  stamps.set(a.stamps);
  stamps.set(b.stamps, a.stamps.length);
  const columns = Object.fromEntries(
    Object.entries(a.columns).map(([name, cells]) => {
      const more = b.columns[name]!;
      const both = new (cells.constructor as new (length: number) => typeof cells)(cells.length + more.length);
      both.set(cells);
      both.set(more, cells.length);
      return [name, both];
    }),
  );
  return { ...a, stamps, columns };
}

function rowAt({ time, columns, origin }: ColumnBatch, row: number): ColumnBatch {
  return {
    time: time.slice(row, row + 1),
    columns: Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.slice(row, row + 1)])),
    ...(origin !== undefined && { origin: { file: origin.file, lines: origin.lines.slice(row, row + 1) } }),
  };
}

/** The first of the rows with the latest time. */
function newestOf({ time }: ColumnBatch): number {
  let newest = 0;
  for (let row = 1; row < time.length; row++) if (time[row]! > time[newest]!) newest = row;
  return newest;
}

function notLive({ id, preset }: DataPreset): QmtlError {
  return new QmtlError({
    code: "run.not-live",
    message: `Preset ${id} (${preset}) can't be followed: its provider gives no rows that are still to come`,
    place: { preset: id },
    next: "Follow a preset that is live, such as files with grows: true, or run with --feed replay.",
  });
}

function backwards({ preset, symbol, last }: Source, { origin }: ColumnBatch): QmtlError {
  const line = origin?.lines[0];
  return new QmtlError({
    code: "data.unordered",
    message: `A row of ${symbol.id} came in after the bar of ${isoText(last)}, and belongs before it`,
    place: {
      preset: preset.id,
      symbol: symbol.id,
      ...(origin !== undefined && { file: origin.file }),
      ...(line !== undefined && { line }),
    },
    next: "Take the row away: what was traded without it is not revised. Then start the runner again.",
  });
}

function ended({ preset, symbol, last }: Source): QmtlError {
  return new QmtlError({
    code: "run.feed-ended",
    message: `The feed of ${symbol.id} ended${last === Number.NEGATIVE_INFINITY ? "" : ` after the bar of ${isoText(last)}`}`,
    place: { preset: preset.id, symbol: symbol.id },
    next: "Look at the provider, then start the runner again: it goes on where it stopped.",
    class: "failed",
  });
}
