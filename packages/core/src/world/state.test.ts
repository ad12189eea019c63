import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trialStatistics } from "../evaluation/trial-statistics.ts";
import { audit, decisions } from "./audit.ts";
import { brokerageDigest, configDigest, evaluationConfigDigest, highestMode, instrumentsOf } from "./config.ts";
import { decide } from "./decide.ts";
import { ledger, trialKey, trialsFor } from "./ledger.ts";
import { type JournalEntry, RECORD_FORMAT, type RealisedRecord, type WorldRecord } from "./record.ts";
import { readRecord, writeRecord } from "./record-schema.ts";
import { type SampleSubmission, START, sampleDecision, sampleSubmission, sampleWorld } from "./sample.test.kit.ts";
import { emptyState, fold, hysteresisOf, type WorldState } from "./state.ts";
import { after, submissionRecords } from "./submission.ts";

const config = sampleWorld();

/** A journal that submissions and decisions write. */
const journals = fc
  .array(
    fc.record({
      strategy: fc.constantFrom("a", "b", "c", "constructor"),
      code: fc.constantFrom("1", "2"),
      selects: fc.integer({ min: 0, max: 3 }),
      accepted: fc.boolean(),
      identity: fc.constantFrom("file" as const, "process" as const),
      down: fc.boolean(),
      realised: fc.boolean(),
      swept: fc.nat(2),
    }),
    { maxLength: 12 },
  )
  .map((steps) => {
    let state = emptyState("sample");
    const entries: JournalEntry[] = [];
    const append = (records: readonly WorldRecord[]): void => {
      for (const record of records) entries.push({ revision: entries.length + 1, record });
      state = after(state, records);
    };
    for (const { selects, down, realised, swept, ...one } of steps) {
      for (let row = 0; row < swept; row++) {
        const { trial } = sampleSubmission(config, { ...one, params: { row } });
        const returns = { block: "b".repeat(64), row };
        append(submissionRecords(state, { trial: { ...trial, origin: "sweep", returns }, accepted: false }, START));
      }
      const submission = sampleSubmission(config, one);
      append(submissionRecords(state, submission, START));
      append(
        decide(sampleDecision(state, config, { selected: [...state.candidates.keys()].sort().slice(0, selects) }))
          .records,
      );
      const { strategy, version } = submission.evaluation;
      if (down)
        append([
          {
            kind: "downgrade",
            format: 2,
            at: START,
            strategy,
            version,
            reasons: ["missing_as_of"],
            mode: "compute-only",
          },
        ]);
      if (realised) append([realisedRecord({ strategy, version, period: START + entries.length })]);
    }
    return { entries, state };
  });

describe("the fold", () => {
  test("gives the state that the writers saw, in one go or cut anywhere", () => {
    fc.assert(
      fc.property(journals, fc.nat(), ({ entries, state }, at) => {
        const whole = fold(emptyState("sample"), entries);
        expect(whole).toEqual(state);
        const cut = entries.length === 0 ? 0 : at % (entries.length + 1);
        const prefix = fold(emptyState("sample"), entries.slice(0, cut));
        const before = structuredClone(prefix);
        expect(fold(prefix, entries.slice(cut))).toEqual(whole);
        expect(prefix).toEqual(before);
      }),
    );
  });

  test("gives the same from what the storage holds", () => {
    fc.assert(
      fc.property(journals, ({ entries, state }) => {
        const stored = entries.map(({ revision, record }) => ({
          revision,
          body: JSON.parse(JSON.stringify(writeRecord("sample", record))),
        }));
        expect(
          fold(
            emptyState("sample"),
            stored.map((one) => readRecord("sample", one)),
          ),
        ).toEqual(state);
      }),
    );
  });

  test.each<[name: string, entries: (state: WorldState) => readonly JournalEntry[]]>([
    ["a gap", ({ revision }) => [{ revision: revision + 2, record: configured() }]],
    ["a repetition", ({ revision }) => [{ revision, record: configured() }]],
    [
      "an acceptance of nothing",
      ({ revision }) => [
        {
          revision: revision + 1,
          record: { kind: "accepted", format: 2, at: 0, strategy: "x", version: "v", evalKey: "e" },
        },
      ],
    ],
    [
      "an approval of another decision",
      ({ revision }) => [
        {
          revision: revision + 1,
          record: { kind: "approved", format: 2, at: 0, decision: 99, actor: "x", comment: "c" },
        },
      ],
    ],
    [
      "a switch out of nowhere",
      ({ revision }) => [{ revision: revision + 1, record: { kind: "switched", format: 2, at: 0, epoch: 9 } }],
    ],
    [
      "a period that was realised already",
      ({ revision }) => [
        { revision: revision + 1, record: realisedRecord({ period: START }) },
        { revision: revision + 2, record: realisedRecord({ period: START }) },
      ],
    ],
  ])("refuses %s", (_, entries) => {
    const state = with_({ strategy: "a" });
    expect(() => fold(state, entries(state))).toThrowError(expect.objectContaining({ code: "world.corrupt-journal" }));
  });
});

function configured(): WorldRecord {
  return { kind: "configured", format: 2, at: 0, digest: "0".repeat(64), config: {} };
}

function realisedRecord(of: Partial<RealisedRecord>): RealisedRecord {
  const account = of.strategy ?? "a";
  return {
    kind: "realised",
    format: RECORD_FORMAT,
    at: START,
    strategy: account,
    version: "0".repeat(64),
    params: {},
    account,
    domain: "dryrun",
    feed: "replay",
    period: START,
    return: 0.01,
    equity: 101,
    ...of,
  };
}

function with_(...of: readonly SampleSubmission[]): WorldState {
  return of.reduce<WorldState>(
    (state, one) => after(state, submissionRecords(state, sampleSubmission(config, one), START)),
    emptyState("sample"),
  );
}

describe("the ledger", () => {
  test("a known EvalKey is no new trial, and another policy on the same run is none either", () => {
    const once = with_({ strategy: "a" });
    expect(submissionRecords(once, sampleSubmission(config, { strategy: "a" }), START)).toEqual([]);
    const judgedAgain = with_({ strategy: "a" }, { strategy: "a", policy: "stricter" });
    expect(judgedAgain.trials.size).toBe(2);
    expect(ledger(judgedAgain)).toHaveLength(1);
    expect(
      ledger(
        with_({ strategy: "a" }, { strategy: "a", params: { n: 1 } }, { strategy: "a", code: "2" }, { strategy: "b" }),
      ),
    ).toHaveLength(4);
  });

  test("a sweep leaves a trial and no candidate", () => {
    const { trial } = sampleSubmission(config, { strategy: "a" });
    const records = submissionRecords(
      emptyState("sample"),
      { trial: { ...trial, origin: "sweep" }, accepted: false },
      START,
    );
    expect(records.map(({ kind }) => kind)).toEqual(["trial"]);
    const state = after(emptyState("sample"), records);
    expect(ledger(state)).toHaveLength(1);
    expect(state.candidates.size).toBe(0);
    expect(
      submissionRecords(state, sampleSubmission(config, { strategy: "a" }), START).map(({ kind }) => kind),
    ).toEqual(["evaluation", "accepted"]);
  });

  test("an evaluator sees the ledger with its own trial once, under its own key", () => {
    const state = with_({ strategy: "a" }, { strategy: "b" });
    const { trial } = sampleSubmission(config, { strategy: "a", policy: "stricter" });
    const own = {
      trialKey: trial.trialKey,
      statistics: trialStatistics(trial.evalKey, Float64Array.of(0.01, -0.02, 0.03)),
    };
    const seen = trialsFor(state, own);
    expect(seen).toHaveLength(2);
    expect(seen.at(-1)).toEqual(own.statistics);
    expect(trialsFor(emptyState("sample"), own)).toEqual([own.statistics]);
  });

  test("a trial is its version, params, dataset and brokerage", () => {
    const base = { version: "v", params: { a: 1 }, dataset: "d", brokerage: "b" };
    const keys = [
      base,
      { ...base, version: "w" },
      { ...base, params: { a: 2 } },
      { ...base, dataset: "e" },
      { ...base, brokerage: "c" },
    ].map(trialKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(trialKey({ brokerage: "b", dataset: "d", params: { a: 1 }, version: "v" })).toBe(keys[0]);
  });
});

test("a version that was accepted again is the candidate again", () => {
  const state = with_({ strategy: "a" }, { strategy: "a", code: "2" }, { strategy: "a" });
  expect(state.candidates.get("a")?.version).toBe(sampleSubmission(config, { strategy: "a" }).evaluation.version);
  expect(with_({ strategy: "a" }, { strategy: "a", code: "2", accepted: false }).candidates.get("a")).toEqual(
    with_({ strategy: "a" }).candidates.get("a"),
  );
});

test("every record has its line in the audit, and every decision its view", () => {
  fc.assert(
    fc.property(journals, ({ entries, state }) => {
      const lines = audit(entries);
      expect(lines.map(({ revision, kind }) => ({ revision, kind }))).toEqual(
        entries.map(({ revision, record }) => ({ revision, kind: record.kind })),
      );
      for (const { says } of lines) expect(says).not.toMatch(/undefined|\[object|^\s*$/);
      expect(decisions(entries).at(-1)?.envelope).toEqual(state.decision?.envelope);
      expect(hysteresisOf(state)).toEqual(state.decision?.envelope.hysteresis ?? {});
    }),
  );
});

describe("digests of the configuration", () => {
  const evaluators = [
    { use: "standard", name: "@qmtl/evaluator-standard", version: "1.0.0", config: {} },
    { use: "risk", name: "@acme/risk", version: "2.0.0", config: { level: 0.99 } },
  ];

  test("an evaluation depends on account, brokerage, policy, presets and evaluators, not on what is decided afterwards", () => {
    const base = evaluationConfigDigest(config, evaluators);
    const others = [
      evaluationConfigDigest({ ...config, account: { ...config.account, equity: 1 } }, evaluators),
      evaluationConfigDigest({ ...config, brokerage: { ...config.brokerage, maxStale: 9 } }, evaluators),
      evaluationConfigDigest({ ...config, policy: { ...config.policy, minPeriods: 99 } }, evaluators),
      evaluationConfigDigest(
        { ...config, presets: config.presets.map((preset) => ({ ...preset, gaps: "mark" as const })) },
        evaluators,
      ),
      evaluationConfigDigest(config, evaluators.slice(1)),
      evaluationConfigDigest(
        config,
        evaluators.map((one) => ({ ...one, version: "3.0.0" })),
      ),
      evaluationConfigDigest(
        config,
        evaluators.map((one) => ({ ...one, config: { level: 0.5 } })),
      ),
    ];
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
    expect(evaluationConfigDigest(config, [...evaluators].reverse())).toBe(base);
    expect(
      evaluationConfigDigest(
        { ...config, ...{ maxMode: "validate", apply: "manual", allocator: { use: "x", config: {} } } },
        evaluators,
      ),
    ).toBe(base);
  });

  test("the whole configuration sees every change; the brokerage only what fills and costs", () => {
    const manual = sampleWorld("apply: manual\n");
    expect(configDigest(manual)).not.toBe(configDigest(config));
    expect(brokerageDigest(manual)).toBe(brokerageDigest(config));
    const lots = config.presets.map((preset) => ({
      ...preset,
      universe: { symbols: preset.universe.symbols.map((symbol) => ({ ...symbol, lot: 1 })) },
    }));
    expect(brokerageDigest({ ...config, presets: lots })).not.toBe(brokerageDigest(config));
    expect(instrumentsOf([...lots, ...config.presets])).toEqual([{ symbol: "SPX", currency: "USD", lot: 1, tick: 0 }]);
  });

  test("the highest mode needs the cap, allow_live and a world that follows", () => {
    const following = { kind: "following", maxLag: 1 } as const;
    expect(highestMode({ maxMode: "live", allowLive: true, knowledge: following })).toBe("live");
    expect(highestMode({ maxMode: "live", allowLive: false, knowledge: following })).toBe("paper");
    expect(highestMode({ maxMode: "live", allowLive: true, knowledge: { kind: "pinned", asOf: 0 } })).toBe(
      "compute-only",
    );
    expect(highestMode({ maxMode: "validate", allowLive: false, knowledge: following })).toBe("validate");
  });
});
