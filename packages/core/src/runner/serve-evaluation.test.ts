import { expect, test } from "vitest";
import { createMetrics } from "../observability/index.ts";
import { decide, outlook } from "../world/decide.ts";
import type { EvaluationRecord } from "../world/record.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { memoryState } from "../world/shell/memory-storage.test.kit.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { crossContextHits } from "../world/state.ts";
import { after, submissionRecords } from "../world/submission.ts";
import { serveEvaluation } from "./serve-evaluation.ts";
import { applyWorld } from "./world-apply.ts";

const config = sampleWorld();
const signal = new AbortController().signal;
const clock = () => START;

/** A journal whose evaluation of `a` says this beside what was asked for. */
async function journalWith(change: Partial<EvaluationRecord>) {
  const storage = memoryState(new Map());
  const world = openWorld({ storage, config, clock, signal });
  const submission = sampleSubmission(config, { strategy: "a" });
  const evaluation = { ...submission.evaluation, objects: { run: "f".repeat(64) }, ...change };
  const { state } = await world.commit((head) => submissionRecords(head, { ...submission, evaluation }, START));
  const { evalKey, version, params, dataset } = submission.evaluation;
  const metrics = createMetrics();
  const read: string[] = [];
  const objects = { get: async (digest: string) => void read.push(digest) } as never;
  const serve = () =>
    serveEvaluation(
      world,
      state,
      { evalKey, version, params, dataset: dataset.fingerprint },
      { objects, metrics, clock, signal },
    );
  return { world, storage, metrics, read, serve };
}

test("what stands under its key is read, and nothing is counted", async () => {
  const { serve, read, metrics } = await journalWith({});
  expect(await serve()).toBeUndefined();
  expect(read).toEqual(["f".repeat(64)]);
  expect(metrics.snapshot()).toEqual([]);
});

const { dataset } = sampleSubmission(config, { strategy: "a" }).evaluation;
test.each<[string, Partial<EvaluationRecord>]>([
  ["dataset", { dataset: { ...dataset, fingerprint: "0".repeat(64) } }],
  ["version", { version: "0".repeat(64) }],
  ["params", { params: { fast: 9 } }],
])("what was computed for another %s is counted, recorded, refused, and stops every apply", async (what, change) => {
  const { serve, read, metrics, world, storage } = await journalWith(change);
  await expect(serve()).rejects.toMatchObject({
    code: "runner.cross-context-hit",
    message: expect.stringContaining(`for another ${what}`),
  });
  expect(read).toEqual([]);
  expect(metrics.snapshot()).toEqual([
    {
      kind: "counter",
      name: "cross_context_cache_hit_total",
      labels: { world: "sample", domain: "backtest" },
      value: 1,
    },
  ]);
  const head = await world.load();
  expect(crossContextHits(head)).toBe(1);
  expect(head.downgrades.get("cross_context_hit")).toBe(1);

  const anew = after(head, submissionRecords(head, sampleSubmission(config, { strategy: "b" }), START));
  const { records, apply } = decide(sampleDecision(anew, config, { selected: ["b"] }));
  expect(apply).toEqual({ kind: "refused", reason: "cross_context_hit" });
  expect(records.map(({ kind }) => kind)).toEqual(["decision"]);
  await world.commit((now) => {
    const submitted = submissionRecords(now, sampleSubmission(config, { strategy: "b" }), START);
    return [...submitted, ...decide(sampleDecision(after(now, submitted), config, { selected: ["b"] })).records];
  });
  expect(outlook(await world.load(), config).kind).toBe("refused");
  await expect(applyWorld({ config, state: storage }, { clock, signal, wait: 0 })).rejects.toMatchObject({
    code: "world.cross-context-hit",
  });
});
