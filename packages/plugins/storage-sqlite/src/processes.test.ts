import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { StateStorage, Storage } from "@qmtl/core/plugin";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import storageSqlite from "./index.ts";

const here = dirname(fileURLToPath(import.meta.url));
const program = join(mkdtempSync(join(tmpdir(), "qmtl-writer-")), "writer.mjs");
/** The native package stays outside of the bundle, and is found through this folder. */
const modules = join(dirname(createRequire(import.meta.url).resolve("libsql")), "..");

beforeAll(async () => {
  await build({
    entryPoints: [join(here, "writer.test.child.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@qmtl/source"],
    logLevel: "error",
  });
});

const { signal } = new AbortController();
const newRoot = (): string => mkdtempSync(join(tmpdir(), "qmtl-processes-"));

async function openStorage(root: string): Promise<Storage> {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const refuse = (): never => {
    throw new Error("not in this test");
  };
  return storageSqlite.setup({ log, clock: () => 0, secrets: refuse, fetch: refuse, signal, root }, { path: ".qmtl" });
}

interface Writer {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly lines: readonly string[]; readonly errors: string }>;
}

function startWriter(root: string, writer: string, count: number): Writer {
  const child = spawn(process.execPath, [program, root, writer, String(count)], { env: { NODE_PATH: modules } });
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<Awaited<Writer["ended"]>>((resolve) => {
    // The last line has no end when the process died while it printed: then it was not acknowledged.
    child.on("close", (code) => resolve({ code, lines: out.split("\n").slice(0, -1), errors }));
  });
  return { process: child, ended };
}

interface Body {
  readonly writer: string;
  readonly n: number;
  readonly digest: string;
}

async function journal(state: StateStorage): Promise<readonly { readonly revision: number; readonly body: Body }[]> {
  return (await state.read("w", "s", 0, { signal })) as unknown as readonly { revision: number; body: Body }[];
}

describe("processes", () => {
  test("ten that begin a journal and append to it at once lose no record", async () => {
    const root = newRoot();
    const each = 40;
    const names = Array.from({ length: 10 }, (_, i) => `w${i}`);
    const ends = await Promise.all(names.map((name) => startWriter(root, name, each).ended));
    for (const { code, errors } of ends) expect({ code, errors }).toEqual({ code: 0, errors: "" });

    const storage = await openStorage(root);
    const records = await journal(storage.state as StateStorage);
    expect(records.map(({ revision }) => revision)).toEqual(records.map((_, i) => i + 1));
    const written = records.map(({ body }) => `${body.writer}:${body.n}`).sort();
    const expected = names.flatMap((name) => Array.from({ length: each }, (_, i) => `${name}:${i + 1}`)).sort();
    expect(written).toEqual(expected);
    for (const name of names) expect(await storage.state?.head("w", `own-${name}`, { signal })).toBe(each);
    await storage.dispose?.();
  }, 180_000);

  test("one that is killed at any moment leaves everything it acknowledged, nothing half done, and a journal that goes on", async () => {
    const root = newRoot();
    let acknowledged = 0;
    for (let round = 0; round < 12; round++) {
      const name = `round${round}`;
      const writer = startWriter(root, name, 100_000);
      await new Promise((resolve) => writer.process.stdout?.once("data", resolve));
      // Spread over some commits, and not at the same place in each round.
      await sleep((round * 37) % 60);
      writer.process.kill("SIGKILL");
      const { lines, code } = await writer.ended;
      expect(code).toBeNull();
      expect(lines.length).toBeGreaterThan(0);
      acknowledged += lines.length;

      const storage = await openStorage(root);
      const state = storage.state as StateStorage;
      const records = await journal(state);
      expect(records.map(({ revision }) => revision)).toEqual(records.map((_, i) => i + 1));
      for (const line of lines) {
        const [revision = "", n = "", digest = ""] = line.split(" ");
        expect(records[Number(revision) - 1]?.body).toEqual({ writer: name, n: Number(n), digest });
        const bytes = await storage.objects?.get(digest, { signal });
        expect(bytes && new TextDecoder().decode(bytes)).toBe(`${name}:${n}`);
      }
      // Both streams of an append, or neither.
      const own = await state.head("w", `own-${name}`, { signal });
      expect(records.filter(({ body }) => body.writer === name)).toHaveLength(own);
      // At most the one append that was under way was written and not acknowledged.
      expect([0, 1]).toContain(own - lines.length);

      const next = await state.append("w", [{ stream: "probe", expectedRevision: round, records: [name] }], { signal });
      expect(next).toEqual({ kind: "appended", heads: { probe: round + 1 } });
      await storage.dispose?.();
    }
    expect(acknowledged).toBeGreaterThan(12);
  }, 180_000);
});
