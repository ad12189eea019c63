import { setTimeout } from "node:timers/promises";
import type { TradedRecord } from "@qmtl/core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, paperProject, paperWorld, type Runner, startRunner } from "./runner.test.kit.ts";

const WORLD = ["--world", "paper"] as const;
const REPLAY = [...WORLD, "--feed", "replay", "--speed", "4320000"] as const;
const RUNNERS = "runners: { gate_ttl: 2s, freeze_timeout_ms: 2000 }";
const HOLD = "strategies/hold.ts";
const BOLD = "strategies/bold.ts";
/** What only one of the two is. */
const CALM_ONLY = paperWorld({ id: "paper", gate: "exposure <= 0.8", more: RUNNERS });
const BOLD_ONLY = paperWorld({ id: "paper", gate: "exposure >= 0.8", more: RUNNERS });
const SEED = Number(process.env["QMTL_SEED"] ?? "7");
const ROUNDS = 4;

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
  readonly target?: readonly { readonly strategy: string; readonly active: boolean }[];
}

test(`whoever is killed, nothing is lost, doubled or traded without the world's word (QMTL_SEED=${SEED})`, async () => {
  const random = randomFrom(SEED);
  const start = (file: string): Runner => startRunner(project, file, ...REPLAY);
  const kill = async ({ process, ended }: Runner): Promise<void> => {
    process.kill("SIGKILL");
    await ended;
  };
  let runners = [start(HOLD), start(BOLD)] as const;
  for (let round = 0; round < ROUNDS; round++) {
    const [file, world] = round % 2 === 0 ? [BOLD, BOLD_ONLY] : [HOLD, CALM_ONLY];
    await setTimeout(500 + 1500 * random());
    project.write("worlds/paper.yml", world);
    const submission = project.start(["submit", file, ...WORLD, "--json"]);
    await setTimeout(3000 * random());
    if (random() < 0.5) submission.process.kill("SIGKILL");
    const at = random() < 0.5 ? 0 : 1;
    await kill(runners[at]);
    await submission.ended;
    runners = at === 0 ? [start(HOLD), runners[1]] : [runners[0], start(BOLD)];
  }
  // What is left of it comes to its end, and the next apply does.
  project.write("worlds/paper.yml", BOLD_ONLY);
  await project.qmtl("world", "apply", "paper", "--wait", "20");
  const { result } = await project.submit(BOLD, ...WORLD);
  expect(result.status).toBe("active");
  for (const runner of runners) {
    runner.process.kill("SIGTERM");
    expect((await runner.ended).code).toBe(0);
  }
  expect(await project.qmtl("world", "audit", "paper", "--verify")).toMatchObject({ code: 0 });

  const entries = (await project.journal("paper")).map(({ revision, body }) => ({
    revision,
    record: body as unknown as Record,
  }));
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
    // It comes to its records to the last bit, or refuses to go on.
    const file = strategy === "hold" ? HOLD : BOLD;
    expect(
      await project.qmtl("run", file, ...WORLD, "--feed", "replay", "--until", new Date(to).toISOString()),
    ).toMatchObject({ code: 0 });
  }
});

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
