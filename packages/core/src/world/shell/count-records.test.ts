import { expect, test } from "vitest";
import { createMetrics } from "../../observability/index.ts";
import { step } from "../apply.ts";
import { decide } from "../decide.ts";
import { RECORD_FORMAT } from "../record.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { after, submissionRecords } from "../submission.ts";
import { memoryState } from "./memory-storage.test.kit.ts";
import { openWorld } from "./open-world.ts";

const config = sampleWorld();

test("what a process appends is counted once, with how long it took", async () => {
  let now = START;
  const metrics = createMetrics();
  const storage = memoryState(new Map());
  const options = { storage, config, clock: () => now, signal: new AbortController().signal };
  const world = openWorld({ ...options, metrics });
  await world.commit((head) => {
    const records = submissionRecords(head, sampleSubmission(config, { strategy: "a" }), now);
    const input = sampleDecision(after(head, records), config, { selected: ["a"], participants: ["p"], now });
    return [...records, ...decide(input).records];
  });
  for (const [sequence, later] of [
    [2, 120],
    [3, 30],
  ] as const) {
    now += later;
    await world.commit(
      (head) =>
        step(
          head.apply,
          { kind: "acknowledged", participant: "p", sequence },
          {
            at: now,
            revision: head.revision,
          },
        ).records,
    );
  }
  await world.commit(() => [
    {
      kind: "edge",
      format: RECORD_FORMAT,
      at: now,
      producer: { kind: "node", node: "0".repeat(64) },
      from: "backtest",
      to: "dryrun",
      open: true,
      reason: "r",
    },
  ]);
  // Somebody who only reads, or counts for itself, adds nothing here.
  await openWorld(options).load();

  const seen = metrics
    .snapshot()
    .map((sample) => [
      sample.name,
      Object.values(sample.labels).join(" "),
      sample.kind === "histogram" ? sample.sum : sample.value,
    ]);
  expect(seen).toEqual([
    ["apply_ack_latency_ms", "freezing", 120],
    ["apply_ack_latency_ms", "switched", 30],
    ["apply_outcome_total", "sample completed", 1],
    ["apply_phase_duration_ms", "freezing", 120],
    ["apply_phase_duration_ms", "switched", 30],
    ["campaign_move_total", "sample backtest paper", 1],
    ["edge_change_total", "sample backtest dryrun opened", 1],
  ]);
});
