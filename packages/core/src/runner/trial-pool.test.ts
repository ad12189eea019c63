import { describe, expect, test } from "vitest";
import { type MemoryObjects, memoryObjects } from "../data/seamless/memory-objects.test.fixture.ts";
import { encodeTrialReturns } from "../evaluation/trial-returns-block.ts";
import { digest } from "../schema/canonical.ts";
import { sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { emptyState, fold, type WorldState } from "../world/state.ts";
import { submissionRecords } from "../world/submission.ts";
import { encodeRun, type StoredRun } from "./stored-run.ts";
import { createTrialReturnsReader, type RunVariant, readTrialPools } from "./trial-pool.ts";

const { signal } = new AbortController();
const config = sampleWorld();

function runOf(returns: readonly (number | null)[], evidence: "backtest" | "declared" = "backtest"): StoredRun {
  return {
    format: 3,
    evidence,
    period: "1d",
    start: null,
    times: returns.map((_, i) => (evidence === "declared" ? null : i + 1)),
    equity: [1, ...returns.map(() => 1)],
    returns,
    exposure: returns.map(() => 0),
    periodsPerYear: 252,
    turnover: 0,
    trades: [],
    fees: 0,
    slippage: 0,
    holding: { borrow: 0, interest: 0, dividends: 0 },
    costs: { fees: [], slippage: [] },
    prices: [],
    notes: [],
    guards: null,
    computed: { nodes: 0, rows: 0 },
  };
}

function append(state: WorldState, of: Parameters<typeof submissionRecords>[1]): WorldState {
  const records = submissionRecords(state, of, 0);
  return fold(
    state,
    records.map((record, i) => ({ revision: state.revision + 1 + i, record })),
  );
}

/** A version that was submitted, with its stored run. */
async function submitted(state: WorldState, objects: MemoryObjects, n: number, run: StoredRun) {
  const sample = sampleSubmission(config, { strategy: "a", params: { n }, evidence: run.evidence });
  const objectsOf = { run: await objects.put(encodeRun(run), { signal }) };
  const next = append(state, { ...sample, evaluation: { ...sample.evaluation, objects: objectsOf } });
  return { next, variant: variantOf(sample.evaluation, run) };
}

function variantOf(
  { evalKey, strategy, version, params, dataset }: ReturnType<typeof sampleSubmission>["evaluation"],
  run: StoredRun,
): RunVariant {
  return { evalKey, strategy, version, params, dataEnd: dataset.end, run };
}

/** Trials of a sweep: rows of one block, and no evaluation. */
async function swept(state: WorldState, objects: MemoryObjects, rows: readonly (readonly number[])[]) {
  const times = Float64Array.from(rows[0]!, (_, i) => i + 1);
  const bytes = encodeTrialReturns(rows.map((row) => ({ times, returns: Float64Array.from(row) })));
  const block = await objects.put(bytes, { signal });
  return rows.reduce((head, _, row) => {
    const { trial } = sampleSubmission(config, { strategy: "a", params: { n: 100 + row } });
    return append(head, { trial: { ...trial, origin: "sweep", returns: { block, row } }, accepted: false });
  }, state);
}

describe("pools of trials", () => {
  test("hold what was submitted and what a sweep tried, and read each object once", async () => {
    const objects = memoryObjects();
    const first = await submitted(emptyState("sample"), objects, 1, runOf([0.1, 0.2, 0.3]));
    const state = await swept(first.next, objects, [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const contender = { ...first.variant, evalKey: digest("test", "new"), params: { n: 2 }, run: runOf([7, 8, 9]) };
    let reads = 0;
    const counting = {
      ...objects,
      get: (...given: Parameters<typeof objects.get>) => ++reads && objects.get(...given),
    };
    const reader = createTrialReturnsReader(counting as MemoryObjects, signal);
    const options = { state, contender, judged: [contender], scopes: ["strategy", "world"] as const, reader };
    const [pools] = await readTrialPools(options);
    const rows = (pools?.strategy?.series ?? []).map(({ returns }) => [...returns]).sort((a, b) => a[0]! - b[0]!);
    expect(rows).toEqual([
      [0.1, 0.2, 0.3],
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(pools?.world?.series).toEqual(pools?.strategy?.series);
    expect(pools?.strategy?.leftOut).toEqual({ declared: 0, lost: 0, capped: 0 });
    expect(reads).toBe(2);
    await readTrialPools(options);
    expect(reads).toBe(2);
    // One array of times for all of them, so that it crosses to another process once.
    expect(new Set(pools?.strategy?.series.map(({ times }) => times)).size).toBe(1);
  });

  test("name what is lost: a block or a run that is gone, a trial that kept nothing", async () => {
    const objects = memoryObjects();
    const first = await submitted(emptyState("sample"), objects, 1, runOf([0.1]));
    const gone = await submitted(first.next, objects, 2, runOf([0.2]));
    let state = await swept(gone.next, objects, [[1], [2]]);
    state = append(state, { ...sampleSubmission(config, { strategy: "a", params: { n: 3 } }), accepted: false });
    for (const [digestOf, bytes] of [...objects.objects])
      if (!Buffer.from(bytes).toString().includes("[0.1]")) objects.objects.delete(digestOf);
    const reader = createTrialReturnsReader(objects, signal);
    const [pools] = await readTrialPools({
      state,
      contender: first.variant,
      judged: [first.variant],
      scopes: ["strategy"],
      reader,
    });
    expect(pools?.strategy?.series.map(({ evalKey }) => evalKey)).toEqual([first.variant.evalKey]);
    expect(pools?.strategy?.leftOut).toEqual({ declared: 0, lost: 4, capped: 0 });
  });

  test("a run with declared returns has no row, and periods without a return are none", async () => {
    const objects = memoryObjects();
    const first = await submitted(emptyState("sample"), objects, 1, runOf([0.1, null, 0.3]));
    const declared = await submitted(first.next, objects, 2, runOf([0.5, 0.5], "declared"));
    const reader = createTrialReturnsReader(objects, signal);
    const [pools] = await readTrialPools({
      state: declared.next,
      contender: declared.variant,
      judged: [declared.variant],
      scopes: ["strategy"],
      reader,
    });
    expect(pools?.strategy?.series.map(({ times, returns }) => [[...times], [...returns]])).toEqual([
      [
        [1, 3],
        [0.1, 0.3],
      ],
    ]);
    expect(pools?.strategy?.leftOut).toEqual({ declared: 0, lost: 0, capped: 0 });
  });

  test("nothing is read when no evaluator needs it", async () => {
    const first = await submitted(emptyState("sample"), memoryObjects(), 1, runOf([0.1]));
    const reader = { read: () => Promise.reject(new Error("it was read")) };
    const other = { ...first.variant, evalKey: digest("test", "new"), params: { n: 2 } };
    const options = { state: first.next, contender: other, judged: [first.variant, other], reader };
    expect(await readTrialPools({ ...options, scopes: [] })).toEqual([{}, {}]);
  });
});
