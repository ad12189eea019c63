import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorldStatus } from "@qmtl/core";
import type { StoredRecord } from "@qmtl/core/plugin";
import { describe, expect, test } from "vitest";
import { fill, mayMount, mount, unmount } from "./mount.test.kit.ts";
import { makeProject, type Started, strategyText, submitted, type TestProject } from "./project.test.kit.ts";

const STRATEGY = "strategies/sma-cross.ts";

interface Envelope {
  readonly versions: readonly { readonly strategy: string; readonly evalKey: string }[];
  readonly selected: readonly { readonly strategy: string }[];
}

interface JournalBody {
  readonly kind: string;
  readonly evalKey?: string;
  readonly strategy?: string;
  readonly envelope?: Envelope;
}

const bodies = (records: readonly StoredRecord[]): readonly JournalBody[] =>
  records.map(({ body }) => body as unknown as JournalBody);
const ofKind = (records: readonly StoredRecord[], kind: string): readonly JournalBody[] =>
  bodies(records).filter((body) => body.kind === kind);

async function statusOf(project: TestProject): Promise<WorldStatus> {
  const { code, stdout, stderr } = await project.qmtl("world", "status", "sp500-trend", "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as WorldStatus;
}

/** Every submission is in the journal as a whole, or not at all. */
function expectWhole(records: readonly StoredRecord[]): void {
  expect(records.map(({ revision }) => revision)).toEqual(records.map((_, i) => i + 1));
  const keys = (kind: string): readonly (string | undefined)[] => ofKind(records, kind).map(({ evalKey }) => evalKey);
  expect(keys("evaluation")).toEqual(keys("trial"));
  expect(new Set(keys("trial")).size).toBe(keys("trial").length);
  const decided = new Set(
    ofKind(records, "decision").flatMap(({ envelope }) => envelope?.versions.map(({ evalKey }) => evalKey)),
  );
  for (const key of keys("trial")) expect(decided).toContain(key);
}

/** The same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const hasProc = existsSync("/proc/self/task");

/** The bundler's service is a child too; the isolate is the one that runs child.cjs. */
function isolateOf(pid: number): number | undefined {
  const children = (): string[] => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  try {
    const found = children().find(
      (one) => one !== "" && readFileSync(`/proc/${one}/cmdline`, "utf8").includes("child.cjs"),
    );
    return found === undefined ? undefined : Number(found);
  } catch {
    // One of the two is gone already.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    // A zombie has ended: nobody waits for it in a container without an init.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function expectEnd(pid: number): Promise<void> {
  for (let tries = 0; isRunning(pid) && tries < 600; tries++) await sleep(100);
  expect(isRunning(pid), `process ${pid} outlived its parent`).toBe(false);
}

type Moment = { readonly kind: "after"; readonly ms: number } | { readonly kind: "journal"; readonly changes: number };

/** Resolves at the moment, or when the process has ended. */
async function reach(moment: Moment, { ended }: Started, project: TestProject): Promise<void> {
  if (moment.kind === "after") return void (await Promise.race([sleep(moment.ms), ended]));
  let left = moment.changes;
  let watcher: ReturnType<typeof watch> | undefined;
  const changed = new Promise<void>((resolve) => {
    watcher = watch(join(project.root, ".qmtl"), (_event, name) => {
      if (name?.startsWith("journal.db") === true && --left <= 0) resolve();
    });
  });
  await Promise.race([changed, ended]);
  watcher?.close();
}

describe.skipIf(!hasProc)("kill -9 (skipped where /proc does not tell the isolate's process)", () => {
  test("at any moment loses nothing that was acknowledged, and leaves no process behind", async () => {
    const project = makeProject();
    const submitWith = (fast: number): Started =>
      project.start(["submit", STRATEGY, "--world", "sp500-trend", "--param", `fast=${fast}`, "--json"]);
    const first = submitted(await submitWith(10).ended);
    expect(first.code).toBe(0);
    const acknowledged = new Map([[10, first.result.provenance?.evalKey]]);
    const begun = performance.now();
    await submitWith(11).ended;
    const life = performance.now() - begun;

    const random = seeded(7);
    const moments: Moment[] = [
      ...Array.from({ length: 8 }, (_, i): Moment => ({ kind: "after", ms: ((i + random()) / 8) * life })),
      ...[1, 2, 4, 7].map((changes): Moment => ({ kind: "journal", changes })),
    ];
    for (const [i, moment] of moments.entries()) {
      const fast = 12 + i;
      const started = submitWith(fast);
      await reach(moment, started, project);
      const { pid } = started.process;
      const isolate = pid === undefined ? undefined : isolateOf(pid);
      // Every third time it is the process of the strategy that dies.
      const killsIsolate = i % 3 === 2 && isolate !== undefined;
      if (killsIsolate) process.kill(isolate, "SIGKILL");
      else started.process.kill("SIGKILL");
      const { code, result, error } = submitted(await started.ended);
      if (code === 0) acknowledged.set(fast, result.provenance?.evalKey);
      else if (killsIsolate) expect({ code, error }).toMatchObject({ code: 3, error: { code: "isolation.crashed" } });
      else expect(code).toBeNull();
      if (isolate !== undefined) await expectEnd(isolate);
    }

    const records = await project.journal();
    expectWhole(records);
    const trials = new Set(ofKind(records, "trial").map(({ evalKey }) => evalKey));
    for (const key of acknowledged.values()) expect(trials).toContain(key);
    expect((await statusOf(project)).trials).toBe(trials.size);

    for (const [fast, key] of acknowledged) {
      const { code, result } = submitted(await submitWith(fast).ended);
      expect({ code, key: result.provenance?.evalKey, cached: result.computed.cached }).toEqual({
        code: 0,
        key,
        cached: true,
      });
    }
    const next = submitted(await submitWith(99).ended);
    expect({ code: next.code, trials: next.result.provenance?.trials }).toEqual({ code: 0, trials: trials.size + 1 });
  });
});

describe.skipIf(!hasProc)("a strategy that loops for ever (skipped where /proc does not tell its process)", () => {
  test("ends with the process that submitted it", async () => {
    const project = makeProject({ "strategies/loops.ts": strategyText({ compute: "() => { for (;;); }" }) });
    const started = project.start(["submit", "strategies/loops.ts", "--world", "sp500-trend"]);
    // Said after a while of computing.
    const said = new Promise<void>((resolve) => {
      started.process.stderr?.on("data", (text: string) => {
        if (text.includes("Replaying history")) resolve();
      });
    });
    await Promise.race([said, started.ended]);
    const isolate = isolateOf(started.process.pid as number) as number;
    expect(isRunning(isolate)).toBe(true);
    started.process.kill("SIGKILL");
    await started.ended;
    await expectEnd(isolate);
  });
});

describe("ten processes at once", () => {
  test("begin a world together: every trial is in its ledger, and the last decision knows them all", async () => {
    const names = Array.from({ length: 10 }, (_, i) => `rival-${i}`);
    const compute = (i: number): string => `({ close, mean }) => ({ weight: close > mean * ${1 - i / 500} ? 1 : 0 })`;
    const project = makeProject(
      Object.fromEntries(
        names.map((name, i) => [`strategies/${name}.ts`, strategyText({ name, compute: compute(i) })]),
      ),
    );
    const lenient = project
      .read("worlds/sp500-trend.yml")
      .replace("num_trades >= 10.0", "num_trades >= 1.0")
      .replace("max_drawdown <= 0.4", "max_drawdown <= 1.0")
      .replace("max_pairwise: 0.8", "max_pairwise: 1")
      .replace("enter: 0.2, exit: 0.1", "enter: -100, exit: -200");
    project.write("worlds/sp500-trend.yml", lenient);
    const ends = await Promise.all(names.map((name) => project.submit(`strategies/${name}.ts`)));
    for (const { code, stderr, error } of ends) expect(code, `${stderr}${error?.message}`).toBe(0);

    const records = await project.journal();
    expectWhole(records);
    expect(
      ofKind(records, "trial")
        .map(({ strategy }) => strategy)
        .sort(),
    ).toEqual(names);
    const status = await statusOf(project);
    expect(status).toMatchObject({ trials: 10, configurationChanged: false });
    expect(status.strategies.map(({ strategy }) => strategy).sort()).toEqual(names);

    const { versions, selected } = ofKind(records, "decision").at(-1)?.envelope ?? { versions: [], selected: [] };
    expect(versions.map(({ strategy }) => strategy).sort()).toEqual(names);
    expect(selected).toHaveLength(3);
    const active = status.strategies.filter((one) => one.active);
    expect(active.map(({ strategy }) => strategy).sort()).toEqual(selected.map(({ strategy }) => strategy).sort());
    for (const { share } of active) expect(share).toBeCloseTo(1 / 3, 12);
  });
});

describe.skipIf(!mayMount)("a disk (skipped where this user may not mount one)", () => {
  test("that is full ends a submission with one error, and the next one after it was emptied works", async () => {
    const project = makeProject();
    const folder = join(project.root, ".qmtl");
    expect(mount(folder, "-t", "tmpfs", "-o", "size=4m", "none")).toBe(true);
    const first = await project.submit(STRATEGY);
    expect(first.code).toBe(0);
    // Ever more room, so that it runs out at another step each time.
    const codes: (number | null)[] = [];
    for (const room of [0, 8, 40, 64]) {
      const filler = fill(folder, room);
      project.write("strategies/more.ts", strategyText({ name: `more-${room}` }));
      const { code, error, stderr } = await project.submit("strategies/more.ts");
      codes.push(code);
      if (error !== null) {
        expect({ code, error }, `${stderr}${error?.message}`).toMatchObject({
          code: 3,
          error: { code: "storage.full" },
        });
        expect(error.next).toMatch(/Free space/);
      }
      const status = await project.qmtl("world", "status", "sp500-trend", "--json");
      rmSync(filler);
      expect({ code: status.code, stderr: status.stderr }).toEqual({ code: 0, stderr: "" });
      expectWhole(await project.journal());
    }
    expect(codes).toContain(3);
    project.write("strategies/more.ts", strategyText({ name: "more" }));
    expect((await project.submit("strategies/more.ts")).result).toMatchObject({
      error: null,
      computed: { cached: false },
    });
    unmount(folder);
  });

  test("that may not be written ends a submission with one error, and can be read", async () => {
    const project = makeProject();
    const written = mkdtempSync(join(tmpdir(), "qmtl-written-"));
    const folder = join(project.root, ".qmtl");
    mkdirSync(folder);
    expect(mount(folder, "-o", "bind", written)).toBe(true);
    expect((await project.submit(STRATEGY)).code).toBe(0);
    unmount(folder);
    expect(mount(folder, "-o", "bind,ro", written)).toBe(true);
    const before = await project.journal();

    const again = await project.submit(STRATEGY, "--param", "fast=12");
    expect({ code: again.code, error: again.error }, again.stderr).toMatchObject({
      code: 3,
      error: { code: "storage.read-only" },
    });
    project.write("strategies/more.ts", strategyText({ name: "more" }));
    const more = await project.submit("strategies/more.ts");
    expect({ code: more.code, error: more.error }, more.stderr).toMatchObject({
      code: 3,
      error: { code: expect.stringMatching(/read-only|unwritable/) },
    });
    expect(more.error.next).toMatch(/\w/);
    expect(await statusOf(project)).toMatchObject({ trials: 1, active: 1 });
    expect(await project.journal()).toEqual(before);
    unmount(folder);
    rmSync(written, { recursive: true, force: true });
  });
});
