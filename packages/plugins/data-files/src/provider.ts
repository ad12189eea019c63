import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { relative } from "node:path";
import type { DataProvider, PresetDescription, SeriesKey } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import { readActions } from "./action-rows.ts";
import { type FilesConfig, type FilesPreset, schemaOf } from "./config.ts";
import { isSystemError, unreadable } from "./csv.ts";
import { csvRows, followedRows, type RowsInput } from "./csv-rows.ts";
import { createLocator, type Locator } from "./locate.ts";
import { parquetRows } from "./parquet-rows.ts";
import { createTimeReader } from "./time-format.ts";
import { createZone } from "./zone.ts";

/** Changes whenever the same file gives other rows. */
const GENERATION = "1";

interface Source {
  readonly name: string;
  readonly config: FilesPreset;
  readonly schema: PresetDescription["schema"];
  readonly locator: Locator;
  /** Of corporate actions. */
  readonly actions: Locator | undefined;
}

/** @throws what is wrong with the configuration beyond its shape: `files.invalid-path`, `files.invalid-time-format`, `files.unknown-column`, `schema.*` */
export function createProvider(root: string, { presets }: FilesConfig): DataProvider {
  const sources = new Map(Object.entries(presets).map(([name, config]) => [name, createSource(root, name, config)]));

  function requireSource({ preset, interval }: SeriesKey): Source {
    const source = sources.get(preset);
    if (source === undefined)
      throw new QmtlError({
        code: "data.unknown-preset",
        message: `There is no preset ${JSON.stringify(`files.${preset}`)}`,
        next: `Use one of ${[...sources.keys()].map((name) => `files.${name}`).join(", ") || "none: the configuration names no presets"}.`,
      });
    if (interval !== source.config.interval)
      throw new QmtlError({
        code: "data.missing-interval",
        message: `files.${preset} has no bars of ${interval}`,
        place: { preset: `files.${preset}` },
        next: `It has ${source.config.interval}.`,
      });
    return source;
  }

  async function* rowsOf(series: SeriesKey, wanted: (time: number) => boolean, signal: AbortSignal) {
    const { config, schema, locator } = requireSource(series);
    for (const file of locator.files(series.symbol)) {
      signal.throwIfAborted();
      const input: RowsInput = { file, preset: config, schema: schema.columns, time: timeOf(config), wanted, signal };
      yield* config.format === "csv" ? csvRows(input) : parquetRows(input);
    }
  }

  return {
    supports: { live: true, pointInTime: false },
    presets: () => [...sources.values()].map(describe),
    async coverage(series, { signal }) {
      let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for await (const { time } of rowsOf(series, () => true, signal))
        for (const at of time) {
          from = Math.min(from, at);
          to = Math.max(to, at + 1);
        }
      return from < to ? [{ from, to }] : [];
    },
    async *read(query, { signal }) {
      signal.throwIfAborted();
      const { range, asOf } = query;
      yield* rowsOf(query, (at) => at >= range.from && at < range.to && at <= asOf, signal);
    },
    async *follow(query, { signal }) {
      const { config, schema, locator } = requireSource(query);
      if (!config.grows) throw notGrowing(query.preset);
      const [file] = locator.files(query.symbol);
      const { after } = query;
      yield* followedRows({
        file: file!,
        preset: config,
        schema: schema.columns,
        time: timeOf(config),
        wanted: (at) => at > after,
        signal,
      });
    },
    async actions(series, { signal }) {
      const { config, actions } = requireSource(series);
      const date = createTimeReader({ format: "YYYY-MM-DD", zone: createZone(config.zone), session: false });
      const files = actionFiles(actions, series.symbol);
      const read = files.map((file) => readActions({ file, delimiter: config.delimiter, date, signal }));
      return (await Promise.all(read)).flat();
    },
    async revision(series, { signal }) {
      const { config, locator, actions } = requireSource(series);
      const hash = createHash("sha256").update(`${GENERATION}\n${JSON.stringify(config)}\n`);
      for (const file of [...locator.files(series.symbol), ...actionFiles(actions, series.symbol)]) {
        const { size, digest } = await contentOf(file, signal);
        hash.update(`${relative(root, file)}\n${size}\n${digest}\n`);
      }
      return hash.digest("hex");
    },
  };
}

function createSource(root: string, name: string, config: FilesPreset): Source {
  const schema = schemaOf(config.schema);
  if (config.format === "csv" && config.time.format === "timestamp")
    throw new QmtlError({
      code: "files.invalid-time-format",
      message: "A CSV file has no timestamps of Parquet's type",
      place: { path: `presets.${name}.time.format` },
      next: "Name the form in which the file writes its times, such as iso.",
    });
  timeOf(config);
  if (config.grows && (config.format !== "csv" || typeof config.path !== "string"))
    throw new QmtlError({
      code: "files.not-growing",
      message: `files.${name} can't grow: ${config.format === "csv" ? "its rows lie in several files" : "a Parquet file is written once"}`,
      place: { path: `presets.${name}.grows` },
      next: "Let rows be appended to one CSV file per symbol, or take grows away.",
    });
  const stray = Object.keys(config.columns).find((column) => !Object.hasOwn(schema.columns, column));
  if (stray !== undefined)
    throw new QmtlError({
      code: "files.unknown-column",
      message: `Schema ${schema.id} has no column "${stray}"`,
      place: { path: `presets.${name}.columns.${stray}` },
      next: `Map columns of the schema to headers of the file; it has ${Object.keys(schema.columns).join(", ")}.`,
    });
  const { actions, symbol } = config;
  return {
    name,
    config,
    schema,
    locator: createLocator(root, name, config),
    actions:
      actions === undefined
        ? undefined
        : createLocator(root, name, { path: actions, ...(symbol !== undefined && { symbol }) }, "actions"),
  };
}

function notGrowing(preset: string): QmtlError {
  return new QmtlError({
    code: "files.not-growing",
    message: `files.${preset} is not said to grow, so nothing comes in`,
    place: { preset: `files.${preset}` },
    next: "Say grows: true of the preset in qmtl.config.ts, when rows are appended to its files.",
  });
}

/** A symbol without a file has no actions. */
function actionFiles(actions: Locator | undefined, symbol: string): readonly string[] {
  return actions?.symbols().includes(symbol) === true ? actions.files(symbol) : [];
}

function timeOf({ time, zone, stamp }: FilesPreset) {
  const format = time.format === "timestamp" ? "iso" : time.format;
  return createTimeReader({ format, zone: createZone(zone), session: stamp === "session" });
}

function describe({ name, config, schema, locator }: Source): PresetDescription {
  const paths = typeof config.path === "string" ? config.path : config.path.join(", ");
  return {
    name,
    description: `${config.format} files ${paths}`,
    schema,
    intervals: [config.interval],
    symbols: locator.symbols(),
    stamp: config.stamp,
    live: config.grows,
    calendar: config.calendar,
  };
}

async function contentOf(file: string, signal: AbortSignal): Promise<{ size: number; digest: string }> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const bytes of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
      size += bytes.length;
      hash.update(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw isSystemError(error) ? unreadable(file, error) : error;
  }
  return { size, digest: hash.digest("hex") };
}
