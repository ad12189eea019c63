import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinWorld, type LoadedWorld, loadWorld, openWorld, type SubmitResult } from "@qmtl/core";
import type { StoredRecord } from "@qmtl/core/plugin";
import type { QmtlErrorJson } from "@qmtl/core/schema";
import { afterAll, vi } from "vitest";
import { initProject } from "./commands/init.ts";
import { openProject } from "./project/project.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const command = join(repository, "packages/cli/bin/qmtl.js");

/** What a finished command left. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** A project in a folder of its own, driven through the built command as its users do. */
export interface TestProject {
  readonly root: string;
  write(file: string, text: string | Uint8Array): void;
  read(file: string): string;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): Started;
  qmtl(...args: readonly string[]): Promise<Ran>;
  /** `qmtl submit … --json` to the world `sp500-trend`, unless the arguments name another. */
  submit(file: string, ...args: readonly string[]): Promise<Submitted>;
  /** The records of a world's journal, or of another stream of it. */
  journal(world?: string, stream?: string): Promise<readonly StoredRecord[]>;
  /** An object of the storage. */
  object(world: string, digest: string): Promise<Uint8Array | undefined>;
}

/** A submission with its result; `error` also holds what came instead of a result. */
export interface Submitted extends Ran {
  readonly result: SubmitResult;
  readonly error: NonNullable<SubmitResult["error"]> & Pick<QmtlErrorJson, "details">;
}

// Every command is processes of its own: they end soon, and a busy machine is no fault of theirs.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const made: string[] = [];
afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true, force: true });
});

/** What `qmtl init` makes, with the packages of this repository installed, and these files in it. */
export function makeProject(files: Readonly<Record<string, string | Uint8Array>> = {}): TestProject {
  if (!existsSync(join(repository, "packages/cli/dist/main.js")))
    throw new Error("The packages are not built: npm run build");
  const root = mkdtempSync(join(tmpdir(), "qmtl-project-"));
  made.push(root);
  initProject(root, "0.1.0");
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  const project = projectAt(root);
  for (const [file, content] of Object.entries(files)) project.write(file, content);
  return project;
}

/** A project that stands in a folder already. */
export function projectAt(root: string): TestProject {
  const start: TestProject["start"] = (args, environment = {}) => {
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, [command, ...args], {
      cwd: root,
      env: { PATH, HOME, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
    return { process: child, ended };
  };
  const inWorld = async <T>(
    world: string,
    read: (loaded: LoadedWorld, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const { config } = await openProject(root);
    const { signal } = new AbortController();
    const log = { debug: () => {}, info: () => {}, warn: () => {} };
    const loaded = await loadWorld(world, { config, root, clock: Date.now, log, signal });
    try {
      return await read(loaded, signal);
    } finally {
      await loaded.host.close();
    }
  };
  const qmtl: TestProject["qmtl"] = (...args) => start(args).ended;
  return {
    root,
    start,
    qmtl,
    write: (file, content) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    },
    read: (file) => readFileSync(join(root, file), "utf8"),
    submit: async (file, ...args) => {
      const world = args.includes("--world") ? [] : ["--world", "sp500-trend"];
      return submitted(await qmtl("submit", file, ...world, ...args, "--json"));
    },
    journal: (world = "sp500-trend", stream = "journal") =>
      inWorld(world, ({ state }, signal) => state.read(world, stream, 0, { signal })),
    object: (world, digest) => inWorld(world, ({ objects }, signal) => objects.get(digest, { signal })),
  };
}

/** A runner of this process in the project's world that registers, and never answers. */
export async function muteRunner(
  { root }: Pick<TestProject, "root">,
  world = "sp500-trend",
): Promise<{ leave(): Promise<void> }> {
  const { signal } = new AbortController();
  const { config } = await openProject(root);
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const loaded = await loadWorld(world, { config, root, clock: Date.now, log, signal });
  const participant = await joinWorld({
    world: openWorld({ storage: loaded.state, config: loaded.config, clock: Date.now, signal }),
    strategy: "sma-cross",
    host: { name: "here", pid: process.pid },
    report: { version: "a".repeat(64), domain: "dryrun" },
    ...loaded.config.runners,
    prepare: () => new Promise(() => {}),
    cancelOrders: async () => 0,
    onProblem: () => {},
    clock: Date.now,
    signal,
  });
  return {
    async leave() {
      await participant.leave();
      await loaded.host.close();
    },
  };
}

export function submitted(ran: Ran): Submitted {
  const printed = ran.stdout === "" ? {} : (JSON.parse(ran.stdout) as Partial<SubmitResult>);
  return { ...ran, result: printed as SubmitResult, error: printed.error as Submitted["error"] };
}

/** A strategy of one node, with code of the test's in it. */
export function strategyText(parts: {
  readonly name?: string;
  /** In front of the strategy. */
  readonly top?: string;
  /** First in `graph()`. */
  readonly graph?: string;
  /** The whole `compute`. */
  readonly compute?: string;
  readonly tag?: string;
}): string {
  const { name = "tested", top = "", graph = "", tag = "us-index" } = parts;
  const { compute = "({ close, mean }) => ({ weight: close > mean ? 1 : 0 })" } = parts;
  return `import { type Decision, node, param, strategy, stream, targetWeights } from "@qmtl/core/strategy";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { sma } from "@qmtl/core/indicators";
${top}
export default strategy({
  name: "${name}",
  params: { length: param.int(10, { min: 2, max: 200 }) },
  graph({ params }): Decision {
    ${graph}
    const bars = stream({ schema: ohlcv, tags: ["${tag}"], interval: "1d" });
    const trend = node({
      name: "trend",
      inputs: { close: bars.close, mean: sma(bars.close, params.length) },
      output: { weight: fraction },
      compute: ${compute},
    });
    return targetWeights(trend.weight);
  },
});
`;
}

/** Line of {@link strategyText} on which `compute` begins. */
export const COMPUTE_LINE = 15;

/** `qmtl.config.ts` with the standard plugins, and these beside or instead of them. */
export function configText(parts: {
  readonly limits?: { readonly seconds?: number; readonly memoryMb?: number };
  /** Local modules by the name under which they are imported. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Entries of `plugins`; default: the standard ones. */
  readonly plugins?: readonly string[];
  readonly more?: string;
}): string {
  const { limits, imports = {}, more = "" } = parts;
  const standard = ["use(dataSamples)", "use(evaluatorStandard)", "use(allocatorEqual)", "use(storageSqlite)"];
  return `import allocatorEqual from "@qmtl/allocator-equal";
import { defineConfig, use } from "@qmtl/core/plugin";
import dataFiles from "@qmtl/data-files";
import dataSamples from "@qmtl/data-samples";
import evaluatorStandard from "@qmtl/evaluator-standard";
import storageSqlite from "@qmtl/storage-sqlite";
${Object.entries(imports)
  .map(([name, from]) => `import ${name} from "${from}";`)
  .join("\n")}

export default defineConfig({
  plugins: [${(parts.plugins ?? standard).join(", ")}],
  ${limits === undefined ? "" : `limits: ${JSON.stringify(limits)},`}
  ${more}
});
`;
}
