import { describe, expect, test } from "vitest";
import { configText, makeProject, strategyText, type TestProject } from "./project.test.kit.ts";

const HEADER = "time,open,high,low,close,volume";
const DAY = 86_400_000;
const START = Date.UTC(2019, 0, 1);
const ROWS = 400;

const CONFIG = configText({
  plugins: [
    `use(dataFiles, { presets: { days: {
      path: "data/{symbol}.csv", format: "csv", stamp: "end", time: { column: "time" }, interval: "1d", calendar: "24x7",
    } } })`,
    "use(evaluatorStandard)",
    "use(allocatorEqual)",
    "use(storageSqlite)",
  ],
});

function worldText({ gaps = "refuse", calendar = "24x7", symbols = ["A"] } = {}): string {
  const universe = symbols.map((id) => `{ id: ${id}, tags: [us-index], currency: USD, lot: 0.01 }`).join(", ");
  return `id: files
as_of: 2020-03-01
account: { equity: 1000000, currency: USD }
data:
  presets:
    - { id: daily, preset: files.days, interval: 1d, calendar: ${calendar}, universe: { symbols: [${universe}] }, gaps: ${gaps} }
brokerage: { fee: { none: {} }, slippage: { none: {} } }
policy:
  gates: { trades: "num_trades >= 1.0" }
  score: "1.0"
  top_k: { total: 3 }
  hysteresis: { enter: 0, exit: 0 }
allocator: { use: equal }
`;
}

/** Days that swing; the first bar stands on line 2 and ends a day after the start. */
function rows(from = 0, to = ROWS): string[] {
  const close = (i: number): number => 100 + 10 * Math.sin(i / 7);
  return Array.from({ length: to - from }, (_, k) => {
    const i = from + k;
    const [open, end] = [close(i - 1), close(i)].map((value) => Math.round(value * 100) / 100) as [number, number];
    const time = new Date(START + (i + 1) * DAY).toISOString();
    return [time, open, Math.max(open, end) + 1, Math.min(open, end) - 1, end, 1000].join(",");
  });
}

/** The cell of a row replaced; rows count from 0, line = row + 2. */
function edited(row: number, column: number, text: string): string[] {
  return rows().map((line, i) =>
    i === row
      ? line
          .split(",")
          .map((cell, k) => (k === column ? text : cell))
          .join(",")
      : line,
  );
}

const csv = (lines: readonly string[], header = HEADER): string => [header, ...lines, ""].join("\n");

function dataProject(
  files: Readonly<Record<string, string>>,
  world: Parameters<typeof worldText>[0] = {},
): TestProject {
  const data = Object.fromEntries(Object.entries(files).map(([symbol, text]) => [`data/${symbol}.csv`, text]));
  return makeProject({
    "qmtl.config.ts": CONFIG,
    "worlds/files.yml": worldText(world),
    "strategies/tested.ts": strategyText({}),
    ...data,
  });
}

const submit = (project: TestProject) => project.submit("strategies/tested.ts", "--world", "files");

interface Refused {
  readonly text: string;
  readonly calendar?: string;
  readonly code: string;
  readonly message?: RegExp;
  readonly line?: number;
}

const without = (...gone: readonly number[]): string[] => rows().filter((_, row) => !gone.includes(row));
const twice = (row: number, second = rows()[row] as string): string[] =>
  rows().flatMap((line, i) => (i === row ? [line, second] : [line]));

const REFUSED: Readonly<Record<string, Refused>> = {
  "without a row": { text: csv(without(50, 51)), code: "data.gaps", message: /lacks 2 1d bars/ },
  "without a cell": { text: csv(edited(50, 4, "")), code: "data.holes", line: 52 },
  "with NaN in a cell": { text: csv(edited(50, 4, "NaN")), code: "data.holes", line: 52 },
  "with a word in a cell": {
    text: csv(edited(50, 4, "high")),
    code: "data.unreadable-cell",
    message: /high/,
    line: 52,
  },
  "with two rows of one bar that disagree": {
    text: csv(twice(50, edited(50, 4, "100.5")[50])),
    code: "data.conflicting-duplicate",
    message: /close/,
    line: 53,
  },
  "with rows out of order": {
    text: csv([...rows(0, 50), ...rows(60), ...rows(50, 60)]),
    code: "data.unordered",
    line: 392,
  },
  "with a high below its low": { text: csv(edited(50, 2, "1")), code: "data.bounds", line: 52 },
  "with a time that is none": {
    text: csv(edited(50, 0, "yesterday")),
    code: "data.unreadable-time",
    message: /yesterday/,
    line: 52,
  },
  "with starts where ends are declared": {
    text: csv(["2019-01-02", "2019-01-03", "2019-01-04"].map((day) => `${day}T14:30:00Z,1,2,1,2,10`)),
    calendar: "XNYS",
    code: "data.stamp-mismatch",
    line: 2,
  },
  "with a short row": { text: csv([...rows(0, 50), "2019-02-20T00:00:00Z,1,2"]), code: "files.row-length", line: 52 },
  "without a column": {
    text: csv(rows(), HEADER.replace("close", "last")),
    code: "data.missing-column",
    message: /close/,
  },
  "without rows": { text: csv([]), code: "data.no-rows" },
  "without a header": { text: "", code: "files.empty", line: 1 },
};

describe("a file is refused", () => {
  for (const [what, { text, calendar, code, message = /./, line }] of Object.entries(REFUSED))
    test(what, async () => {
      const project = dataProject({ A: text }, calendar === undefined ? {} : { calendar });
      const { code: exitCode, stderr, error } = await submit(project);
      expect({ exitCode, error }, `${stderr}${error?.message}`).toMatchObject({ exitCode: 2, error: { code } });
      expect(error.message).toMatch(message);
      expect(error.next).toMatch(/\w/);
      if (line !== undefined) {
        expect(error.place).toMatchObject({ file: expect.stringMatching(/data\/A\.csv$/), line });
        expect(stderr).toContain(`  at data/A.csv:${line}`);
      }
      project.write("data/A.csv", csv(rows()));
      project.write("worlds/files.yml", worldText());
      expect(await project.journal("files")).toEqual([]);
      const { code: mended } = await submit(project);
      expect(mended).toBe(0);
    });

  test("that is not there, with the symbols that are", async () => {
    const project = dataProject({ B: csv(rows()) });
    const { code, error } = await submit(project);
    expect({ code, error }).toMatchObject({ code: 2, error: { code: "data.unknown-symbol" } });
    expect(`${error.message} ${error.next}`).toMatch(/A.*B/);
  });
});

describe("a file is taken", () => {
  test("whatever the order of its columns, with the same numbers", async () => {
    const order = [5, 4, 0, 3, 1, 2];
    const turned = (line: string): string => order.map((column) => line.split(",")[column]).join(",");
    const plain = await submit(dataProject({ A: csv(rows()) }));
    const other = await submit(dataProject({ A: csv(rows().map(turned), turned(HEADER)) }));
    expect(plain.code).toBe(0);
    expect(other.result.metrics).toEqual(plain.result.metrics);
    expect(other.result.dataset?.fingerprint).toBe(plain.result.dataset?.fingerprint);
  });

  test("from the newest to the oldest row, and says so", async () => {
    const plain = await submit(dataProject({ A: csv(rows()) }));
    const reversed = await submit(dataProject({ A: csv(rows().reverse()) }));
    expect(reversed.result.metrics).toEqual(plain.result.metrics);
    expect(reversed.result.dataset?.fingerprint).toBe(plain.result.dataset?.fingerprint);
    expect(reversed.result.dataset?.streams[0]?.findings.join()).toMatch(/A: .*backwards.*data\/A\.csv:2/);
  });

  test("with repeated rows, and says so", async () => {
    const { code, result } = await submit(dataProject({ A: csv(twice(50)) }));
    expect(code).toBe(0);
    expect(result.dataset?.streams[0]).toMatchObject({
      bars: ROWS,
      findings: [expect.stringMatching(/A: 1 .*data\/A\.csv:53/), expect.anything()],
    });
  });

  test("with holes where the world marks them, and says so", async () => {
    const text = csv(edited(50, 4, "").filter((_, row) => row !== 60));
    const { code, result } = await submit(dataProject({ A: text }, { gaps: "mark" }));
    expect(code).toBe(0);
    const findings = result.dataset?.streams[0]?.findings.join("\n");
    expect(findings).toMatch(/lack.* a value.*data\/A\.csv:52/);
    expect(findings).toMatch(/missing/);
    expect(result.dataset?.streams[0]?.bars).toBe(ROWS);
  });

  test("of symbols that start late and end early, which are reported", async () => {
    const project = dataProject(
      { A: csv(rows()), B: csv(rows(200)), C: csv(rows(0, 266)) },
      { symbols: ["A", "B", "C"] },
    );
    project.write("strategies/tested.ts", strategyText({ compute: "() => ({ weight: 0.3 })" }));
    const { code, result } = await submit(project);
    expect(code).toBe(0);
    expect(result.dataset?.streams[0]).toMatchObject({ symbols: ["A", "B", "C"], bars: ROWS + 200 + 266 });
    expect(result.backtest?.notes.join("\n")).toMatch(
      /C: had no bar any more and was closed on 2019-09-25T00:00:00\.000Z at its last close of 101\.57/,
    );
    const { stdout } = await project.qmtl("data", "coverage", "--world", "files", "--json");
    const spans = (JSON.parse(stdout) as { series: { symbol: string; bars: number; from: string; to: string }[] })
      .series;
    expect(spans.map(({ symbol, bars, from, to }) => [symbol, bars, from.slice(0, 10), to.slice(0, 10)])).toEqual([
      ["A", 400, "2019-01-02", "2020-02-05"],
      ["B", 200, "2019-07-21", "2020-02-05"],
      ["C", 266, "2019-01-02", "2019-09-24"],
    ]);
  });
});
