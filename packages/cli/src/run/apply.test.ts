import type { RunEvent, SubmitResult, TradedRecord } from "@qmtl/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, isOpen, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const WORLD = ["--world", "paper"] as const;
/** About a bar in ten milliseconds. */
const REPLAY = [...WORLD, "--feed", "replay", "--speed", "8640000"] as const;
const HOLD = "strategies/hold.ts";
const BETTER = "strategies/better.ts";

const RUNNERS = "runners: { gate_ttl: 10s, freeze_timeout_ms: 3000 }";
/** What only the one is that holds all it can. */
const BOLD = paperWorld({ id: "paper", gate: "exposure >= 0.8", more: RUNNERS });

let project: TestProject;
beforeEach(async () => {
  project = await paperProject(
    {
      "worlds/paper.yml": paperWorld({ id: "paper", more: RUNNERS }),
      [HOLD]: crossText("hold", "() => ({ weight: 0.5 })"),
      [BETTER]: crossText("better", "() => ({ weight: 1 })"),
    },
    [HOLD],
  );
});
afterEach(endRunners);

const isFlat = (event: RunEvent): boolean =>
  isBars(event) && event.gate === "drain_reduce_only" && event.standing.positions.length === 0;

test("an apply moves the place from one runner to the other: one drains to flat, the other opens", async () => {
  const leaving = startRunner(project, HOLD, ...REPLAY, "--metrics-port", "0");
  const coming = startRunner(project, BETTER, ...REPLAY);
  await leaving.seen((event) => isBars(event) && event.standing.positions.length > 0);
  await coming.seen((event) => event.kind === "gate" && event.gate === "not_activated");
  expect(coming.events.filter(isBars).some(({ recorded }) => recorded)).toBe(false);

  project.write("worlds/paper.yml", BOLD);
  const { result } = await project.submit(BETTER, ...WORLD);
  expect(result.status).toBe("active");
  await coming.seen(isOpen);
  await coming.seen((event) => isBars(event) && event.standing.positions.length > 0);
  const flat = await leaving.seen(isFlat);
  expect(flat).toMatchObject({ standing: { waiting: 0 } });
  const counted = (await leaving.metrics()).filter((line) => line.startsWith("apply_ack_latency_ms_count"));
  expect(counted).toContain('apply_ack_latency_ms_count{phase="freezing"} 1');
  const drained = leaving.events
    .filter(isBars)
    .flatMap(({ fills }) => fills)
    .at(-1)!;
  expect(drained).toMatchObject({ kind: "drain", held: 0 });

  for (const runner of [leaving, coming]) runner.process.kill("SIGTERM");
  expect([await leaving.ended, await coming.ended].map(({ code }) => code)).toEqual([0, 0]);
  const records = (await project.journal("paper")).map(
    ({ body }) => body as never as { kind: string; participant?: string; epoch?: number },
  );
  const last = records.filter(({ kind, epoch }) => epoch === 2 && kind !== "realised").map(({ kind }) => kind);
  expect(last.slice(0, 5)).toEqual(["freezing", "acknowledged", "switched", "acknowledged", "completed"]);
  const traded = (await project.journal("paper", "paper.better.replay")).map(
    ({ body }) => body as unknown as TradedRecord,
  );
  expect(traded[0]).toMatchObject({ kind: "opened", strategy: "better" });
});

test("a participant that does not answer rolls the apply back, and the place stays where it was", async () => {
  // Somebody who has seen it come can tell silence from absence.
  const watching = startRunner(project, HOLD, ...REPLAY, "--session", "watching");
  await watching.seen(isOpen);
  const silent = startRunner(project, HOLD, ...REPLAY, "--session", "silent");
  await silent.seen((event) => isBars(event) && event.standing.positions.length > 0);
  project.write("worlds/paper.yml", BOLD);
  // It holds its session and says nothing: neither lost yet nor there. Stopped in the middle of a write it would hold the journal as well.
  const submitWhileStopped = async (): Promise<SubmitResult> => {
    silent.process.kill("SIGSTOP");
    const { result, error } = await project.submit(BETTER, ...WORLD);
    silent.process.kill("SIGCONT");
    return error?.code === "storage.busy" ? submitWhileStopped() : result;
  };
  const result = await submitWhileStopped();
  expect(result.status).not.toBe("active");
  const records = (await project.journal("paper")).map(
    ({ body }) => body as never as { kind: string; epoch?: number; gates?: string },
  );
  const apply = records.filter(({ epoch }) => epoch === 2);
  const phases = apply.map(({ kind }) => kind).filter((kind) => kind !== "acknowledged");
  expect(phases).toEqual(["freezing", "aborting", "rolled-back"]);
  expect(apply.at(-1)).toMatchObject({ gates: "frozen" });
  await silent.seen((event) => event.kind === "gate" && event.gate === "rolled_back_frozen");
  await silent.seen((event) => isBars(event) && event.gate === "rolled_back_frozen");
  for (const { process } of [silent, watching]) process.kill("SIGTERM");
  expect([await silent.ended, await watching.ended].map(({ code }) => code)).toEqual([0, 0]);
  const frozen = silent.events.filter(isBars).filter(({ gate }) => gate === "rolled_back_frozen");
  expect(frozen.flatMap(({ orders }) => orders)).toEqual([]);
});
