import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../observability/index.ts";
import { digestBytes } from "../../schema/canonical.ts";
import { ohlcv } from "../../schema/schema.ts";
import type { AllocationInput, Allocator } from "../contract/allocator.ts";
import type { ColumnBatch, DataProvider, PresetDescription } from "../contract/data-provider.ts";
import type { EvaluationInput, Evaluator, TradeRecord } from "../contract/evaluator.ts";
import type { PluginKind } from "../contract/plugin.ts";
import type { ObjectStorage, StateStorage } from "../contract/storage.ts";
import { DEADLINES, type GuardScope } from "./guard.ts";
import { guardAllocator } from "./guard-allocator.ts";
import { guardEvaluator } from "./guard-evaluator.ts";
import { guardProvider } from "./guard-provider.ts";
import { guardStorage } from "./guard-storage.ts";

function scope(kind: PluginKind, over: Partial<GuardScope["deadlines"]> = {}): GuardScope {
  return {
    plugin: { kind, name: "@acme/x", use: "x", version: "1.0.0" },
    metrics: createMetrics(),
    closed: new AbortController().signal,
    deadlines: { ...DEADLINES, ...over },
    place: { world: "w" },
  };
}
const { signal } = new AbortController();

describe("allocators", () => {
  const candidate = (strategy: string, active = true) => ({
    strategy,
    version: "1",
    active,
    score: 1,
    returns: new Float64Array([0.1]),
  });
  const input: AllocationInput = {
    candidates: [candidate("a"), candidate("b"), candidate("off", false)],
    times: new Float64Array([1]),
    budget: 1,
  };
  const answering = (answer: unknown): Allocator =>
    guardAllocator({ allocate: () => answer as never }, scope("allocator"));

  test("a share per candidate, in their order, 0 where the plugin says nothing", () => {
    expect(answering([{ strategy: "b", share: 0.4 }]).allocate(input)).toEqual([
      { strategy: "a", share: 0 },
      { strategy: "b", share: 0.4 },
      { strategy: "off", share: 0 },
    ]);
  });

  test("rounding in the sum is no fault", () => {
    const share = 0.5 + 4e-13;
    expect(
      answering([
        { strategy: "a", share },
        { strategy: "b", share },
      ]).allocate({ ...input, budget: 1 }),
    ).toHaveLength(3);
  });

  test.each([
    ["no list", {}, "is not a list"],
    ["an entry of another shape", [{ name: "a", share: 1 }], "not { strategy, share }"],
    ["NaN", [{ strategy: "a", share: Number.NaN }], 'gives "a" the share NaN'],
    ["a negative share", [{ strategy: "a", share: -0.1 }], "not between 0 and 1"],
    ["more than the whole", [{ strategy: "a", share: 1.1 }], "not between 0 and 1"],
    [
      "more than the budget",
      [
        { strategy: "a", share: 0.6 },
        { strategy: "b", share: 0.6 },
      ],
      "more than the budget",
    ],
    ["a share for the inactive", [{ strategy: "off", share: 0.1 }], "is not active"],
    ["a stranger", [{ strategy: "z", share: 0.1 }], "is no candidate"],
    [
      "one twice",
      [
        { strategy: "a", share: 0.1 },
        { strategy: "a", share: 0.1 },
      ],
      "twice",
    ],
    ["a promise", Promise.resolve([]), "returned a promise"],
  ])("%s is the plugin's fault", (_title, answer, why) => {
    const call = () => answering(answer).allocate(input);
    expect(call).toThrow(why);
    expect(call).toThrow(
      expect.objectContaining({
        code: "plugin.invalid-answer",
        place: expect.objectContaining({ world: "w", method: "allocate" }),
      }),
    );
  });

  const word = { shares: [{ strategy: "a", share: 0.5 }], method: "acme", notes: [], figures: {}, binding: [] };
  const explaining = (answer: unknown) =>
    guardAllocator({ allocate: () => [], explain: () => answer as never }, scope("allocator")).explain!(input, {
      relax: false,
    });

  test("an explanation has a share per candidate, and one that gives none has no explain", () => {
    expect(explaining(word).shares.map(({ share }) => share)).toEqual([0.5, 0, 0]);
    expect(answering([]).explain).toBeUndefined();
  });

  test.each([
    ["no explanation", [], "is not an explanation"],
    ["shares that break the laws", { ...word, shares: [{ strategy: "off", share: 0.1 }] }, "is not active"],
    ["no method", { ...word, method: "" }, "names no method"],
    ["a fallback without a reason", { ...word, fallback: "" }, "without a reason"],
    ["notes that are no sentences", { ...word, notes: [1] }, "no sentences"],
    ["a figure that is none", { ...word, figures: { volatility: Number.NaN } }, '"volatility" as NaN'],
    ["a limit without a bound", { ...word, binding: [{ name: "max" }] }, "without a name or a bound"],
    ["a negative multiplier", { ...word, binding: [{ name: "max", bound: 1, multiplier: -1 }] }, "multiplier -1"],
  ])("%s in an explanation is the plugin's fault", (_title, answer, why) => {
    expect(() => explaining(answer)).toThrow(why);
    expect(() => explaining(answer)).toThrow(expect.objectContaining({ code: "plugin.invalid-answer" }));
  });

  test("the plugin can't reach the caller's arrays", () => {
    const spoiling = guardAllocator(
      {
        allocate: (given) => {
          given.candidates[0]?.returns.fill(9);
          given.times.fill(9);
          return [];
        },
      },
      scope("allocator"),
    );
    spoiling.allocate(input);
    expect(input.candidates[0]?.returns[0]).toBe(0.1);
    expect(input.times[0]).toBe(1);
  });
});

describe("evaluators", () => {
  const metric = { name: "sharpe", formula: "m/s", unit: "ratio", better: "higher" } as const;
  const ok = {
    metrics: { sharpe: { kind: "value", value: 1 } },
    checks: { history: { verdict: "pass", reason: "enough" } },
  };
  const input: EvaluationInput = {
    times: new Float64Array([1]),
    equity: new Float64Array([1, 1]),
    returns: new Float64Array([0]),
    exposure: new Float64Array([0]),
    turnover: 0,
    trades: [],
    periodsPerYear: 252,
    trials: [],
    self: "k",
    minTrialPeriods: 1,
    evidence: "backtest",
  };
  const answering = (answer: unknown, metrics: unknown = [metric]): Evaluator =>
    guardEvaluator({ metrics: metrics as never, evaluate: () => answer as never }, scope("evaluator"));

  test("a sound answer comes through", () => {
    expect(answering(ok).evaluate(input)).toEqual(ok);
    const undefinedFigure = { ...ok, metrics: { sharpe: { kind: "undefined", because: "no variance" } } };
    expect(answering(undefinedFigure).evaluate(input)).toEqual(undefinedFigure);
  });

  test.each([
    ["nothing", undefined, "is not { metrics, checks }"],
    ["no checks", { metrics: ok.metrics }, "is not { metrics, checks }"],
    ["a metric missing", { ...ok, metrics: {} }, "has no figure for sharpe"],
    [
      "a metric inherited",
      { ...ok, metrics: Object.create({ sharpe: { kind: "value", value: 1 } }) as object },
      "has no figure for sharpe",
    ],
    [
      "a metric too many",
      { ...ok, metrics: { ...ok.metrics, alpha: { kind: "value", value: 1 } } },
      'the metric "alpha"',
    ],
    ["NaN", { ...ok, metrics: { sharpe: { kind: "value", value: Number.NaN } } }, "holds NaN for sharpe"],
    ["Infinity", { ...ok, metrics: { sharpe: { kind: "value", value: -1 / 0 } } }, "holds -Infinity for sharpe"],
    ["a bare number", { ...ok, metrics: { sharpe: 1 } }, "holds no figure for sharpe"],
    ["undefined without a reason", { ...ok, metrics: { sharpe: { kind: "undefined" } } }, "holds no figure for sharpe"],
    ["a check that is no verdict", { ...ok, checks: { history: true } }, 'no verdict for the check "history"'],
  ])("%s is the plugin's fault", (_title, answer, why) => {
    expect(() => answering(answer).evaluate(input)).toThrow(why);
  });

  test("no trade of the caller's can be changed: those that could be are copied", () => {
    const trade = {
      symbol: "A",
      side: "long",
      entryTime: 1,
      exitTime: 2,
      quantity: 1,
      entryPrice: 1,
      exitPrice: 2,
    } as const;
    const loose: TradeRecord = { ...trade, profit: 1, fees: 0, bars: 1, open: false };
    const fixed = Object.freeze({ ...loose });
    let seen: readonly TradeRecord[] = [];
    const evaluate = ({ trades }: EvaluationInput) => {
      seen = trades;
      return ok as never;
    };
    guardEvaluator({ metrics: [metric], evaluate }, scope("evaluator")).evaluate({ ...input, trades: [loose, fixed] });
    expect(seen).toEqual([loose, fixed]);
    expect(seen.map((one) => one === loose || one === fixed)).toEqual([false, true]);
    expect([seen, ...seen].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(loose)).toBe(false);
  });

  test("what it needs comes through, and what there is not is the plugin's fault", () => {
    const needing = (needs: unknown): Evaluator =>
      guardEvaluator({ metrics: [metric], needs: needs as never, evaluate: () => ok as never }, scope("evaluator"));
    expect(needing({ trialReturns: "world" }).needs).toEqual({ trialReturns: "world" });
    expect("needs" in needing(undefined)).toBe(false);
    for (const needs of [null, "world", {}, { trialReturns: "all" }, { trialReturns: "world", trades: true }])
      expect(() => needing(needs)).toThrow('is not { trialReturns: "strategy" } or { trialReturns: "world" }');
  });

  test("the returns of trials that it sees are copies", () => {
    const returns = Float64Array.of(0.1);
    const leftOut = { declared: 0, lost: 0, apart: 0, capped: 0 };
    const trials = [{ evalKey: "k", strategy: "s", returns }];
    const spoiling = guardEvaluator(
      {
        metrics: [metric],
        needs: { trialReturns: "strategy" },
        evaluate: ({ trialReturns }) => {
          expect(Object.isFrozen(trialReturns) && Object.isFrozen(trialReturns?.trials)).toBe(true);
          trialReturns?.times.fill(9);
          trialReturns?.trials[0]?.returns.fill(9);
          return ok as never;
        },
      },
      scope("evaluator"),
    );
    const times = Float64Array.of(1);
    spoiling.evaluate({ ...input, trialReturns: { scope: "strategy", times, trials, leftOut } });
    expect([times[0], returns[0]]).toEqual([1, 0.1]);
  });

  test.each([
    ["no metrics", [], "describes no metrics"],
    ["a name that policies can't say", [{ ...metric, name: "Sharpe Ratio" }], 'the metric "Sharpe Ratio"'],
    ["a name twice", [metric, metric], "describes sharpe twice"],
    ["no formula", [{ ...metric, formula: "" }], "without formula"],
    ["no direction", [{ ...metric, better: "up" }], 'better when "up"'],
  ])("a description with %s is the plugin's fault", (_title, metrics, why) => {
    expect(() => answering(ok, metrics)).toThrow(why);
  });
});

describe("data providers", () => {
  const preset: PresetDescription = {
    name: "daily",
    description: "",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    intervals: ["1d"],
    symbols: ["A"],
    stamp: "end",
    calendar: "24x7",
  };
  const series = { preset: "daily", symbol: "A", interval: "1d" } as const;
  const query = { ...series, range: { from: 0, to: 100 }, asOf: 100 };
  const column = (length: number) => new Float64Array(length).fill(1);
  const batch = (...times: number[]): ColumnBatch => {
    const one = column(times.length);
    return { time: Float64Array.from(times), columns: { open: one, high: one, low: one, close: one, volume: one } };
  };
  const provider = (over: Partial<DataProvider>): DataProvider => ({
    supports: { live: false, pointInTime: false },
    presets: () => [preset],
    coverage: async () => [{ from: 0, to: 100 }],
    read: async function* () {
      yield batch(0, 50);
      yield batch(99);
    },
    revision: async () => "1",
    ...over,
  });
  const guarded = (over: Partial<DataProvider> = {}, deadlines: Partial<GuardScope["deadlines"]> = {}) =>
    guardProvider(provider(over), scope("data-provider", deadlines));
  const readAll = async (one: DataProvider, own = signal): Promise<number[]> => {
    const times: number[] = [];
    for await (const { time } of one.read(query, { signal: own })) times.push(...time);
    return times;
  };
  const giving = (...answers: unknown[]) => ({
    read: async function* () {
      for (const answer of answers) yield answer as ColumnBatch;
    },
  });

  test("a sound read comes through", async () => {
    expect(await readAll(guarded())).toEqual([0, 50, 99]);
    const one = guarded();
    expect(await one.coverage(series, { signal })).toEqual([{ from: 0, to: 100 }]);
    expect(await one.revision(series, { signal })).toBe("1");
    expect(one.presets()).toEqual([preset]);
  });

  test("a time that could not be read is NaN, and no fault", async () => {
    expect(await readAll(guarded(giving(batch(1, Number.NaN, 2))))).toEqual([1, Number.NaN, 2]);
  });

  test.each([
    ["no object", 7, "is a batch without columns"],
    ["time as a plain list", { ...batch(1), time: [1] }, "time is not a Float64Array"],
    ["a column missing", { time: column(1), columns: { open: column(1) } }, "without the column high"],
    ["a column too many", { ...batch(1), columns: { ...batch(1).columns, extra: column(1) } }, 'the column "extra"'],
    [
      "a column of another length",
      { ...batch(1), columns: { ...batch(1).columns, close: column(2) } },
      "whose column close has 2",
    ],
    [
      "a column of another type",
      { ...batch(1), columns: { ...batch(1).columns, close: ["1"] } },
      "column close is not of f64",
    ],
    [
      "another number of lines",
      { ...batch(1), origin: { file: "f", lines: new Int32Array(2) } },
      "another number of source lines",
    ],
    ["a row at the end of the range", batch(1, 100), "holds a row at 100"],
    ["a row before the range", batch(-1), "holds a row at -1"],
    ["a row at infinity", batch(Number.POSITIVE_INFINITY), "holds a row at Infinity"],
  ])("%s is the plugin's fault", async (_title, answer, why) => {
    await expect(readAll(guarded(giving(batch(0), answer)))).rejects.toMatchObject({
      code: "plugin.invalid-answer",
      message: expect.stringContaining(why),
      place: { world: "w", preset: "x.daily", symbol: "A", method: "read", plugin: "@acme/x" },
    });
  });

  test("what can't be iterated is the plugin's fault", async () => {
    for (const answer of [undefined, {}, [], Promise.resolve([])])
      await expect(readAll(guarded({ read: () => answer as never }))).rejects.toThrow("for await");
  });

  test("after a fault, a late batch or an abort nothing more is read, and the plugin is told", async () => {
    const log: string[] = [];
    const counting = (answers: (() => unknown)[]): Partial<DataProvider> => ({
      read: (_query, options) => {
        options.signal.addEventListener("abort", () => log.push("aborted"));
        const rest = [...answers];
        return {
          [Symbol.asyncIterator]: () => ({
            next: async () => {
              log.push("next");
              const answer = rest.shift();
              return (
                answer === undefined ? { done: true, value: undefined } : { done: false, value: await answer() }
              ) as never;
            },
            return: async () => {
              log.push("return");
              return { done: true, value: undefined };
            },
          }),
        };
      },
    });
    await expect(readAll(guarded(counting([() => 7, () => batch(1)])))).rejects.toThrow();
    expect(log).toEqual(["next", "aborted", "return"]);

    log.length = 0;
    const hanging = counting([() => new Promise(() => undefined)]);
    await expect(readAll(guarded(hanging, { batch: 20 }))).rejects.toMatchObject({ code: "plugin.deadline" });
    expect(log).toEqual(["next", "aborted", "return"]);

    log.length = 0;
    const controller = new AbortController();
    const reading = readAll(guarded(counting([() => batch(1), () => new Promise(() => undefined)])), controller.signal);
    setTimeout(() => controller.abort(), 5);
    await expect(reading).rejects.toMatchObject({ code: "plugin.cancelled" });
    expect(log).toEqual(["next", "next", "aborted", "return"]);

    log.length = 0;
    for await (const _ of guarded(counting([() => batch(1), () => batch(2)])).read(query, { signal })) break;
    expect(log).toEqual(["next", "aborted", "return"]);

    log.length = 0;
    expect(await readAll(guarded(counting([() => batch(1)])))).toEqual([1]);
    expect(log).toEqual(["next", "next", "aborted"]);
  });

  test.each([
    ["no list", 7, "is not a list of ranges"],
    ["an empty range", [{ from: 5, to: 5 }], "empty range"],
    [
      "descending ranges",
      [
        { from: 5, to: 9 },
        { from: 1, to: 2 },
      ],
      "overlap or descend",
    ],
    [
      "overlapping ranges",
      [
        { from: 1, to: 5 },
        { from: 4, to: 9 },
      ],
      "overlap or descend",
    ],
    ["NaN", [{ from: Number.NaN, to: 5 }], "finite instants"],
  ])("a coverage of %s is the plugin's fault", async (_title, answer, why) => {
    await expect(guarded({ coverage: async () => answer as never }).coverage(series, { signal })).rejects.toThrow(why);
  });

  test("splits and dividends are given as they are, and by providers that know of them alone", async () => {
    const actions = [
      { time: 5, kind: "split", ratio: 2 },
      { time: 5, kind: "dividend", amount: 0.5 },
    ] as const;
    expect(await guarded({ actions: async () => actions }).actions?.(series, { signal })).toEqual(actions);
    expect(guarded({}).actions).toBeUndefined();
  });

  test.each([
    ["no list", {}, "is not a list of corporate actions"],
    ["another kind", [{ time: 1, kind: "merger" }], "neither a split nor a dividend"],
    ["a split of nothing", [{ time: 1, kind: "split", ratio: 0 }], "its ratio is 0"],
    ["a dividend that is taken", [{ time: 1, kind: "dividend", amount: -1 }], "its amount is -1"],
    ["no time", [{ time: Number.NaN, kind: "split", ratio: 2 }], "its time is NaN"],
    [
      "falling times",
      [
        { time: 2, kind: "split", ratio: 2 },
        { time: 1, kind: "split", ratio: 2 },
      ],
      "after a later one",
    ],
  ])("corporate actions of %s are the plugin's fault", async (_title, answer, why) => {
    await expect(guarded({ actions: async () => answer as never }).actions?.(series, { signal })).rejects.toThrow(why);
  });

  test.each([
    ["no list", {}, "is not a list of presets"],
    ["null", [null], "without a usable name"],
    ["a name that worlds can't write", [{ ...preset, name: "a b" }], "without a usable name"],
    ["one name twice", [preset, preset], "names the preset daily twice"],
    ["no columns", [{ ...preset, schema: { ...preset.schema, columns: {} } }], "has no columns"],
    ["an unknown interval", [{ ...preset, intervals: ["7m"] }], "no known intervals"],
    ["an unknown stamp", [{ ...preset, stamp: "middle" }], 'by "middle"'],
    ["an unknown fold", [{ ...preset, schema: { ...preset.schema, fold: { close: "avg" } } }], "folds daily.close"],
  ])("presets with %s are the plugin's fault", (_title, answer, why) => {
    expect(() => guarded({ presets: () => answer as never }).presets()).toThrow(why);
  });

  test("a method follow that is not claimed does not exist", () => {
    const follow = giving().read as never;
    expect(guarded({ follow }).follow).toBeUndefined();
    expect(guarded({ follow, supports: { live: true, pointInTime: false } }).follow).toBeDefined();
  });
});

describe("storage", () => {
  const answering = (answer: unknown) => {
    const give = () => Promise.resolve(answer) as never;
    const state: StateStorage = { append: give, read: give, head: give, forget: give, worlds: give };
    const objects: ObjectStorage = {
      put: give,
      get: give,
      has: give,
      ref: give,
      putIfAbsent: give,
      compareAndSet: give,
      refs: give,
    };
    const guarded = guardStorage({ state, objects }, scope("storage"));
    if (guarded.state === undefined || guarded.objects === undefined) throw new Error("a contract got lost");
    return { state: guarded.state, objects: guarded.objects };
  };
  const appends = [
    { stream: "a", expectedRevision: 2, records: [1, 2] },
    { stream: "b", expectedRevision: 0, records: [] },
  ];

  test.each([[{ kind: "appended", heads: { a: 4, b: 0 } }], [{ kind: "conflict", stream: "a", actualRevision: 3 }]])(
    "the answer %j to an append comes through",
    async (answer) => {
      expect(await answering(answer).state.append("w", appends, { signal })).toEqual(answer);
    },
  );

  test.each([
    [undefined],
    [{ kind: "done" }],
    [{ kind: "appended" }],
    [{ kind: "appended", heads: { a: 4 } }],
    [{ kind: "appended", heads: { a: 3, b: 0 } }],
    [{ kind: "conflict", stream: "c", actualRevision: 3 }],
    [{ kind: "conflict", stream: "a", actualRevision: 2 }],
    [{ kind: "conflict", stream: "a", actualRevision: -1 }],
  ])("the answer %j to an append is the plugin's fault", async (answer) => {
    await expect(answering(answer).state.append("w", appends, { signal })).rejects.toMatchObject({
      code: "plugin.invalid-answer",
      place: { world: "w", method: "append" },
    });
  });

  test("records that are not contiguous, or too many, are the plugin's fault", async () => {
    const record = (revision: number) => ({ revision, body: revision });
    const read = (answer: unknown, after: number, limit?: number) =>
      answering(answer).state.read("w", "s", after, { signal, ...(limit !== undefined && { limit }) });
    expect(await read([record(3), record(4)], 2, 2)).toHaveLength(2);
    for (const [answer, after, limit] of [
      [[record(4)], 2, undefined],
      [[record(3), record(3)], 2, undefined],
      [[record(3), record(5)], 2, undefined],
      [[record(2), record(3)], 2, undefined],
      [[record(3), record(4)], 2, 1],
      [[{ revision: 3 }], 2, undefined],
      ["text", 0, undefined],
    ] as const)
      await expect(read(answer, after, limit)).rejects.toMatchObject({ code: "plugin.invalid-answer" });
  });

  test("a head that is no revision, names that are not sorted, words of another answer", async () => {
    for (const head of [-1, 0.5, "1", undefined, Number.NaN])
      await expect(answering(head).state.head("w", "s", { signal })).rejects.toMatchObject({
        code: "plugin.invalid-answer",
      });
    for (const worlds of [["b", "a"], ["a", "a"], [1], "a"])
      await expect(answering(worlds).state.worlds({ signal })).rejects.toMatchObject({ code: "plugin.invalid-answer" });
    await expect(answering(["ab", "b"]).objects.refs("a", { signal })).rejects.toThrow('does not begin with "a"');
    await expect(answering("maybe").objects.putIfAbsent("r", "v", { signal })).rejects.toThrow("not created or exists");
    await expect(answering(true).objects.compareAndSet("r", "a", "b", { signal })).rejects.toThrow(
      "not set or conflict",
    );
    await expect(answering(1).objects.has("d", { signal })).rejects.toThrow("neither true nor false");
    await expect(answering(1).objects.ref("r", { signal })).rejects.toThrow("is not a text");
  });

  test("bytes are checked against their digest both ways", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (bytes, others) => {
        const digest = digestBytes(bytes);
        expect(await answering(digest).objects.put(bytes, { signal })).toBe(digest);
        expect(await answering(bytes).objects.get(digest, { signal })).toEqual(bytes);
        if (digestBytes(others) === digest) return;
        await expect(answering(digest).objects.put(others, { signal })).rejects.toThrow("is not the digest");
        await expect(answering(others).objects.get(digest, { signal })).rejects.toThrow("holds other bytes");
      }),
      { numRuns: 30 },
    ));

  test("forgetting answers nothing, or is at fault", async () => {
    expect(await answering(undefined).state.forget("w", "s", 1, { signal })).toBeUndefined();
    await expect(answering(3).state.forget("w", "s", 1, { signal })).rejects.toThrow("is 3, not nothing");
  });

  test("a write that misses its deadline says that nobody knows", async () => {
    const never = () => new Promise<never>(() => undefined);
    const state: StateStorage = { append: never, read: never, head: never, forget: never, worlds: never };
    const guarded = guardStorage({ state }, scope("storage", { call: 10 })).state;
    await expect(guarded?.append("w", [], { signal })).rejects.toMatchObject({
      code: "plugin.deadline",
      next: expect.stringContaining("Nobody knows"),
    });
    await expect(guarded?.head("w", "s", { signal })).rejects.toMatchObject({
      code: "plugin.deadline",
      next: expect.not.stringContaining("Nobody knows"),
    });
  });
});
