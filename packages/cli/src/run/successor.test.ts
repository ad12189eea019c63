import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, TradedRecord } from "@qmtl/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const FILE = "strategies/hold.ts";
const WORLD = ["--world", "paper"] as const;
const REPLAY = [...WORLD, "--feed", "replay", "--speed", "8640000"] as const;
const SEED = Number(process.env["QMTL_SEED"] ?? "5");
const OLD = crossText("hold", "() => ({ weight: 0.5 })");
const NEW = crossText("hold", "() => ({ weight: 0.9 })");

let project: TestProject;
beforeEach(async () => {
  const world = paperWorld({ id: "paper", more: "runners: { gate_ttl: 2s, freeze_timeout_ms: 5000 }" });
  project = await paperProject({ "worlds/paper.yml": world, [FILE]: OLD }, [FILE]);
});
afterEach(endRunners);

const isReady = (event: RunEvent): event is Extract<RunEvent, { kind: "ready" }> => event.kind === "ready";
const holds = (event: RunEvent): boolean => isBars(event) && event.standing.positions.length > 0;

interface Opened {
  readonly kind: string;
  readonly version: string;
}

async function account() {
  const records = (await project.journal("paper", "paper.hold.replay")).map(
    ({ body }) => body as unknown as Omit<TradedRecord, "kind"> & Opened,
  );
  return {
    versions: records.flatMap(({ kind, version }) => (kind === "opened" ? [version] : [])),
    traded: records.filter(({ kind }) => kind === "traded"),
  };
}

test("a runner closes what its version holds, then goes on with the one that the world has put in its place", async () => {
  const runner = startRunner(project, FILE, ...REPLAY);
  await runner.seen(holds);
  const before = runner.events.find(isReady)!.version;
  // What stands in the file is nothing to the runner until the world has decided on it.
  project.write(FILE, NEW);
  const { result } = await project.submit(FILE, ...WORLD);
  expect(result.status).toBe("active");
  const next = (await runner.seen((event) => isReady(event) && event.version !== before)) as typeof result & RunEvent;
  expect(next).toMatchObject({ version: result.provenance?.version, fileChanged: false, account: "hold.replay" });
  const at = runner.events.indexOf(next);
  await runner.seen((event) => runner.events.indexOf(event) > at && holds(event));
  runner.process.kill("SIGTERM");
  expect((await runner.ended).code).toBe(0);
  const bars = runner.events.filter(isBars);
  expect(runner.events.at(-1)).toMatchObject({
    kind: "stopped",
    bars: bars.reduce((sum, event) => sum + event.bars, 0),
  });

  const { versions, traded } = await account();
  expect(versions).toEqual([before, result.provenance?.version]);
  const drained = traded.findLastIndex(({ gate }) => gate === "drain_reduce_only");
  expect(traded[drained]!.standing.positions).toEqual([]);
  expect(traded.every(({ to }, i) => i === 0 || to > traded[i - 1]!.to)).toBe(true);
  expect(traded[drained]!.fills.concat(traded[drained + 1]!.orders as never)).not.toEqual([]);
  expect(traded.at(-1)).toMatchObject({ gate: "open" });
});

test("an edited file changes nothing for an account that holds something: the bundle that it was opened with runs on", async () => {
  const first = startRunner(project, FILE, ...REPLAY);
  await first.seen(holds);
  first.process.kill("SIGKILL");
  await first.ended;
  project.write(FILE, NEW);
  const again = startRunner(project, FILE, ...REPLAY);
  const { version } = first.events.find(isReady)!;
  expect(await again.seen(isReady)).toMatchObject({ fileChanged: true, version });
  await again.seen((event) => isBars(event) && event.gate === "open");
  again.process.kill("SIGTERM");
  expect((await again.ended).code).toBe(0);
  expect((await account()).versions).toEqual([version]);
});

test("a version that can't be loaded any more is refused: the apply is rolled back, and the runner goes on with its own", async () => {
  const runner = startRunner(project, FILE, ...REPLAY);
  await runner.seen(holds);
  const lost = crossText("hold", "() => ({ weight: 0.7 })");
  project.write(FILE, lost);
  project.write("worlds/paper.yml", `${project.read("worlds/paper.yml")}\napply: manual\n`);
  await project.submit(FILE, ...WORLD);
  const { body } = (await project.journal("paper")).findLast(
    ({ body }) => (body as unknown as Opened).kind === "evaluation",
  )!;
  const { bundle } = (body as unknown as { readonly objects: { readonly bundle: string } }).objects;
  rmSync(join(project.root, ".qmtl/objects", bundle.slice(0, 2), bundle));
  const approved = await project.qmtl("world", "approve", "paper", "--actor", "kim", "--comment", "x", "--json");
  expect({ code: approved.code, apply: JSON.parse(approved.stdout).apply }).toMatchObject({
    code: 1,
    apply: { kind: "rolled-back", gates: "reopened", reason: expect.stringContaining("has lost its bundle") },
  });
  const at = runner.events.length;
  await runner.seen((event) => runner.events.indexOf(event) >= at && isBars(event) && event.gate === "open");
  runner.process.kill("SIGTERM");
  expect((await runner.ended).code).toBe(0);
  expect((await account()).versions).toHaveLength(1);
});

test(`killed at any moment of it, a runner comes to the same place (QMTL_SEED=${SEED})`, async () => {
  let runner = startRunner(project, FILE, ...REPLAY);
  await runner.seen(holds);
  project.write(FILE, NEW);
  const submitting = project.submit(FILE, ...WORLD);
  let state = SEED;
  for (let i = 0; i < 3; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const after = runner.events.length + 1 + ((state >>> 16) % 40);
    await runner.seen(() => runner.events.length >= after);
    runner.process.kill("SIGKILL");
    await runner.ended;
    runner = startRunner(project, FILE, ...REPLAY);
  }
  const { result } = await submitting;
  await runner.seen((event) => isReady(event) && event.version === result.provenance?.version);
  await runner.seen((event) => holds(event) && isBars(event) && event.gate === "open");
  runner.process.kill("SIGTERM");
  expect((await runner.ended).code).toBe(0);
  const { versions, traded } = await account();
  expect(versions.length).toBe(2);
  expect(versions.at(-1)).toBe(result.provenance?.version);
  expect(traded.every(({ to }, i) => i === 0 || to > traded[i - 1]!.to)).toBe(true);
  const last = new Date(traded.at(-1)!.to).toISOString();
  expect(await project.qmtl("run", FILE, ...WORLD, "--feed", "replay", "--until", last)).toMatchObject({ code: 0 });
});
