import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ColumnBatch, DataProvider } from "@qmtl/core/plugin";
import { afterEach } from "vitest";
import { filesConfig } from "./config.ts";
import { createProvider } from "./provider.ts";

export type PresetInput = Partial<Record<string, unknown>>;

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
export function project(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "data-files-"));
  made.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A provider with one preset, `p`: hours of any symbol in `data/`, unless changed. */
export function provide(root: string, change: PresetInput = {}): DataProvider {
  const preset = {
    path: "data/{symbol}.csv",
    format: "csv",
    stamp: "end",
    time: { column: "time" },
    interval: "1h",
    calendar: "24x7",
    ...change,
  };
  return createProvider(root, filesConfig.parse({ presets: { p: preset } }));
}

export interface ReadRows {
  readonly time: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
  readonly lines: readonly number[];
}

export async function readAll(provider: DataProvider, symbol = "A"): Promise<ReadRows> {
  const query = { preset: "p", symbol, interval: "1h", range: { from: -8.64e15, to: 8.64e15 }, asOf: 8.64e15 } as const;
  const batches: ColumnBatch[] = [];
  for await (const batch of provider.read(query, { signal: new AbortController().signal })) batches.push(batch);
  const names = Object.keys(batches[0]?.columns ?? {});
  return {
    time: batches.flatMap(({ time }) => [...time]),
    columns: Object.fromEntries(names.map((name) => [name, batches.flatMap(({ columns }) => [...columns[name]!])])),
    lines: batches.flatMap(({ origin }) => [...(origin?.lines ?? [])]),
  };
}
