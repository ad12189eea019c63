import { beforeAll, describe, expect, test } from "vitest";
import { COMPUTE_LINE, configText, makeProject, strategyText, type TestProject } from "./project.test.kit.ts";

const DAY = 86_400_000;
const FIRST = Date.UTC(2018, 0, 1);
const DAYS = 1200;

/** The market of these tests, known to the provider and to the author of a table of future values. */
function priceOf(symbol: string, day: number): number {
  const phase = symbol === "AAA" ? 0 : 40;
  return Math.round(1000 * (100 + day / 50 + 10 * Math.sin((day + phase) / 9) + 3 * Math.sin(day * day))) / 1000;
}

// A provider that keeps revisions. Each preset is a vendor with a habit of its own.
const ARCHIVE = `import { definePlugin, emptyConfig } from "@qmtl/core/plugin";
import { ohlcv } from "@qmtl/core/schema";

const DAY = ${DAY};
const FIRST = ${FIRST};
const SPLIT = FIRST + 900 * DAY;
const END = FIRST + ${DAYS} * DAY;
${priceOf.toString().replace("symbol, day", "symbol: string, day: number")}

/** What a vendor says of a bar to whoever asks at an instant: nothing, or its close. */
const VENDORS: Record<string, (symbol: string, day: number, asOf: number) => number | undefined> = {
  honest: (symbol, day) => priceOf(symbol, day),
  "a-day-late": (symbol, day, asOf) => (FIRST + (day + 2) * DAY > asOf && asOf < END ? undefined : priceOf(symbol, day)),
  restated: (symbol, day, asOf) => priceOf(symbol, day) + (day === 100 && symbol === "AAA" && asOf >= SPLIT ? 0.5 : 0),
  adjusted: (symbol, day, asOf) => priceOf(symbol, day) * (asOf >= SPLIT && day < 900 ? 0.25 : 1),
  backfilled: (symbol, day, asOf) => (day === 33 && asOf < SPLIT ? undefined : priceOf(symbol, day)),
  survivors: (symbol, day, asOf) => (symbol === "BBB" && asOf < SPLIT ? undefined : priceOf(symbol, day)),
};

export default definePlugin({
  kind: "data-provider", name: "archive", version: "1.0.0", api: 1, use: "archive", description: "Keeps revisions", config: emptyConfig,
  setup: () => ({
    supports: { live: false, pointInTime: true },
    presets: () =>
      Object.keys(VENDORS).map((name) => ({
        name, description: name, schema: ohlcv, intervals: ["1d" as const], symbols: ["AAA", "BBB"], stamp: "end" as const, calendar: "24x7",
      })),
    coverage: async () => [{ from: FIRST + DAY, to: FIRST + ${DAYS} * DAY + 1 }],
    revision: async () => "1",
    async *read({ preset, symbol, range, asOf }) {
      const time: number[] = [];
      const close: number[] = [];
      for (let day = 0; day < ${DAYS}; day++) {
        const end = FIRST + (day + 1) * DAY;
        const said = VENDORS[preset]!(symbol, day, asOf);
        if (said === undefined || end > asOf || end < range.from || end >= range.to) continue;
        time.push(end);
        close.push(said);
      }
      const prices = () => Float64Array.from(close);
      yield {
        time: Float64Array.from(time),
        columns: { open: prices(), high: prices(), low: prices(), close: prices(), volume: prices().fill(1) },
      };
    },
  }),
});
`;

const world = (id: string, vendor: string, gate = "num_trades >= 1.0"): string => `id: ${id}
as_of: 2021-04-01
account: { equity: 1000000, currency: USD }
data:
  presets:
    - id: daily
      preset: archive.${vendor}
      interval: 1d
      calendar: 24x7
      universe:
        symbols:
          - { id: AAA, tags: [us-index], currency: USD, lot: 0 }
          - { id: BBB, tags: [us-index], currency: USD, lot: 0 }
      gaps: absent
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} }, fill: next-open }
policy:
  gates: { gate: "${gate}" }
  score: "sharpe"
  top_k: { total: 5 }
  hysteresis: { enter: -100, exit: -200, promote_after: 1, demote_after: 1, min_dwell: 0 }
allocator: { use: equal }
max_mode: compute-only
`;

let project: TestProject;
beforeAll(() => {
  project = makeProject({
    "plugins/archive.ts": ARCHIVE,
    "qmtl.config.ts": configText({
      imports: { archive: "./plugins/archive.ts" },
      plugins: ["use(evaluatorStandard)", "use(allocatorEqual)", "use(storageSqlite)", "use(archive)"],
    }),
  });
});

async function submitTo(vendor: string, text: string, gate?: string) {
  project.write(`worlds/${vendor}.yml`, world(vendor, vendor, gate));
  project.write("strategies/tested.ts", text);
  return project.submit("strategies/tested.ts", "--world", vendor);
}

const CROSS = strategyText({});

describe("data that were not known then", () => {
  test.each(["honest", "a-day-late"])("none from a vendor that is %s", async (vendor) => {
    const { result, error } = await submitTo(vendor, CROSS);
    expect(error).toBeNull();
    expect(result.guards).toMatchObject({ pointInTime: true, codeRead: true });
    expect(result.guards?.findings.filter(({ severity }) => severity !== "note")).toEqual([]);
    expect(result.status).toBe("active");
  });

  test("rates of a currency that were restated are named as well, though no node reads them", async () => {
    const fx = (vendor: string): string =>
      world(`fx-${vendor}`, "honest")
        .replaceAll("currency: USD, lot", "currency: EUR, lot")
        .replace(
          "brokerage:",
          `  fx: [{ currency: EUR, preset: archive.${vendor}, symbol: AAA, interval: 1d, calendar: 24x7, gaps: absent }]\nbrokerage:`,
        );
    for (const vendor of ["honest", "restated"]) project.write(`worlds/fx-${vendor}.yml`, fx(vendor));
    project.write("strategies/tested.ts", CROSS);
    const [honest, restated] = [
      await project.submit("strategies/tested.ts", "--world", "fx-honest"),
      await project.submit("strategies/tested.ts", "--world", "fx-restated"),
    ];
    const doubtsOf = ({ result }: typeof honest) =>
      result.guards?.findings.filter(({ severity }) => severity === "doubt") ?? [];
    expect(honest.error).toBeNull();
    expect(doubtsOf(honest)).toEqual([]);
    expect(honest.result.status).toBe("active");
    const [doubt, ...others] = doubtsOf(restated);
    expect(others).toEqual([]);
    expect(doubt).toMatchObject({
      rule: "guard.restated",
      column: "close",
      bar: "2018-04-12T00:00:00Z",
      message: expect.stringMatching(/preset fx\.EUR .*one bar of AAA/),
    });
    expect(doubt).not.toHaveProperty("node");
    expect(restated.result.status).toBe("inactive");
  });

  test.each([
    [
      "restated",
      { rule: "guard.restated", column: "close", symbol: "AAA", bar: "2018-04-12T00:00:00Z" },
      /one bar of AAA/,
    ],
    [
      "adjusted",
      { rule: "guard.restated", column: "close", symbol: "AAA", bar: "2018-01-02T00:00:00Z" },
      /multiplied by 0\.25/,
    ],
    ["backfilled", { rule: "guard.restated", bar: "2018-02-04T00:00:00Z" }, /added or taken away later/],
    ["survivors", { rule: "guard.survivor", symbol: "BBB" }, /nobody knew then/],
  ])("%s: named, and the evidence is inconclusive", async (vendor, finding, message) => {
    const { result } = await submitTo(vendor, CROSS);
    const doubts = result.guards?.findings.filter(({ severity }) => severity === "doubt") ?? [];
    expect(doubts[0]).toMatchObject({ ...finding, severity: "doubt", message: expect.stringMatching(message) });
    expect(doubts[0]?.node).toMatch(/^stream/);
    expect(result.status).toBe("inactive");
    expect(result.decision?.verdict).toBe("inconclusive");
    expect(result.activation).toBeNull();
    expect(result.violations[0]).toMatchObject({ stage: "evidence", message: expect.stringContaining(finding.rule) });
    const again = await project.submit("strategies/tested.ts", "--world", vendor);
    expect(again.result.computed.cached).toBe(true);
    expect(again.result.guards).toEqual(result.guards);
    expect(again.result.decision?.verdict).toBe("inconclusive");
  });
});

describe("code that can't be trusted is rejected with its line, and leaves no record", () => {
  test.each([
    [
      "a variable that counts on",
      strategyText({
        // What only a value leads to is not read from the text: it takes a run to see it.
        top: "let calls = 0; const unseen = { count: (): number => ++calls };",
        compute: "({ close, mean }) => ({ weight: unseen.count() % 7 !== 0 && close > mean ? 1 : 0 })",
      }),
      "guard.repeat",
      "trend",
      COMPUTE_LINE,
    ],
    [
      "a variable that another node ran ahead with",
      strategyText({
        top: "let newest = 0; const unseen = { set: (value: number): void => { newest = value; }, get: (): number => newest };",
        graph: `const ahead = node({
      name: "ahead",
      inputs: { close: stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" }).close },
      output: { weight: fraction },
      compute: ({ close }) => { unseen.set(close); return { weight: 0 }; },
    });`,
        compute: "({ close, mean }) => ({ weight: unseen.get() > close && mean > 0 ? 1 : 0 })",
      }).replace("inputs: { close: bars.close,", "inputs: { first: ahead.weight, close: bars.close,"),
      "guard.prefix",
      "trend",
      COMPUTE_LINE + 5,
    ],
    [
      "a window whose view was opened",
      strategyText({
        compute: "({ recent }) => ({ weight: unseen.open(recent) > recent.newest ? 1 : 0 })",
        top: `let cells: ArrayLike<number> = []; let at = 0; const unseen = { open: (recent: unknown): number => {
        const view = recent as { move(cells: ArrayLike<number>, end: number): void };
        const { move } = view;
        if (!Object.hasOwn(view, "move"))
          view.move = function (this: unknown, all, end) { cells = all; at = end; move.call(this, all, end); };
        return cells[at + 1] ?? 0;
      } };`,
      })
        .replace(
          "mean: sma(bars.close, params.length)",
          "recent: window(bars.close, 2), mean: sma(bars.close, params.length)",
        )
        .replace("targetWeights }", "targetWeights, window }"),
      "guard.prefix",
      "trend",
      COMPUTE_LINE + 6,
    ],
  ])("%s", async (_what, text, code, node, line) => {
    const { code: exit, result, error } = await submitTo("honest", text);
    expect({ exit, status: result.status, error }).toMatchObject({
      exit: 1,
      status: "rejected",
      error: { code, place: { file: "strategies/tested.ts", line, node } },
    });
    expect(result.violations).toMatchObject([{ stage: "run", rule: code, node }]);
    expect(result.guards?.findings).toContainEqual(expect.objectContaining({ rule: code, severity: "fail", node }));
    expect(result.violations[0]?.hint).toMatch(/state|assigned|window/);
    const names = (await project.journal("honest")).map(({ body }) => JSON.stringify(body));
    expect(names.filter((body) => body.includes(result.provenance?.evalKey ?? "?"))).toEqual([]);
  });
});

/** Strategies have no Date: the civil date of an instant, by arithmetic. */
const CALENDAR = `function dayOf(time: number): string {
  const z = Math.floor(time / 86400) + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return year + "-" + String(month).padStart(2, "0") + "-" + String(day).padStart(2, "0");
}`;

describe("a table of future values", () => {
  const isoDay = (day: number): string => new Date(FIRST + (day + 1) * DAY).toISOString().slice(0, 10);
  const byDate = Object.fromEntries(
    Array.from({ length: DAYS - 1 }, (_, day) => [
      isoDay(day),
      Math.sign(priceOf("AAA", day + 1) - priceOf("AAA", day)),
    ]),
  );
  const looked = (table: string): string =>
    strategyText({ top: table, compute: "({ time }) => ({ weight: ahead(time) > 0 ? 1 : 0 })" })
      .replace(
        "mean: sma(bars.close, params.length)",
        "mean: sma(bars.close, params.length), time: barTime(bars.close)",
      )
      .replace("{ type Decision,", "{ barTime, type Decision,");

  test.each([
    [
      "imported",
      `import future from "./future.json";\nconst ahead = (time: number): number => (future as any)[dayOf(time)] ?? 0;`,
    ],
    [
      "in a Map",
      `import future from "./future.json";\nconst table = new Map(Object.entries(future));\nconst unseen = { at: (day: string): number => (table.get(day) as number) ?? 0 };\nconst ahead = (time: number): number => unseen.at(dayOf(time));`,
    ],
    [
      "in a list of records",
      `import future from "./future.json";\nconst rows = Object.entries(future).map(([date, value]) => ({ date, value }));\nconst ahead = (time: number): number => (rows.find((row) => row.date === dayOf(time))?.value as number) ?? 0;`,
    ],
    [
      "by the number of the bar",
      `import future from "./future.json";\nconst values = Object.values(future) as number[];\nconst ahead = (time: number): number => values[Math.round((1000 * time - ${FIRST}) / ${DAY}) - 1] ?? 0;`,
    ],
    [
      "in the text of a function",
      `const ahead = (time: number): number => (${JSON.stringify(Object.fromEntries(Object.entries(byDate).slice(0, 60)))} as any)[dayOf(time)] ?? 0;`,
    ],
  ])("%s: named, and the evidence is inconclusive", async (_what, table) => {
    project.write("strategies/future.json", JSON.stringify(byDate));
    const text = looked(table).replace("export default", `${CALENDAR}\nexport default`);
    const { result, error } = await submitTo("honest", text);
    expect(error).toBeNull();
    expect(result.guards?.findings).toContainEqual(
      expect.objectContaining({
        rule: "guard.dated-table",
        severity: "doubt",
        node: "trend",
        place: expect.objectContaining({ file: "strategies/tested.ts" }),
      }),
    );
    expect(result.decision?.verdict).toBe("inconclusive");
    expect(result.status).toBe("inactive");
  });
});

test("a gate can ask for what the guards measure, and an unknown one is still unknown", async () => {
  const { result } = await submitTo("honest", CROSS, "tie_share <= 0.5 && return_2x_costs > 1000.0");
  expect(result.status).toBe("rejected");
  expect(result.violations[0]).toMatchObject({ stage: "gates", rule: "gate" });
  expect(result.metrics).toMatchObject({
    tie_share: expect.any(Number),
    return_2x_costs: expect.any(Number),
    worst_third_return: expect.any(Number),
  });
  const unknown = await submitTo("honest", CROSS, "tie_shares <= 0.5");
  expect(unknown.code).toBe(2);
});
