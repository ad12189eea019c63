import { setTimeout } from "node:timers/promises";
import type { SubmitResult, TradedRecord } from "@qmtl/core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { Ran, TestProject } from "../project.test.kit.ts";
import {
  crossText,
  endRunners,
  isBars,
  paperProject,
  paperWorld,
  type Runner,
  startRunner,
} from "./runner.test.kit.ts";

const SEED = Number(process.env["QMTL_SEED"] ?? "7");
/** How long processes are started and killed. */
const SECONDS = Number(process.env["QMTL_SOAK_SECONDS"] ?? "60");
const WORLD = ["--world", "paper"] as const;
/** The sample bars are 20 years: they last longer than the soak. */
const SPEED = Math.round((7_411 * 86_400) / (SECONDS + 60));
const REPLAY = [...WORLD, "--feed", "replay", "--speed", String(SPEED)] as const;
const RUNNERS = "runners: { gate_ttl: 2s, freeze_timeout_ms: 4000 }";
const HOLD = "strategies/hold.ts";
const BOLD = "strategies/bold.ts";
/** What only one of the two is. */
const CALM_ONLY = paperWorld({ id: "paper", gate: "exposure <= 0.8", more: RUNNERS });
const BOLD_ONLY = paperWorld({ id: "paper", gate: "exposure >= 0.8", more: RUNNERS });

let project: TestProject;
beforeAll(async () => {
  project = await paperProject(
    {
      "worlds/paper.yml": CALM_ONLY,
      [HOLD]: crossText("hold", "({ close, mean }) => ({ weight: close > mean ? 0.5 : 0.4 })"),
      [BOLD]: crossText("bold", "({ close, mean }) => ({ weight: close > mean ? 1 : 0.9 })"),
    },
    [HOLD],
  );
});
afterEach(endRunners);

interface Record {
  readonly kind: string;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly evalKey?: string;
  readonly target?: readonly { readonly strategy: string; readonly active: boolean }[];
}

test(`whoever is killed in ${SECONDS} s, nothing is lost, doubled or traded without the world's word (QMTL_SEED=${SEED})`, async () => {
  const random = randomFrom(SEED);
  const counts = { rounds: 0, runnersKilled: 0, hostsKilled: 0 };
  const started: { readonly file: string; readonly runner: Runner }[] = [];
  const start = (file: string): Runner => {
    const runner = startRunner(project, file, ...REPLAY);
    started.push({ file, runner });
    return runner;
  };
  const answers: Ran[] = [];
  /** Whoever sees an apply through is ended in the middle of it, or comes to its end. */
  const host = async (args: readonly string[]): Promise<void> => {
    const { process, ended } = project.start([...args, "--json"]);
    await Promise.race([ended, setTimeout(7000 * random())]);
    if (random() < 0.5 && process.exitCode === null) {
      counts.hostsKilled++;
      process.kill("SIGKILL");
    }
    answers.push(await ended);
  };
  const runners = { [HOLD]: start(HOLD), [BOLD]: start(BOLD) };
  const until = performance.now() + 1000 * SECONDS;
  for (; performance.now() < until; counts.rounds++) {
    const [file, world] = counts.rounds % 2 === 0 ? [BOLD, BOLD_ONLY] : [HOLD, CALM_ONLY];
    await setTimeout(1500 * random());
    project.write("worlds/paper.yml", world);
    const hosts = [host(["submit", file, ...WORLD, "--wait", "10"])];
    if (random() < 0.4) hosts.push(host(["world", "apply", "paper", "--wait", "10"]));
    for (const one of [HOLD, BOLD] as const)
      if (random() < 0.6) {
        await setTimeout(3000 * random());
        counts.runnersKilled++;
        runners[one].process.kill("SIGKILL");
        await runners[one].ended;
        runners[one] = start(one);
      }
    await Promise.all(hosts);
  }
  // What is left of it comes to its end, and the next apply does.
  project.write("worlds/paper.yml", BOLD_ONLY);
  await project.qmtl("world", "apply", "paper", "--wait", "20");
  let { result } = await project.submit(BOLD, ...WORLD);
  // On a busy machine a runner may answer too late, which rolls an apply back.
  for (let tries = 0; result.status !== "active" && tries < 5; tries++) {
    await project.qmtl("world", "apply", "paper", "--wait", "20");
    ({ result } = await project.submit(BOLD, ...WORLD));
  }
  expect({ status: result.status, reason: result.reason }).toMatchObject({ status: "active" });
  for (const runner of Object.values(runners)) {
    runner.process.kill("SIGTERM");
    expect((await runner.ended).code).toBe(0);
  }
  expect(await project.qmtl("world", "audit", "paper", "--verify")).toMatchObject({ code: 0 });

  const entries = (await project.journal("paper")).map(({ revision, body }) => ({
    revision,
    record: body as unknown as Record,
  }));
  // What a submission answered stands in the journal.
  for (const { code, stdout } of answers) {
    if (code === null || stdout === "") continue;
    const { decision, provenance } = JSON.parse(stdout) as Partial<SubmitResult>;
    if (decision?.committed !== true) continue;
    const { record } = entries[decision.revision - 1]!;
    expect(record.kind).toBe("decision");
    expect(entries.some((one) => one.record.kind === "accepted" && one.record.evalKey === provenance?.evalKey)).toBe(
      true,
    );
  }
  const epochs = entries.flatMap(({ record }) => (record.kind === "freezing" ? [record.epoch] : []));
  expect(epochs).toEqual(epochs.map((_, i) => i + 1));
  const targets = new Map<number, NonNullable<Record["target"]>>();
  let target: Record["target"] = [];
  for (const { revision, record } of entries) {
    if (record.kind === "freezing") target = record.target;
    if (record.kind === "switched") targets.set(revision, target ?? []);
  }
  expect(targets.size).toBeGreaterThan(1);
  for (const strategy of ["hold", "bold"]) {
    const records = (await project.journal("paper", `paper.${strategy}.replay`)).map(
      ({ body }) => body as unknown as TradedRecord,
    );
    const traded = records.filter(({ kind }) => kind === "traded");
    let [to, sequence] = [Number.NEGATIVE_INFINITY, 0];
    const seen = new Set<string>();
    for (const one of traded) {
      expect(one.after ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(to);
      expect(one.sequence).toBeGreaterThanOrEqual(sequence);
      [to, sequence] = [one.to, one.sequence];
      const placed = one.orders.filter(({ kind }) => kind === "placed");
      for (const { symbol, time } of placed) {
        expect(seen).not.toContain(`${symbol} ${time}`);
        seen.add(`${symbol} ${time}`);
      }
      // Odd: the activation stands. Orders but those that drain come from a strategy that is active in it.
      if (placed.length > 0) expect(one.sequence % 2).toBe(1);
      if (one.terms.admits === "all")
        expect(targets.get(one.activation)?.some((entry) => entry.strategy === strategy && entry.active)).toBe(true);
    }
    expect(traded.length).toBeGreaterThan(0);
    // What a runner told as recorded is in its account, as it was told.
    const kept = new Map(traded.map((one) => [one.to, JSON.stringify([one.orders, one.fills, one.sequence])]));
    for (const { file, runner } of started)
      if (file.includes(strategy))
        for (const event of runner.events)
          if (isBars(event) && event.recorded)
            expect(kept.get(event.to)).toBe(JSON.stringify([event.orders, event.fills, event.sequence]));
    // It comes to its records to the last bit, or refuses to go on.
    const file = strategy === "hold" ? HOLD : BOLD;
    expect(
      await project.qmtl("run", file, ...WORLD, "--feed", "replay", "--until", new Date(to).toISOString()),
    ).toMatchObject({ code: 0 });
  }
  console.log(
    `soak ${JSON.stringify({ seed: SEED, seconds: SECONDS, ...counts, applies: epochs.length, switches: targets.size })}`,
  );
});

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
