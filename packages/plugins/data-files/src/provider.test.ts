import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataProviderSuite } from "@qmtl/core/plugin-testing";
import { afterAll, describe, expect, test } from "vitest";
import { filesConfig } from "./config.ts";
import dataFiles from "./index.ts";
import { type PresetInput, project, provide, readAll } from "./project.test.fixture.ts";

const HEADER = "time,open,high,low,close,volume\n";
const ROWS = "2024-07-01T01:00Z,1,2,0.5,1.5,10\n2024-07-01T02:00Z,1.5,2,1,1,20\n";
const at = (text: string) => Date.parse(text);
const { signal } = new AbortController();
const key = { preset: "p", symbol: "A", interval: "1h" } as const;
const csv = (content: string, change?: PresetInput) => readAll(provide(project({ "data/A.csv": content }), change));
const place = (line: number) => ({ file: expect.stringMatching(/data[\\/]A\.csv$/), line });

describe("CSV files", () => {
  test("give their rows with the lines they stand on", async () => {
    expect(await csv(HEADER + ROWS)).toEqual({
      time: [at("2024-07-01T01:00:00Z"), at("2024-07-01T02:00:00Z")],
      columns: { open: [1, 1.5], high: [2, 2], low: [0.5, 1], close: [1.5, 1], volume: [10, 20] },
      lines: [2, 3],
    });
  });

  test("are read by header, whatever the order and case of their columns", async () => {
    const mixed = "Date,Open,Close,High,Low,Volume\n11/5/2019 9:30,3080.8,3080.49,3081.47,3080.3,0\n";
    const { time, columns } = await csv(mixed, {
      time: { column: "Date", format: "M/D/YYYY H:mm" },
      zone: "America/New_York",
      stamp: "start",
    });
    expect(time).toEqual([at("2019-11-05T14:30:00Z")]);
    expect([columns["open"], columns["high"], columns["low"], columns["close"]]).toEqual([
      [3080.8],
      [3081.47],
      [3080.3],
      [3080.49],
    ]);
  });

  test("may join a date and a time of day, and name columns as they like", async () => {
    const rows = await csv("D;T;px;q\n2024-07-01;01:00;1,5;7\n".replace("1,5", "1.5"), {
      time: { column: ["D", "T"], format: "YYYY-MM-DD HH:mm" },
      delimiter: ";",
      schema: { id: "acme.trade@1", columns: { last: "price", size: "i32" } },
      columns: { last: "px", size: "q" },
    });
    expect(rows).toEqual({ time: [at("2024-07-01T01:00:00Z")], columns: { last: [1.5], size: [7] }, lines: [2] });
  });

  test("may hold words, truths and holes", async () => {
    const schema = {
      id: "acme.odd@1",
      columns: { x: { dtype: "f64", unit: "bps" }, on: "bool", phase: { categorical: ["open", "shut"] } },
    };
    const rows = await csv(
      "time,x,on,phase\n2024-07-01T01:00Z,,true,open\n2024-07-01T02:00Z,NaN,0,shut\n2024-07-01T03:00Z,-inf,FALSE, open\n2024-07-01T04:00Z,1e-3,1,open",
      { schema },
    );
    expect(rows.columns).toEqual({
      x: [Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY, 0.001],
      on: [1, 0, 0, 1],
      phase: ["open", "shut", "open", "open"],
    });
  });

  test("are left in their order for the import to judge", async () => {
    const { time } = await csv(
      `${HEADER}2024-07-01T02:00Z,1,1,1,1,1\n2024-07-01T01:00Z,1,1,1,1,1\n2024-07-01T01:00Z,1,1,1,1,1\n`,
    );
    expect(time.map((t) => new Date(t).getUTCHours())).toEqual([2, 1, 1]);
  });

  test.each<[string, string, object]>([
    [
      "a short row",
      `${HEADER}${ROWS}2024-07-01T03:00Z,1,2\n`,
      { code: "files.row-length", message: "The row has 3 fields where the header has 6", place: place(4) },
    ],
    ["a long row", `${HEADER}2024-07-01T03:00Z,1,2,1,1,1,\n`, { code: "files.row-length", place: place(2) }],
    [
      "a cell that is no number",
      `${HEADER}${ROWS}2024-07-01T03:00Z,1,2,1,"1,234",1\n`,
      { code: "data.unreadable-cell", message: 'Column "close" has "1,234" where a number belongs', place: place(4) },
    ],
    [
      "a hexadecimal number",
      `${HEADER}2024-07-01T03:00Z,0x10,2,1,1,1\n`,
      { code: "data.unreadable-cell", place: place(2) },
    ],
    [
      "a time that can't be read",
      `${HEADER}${ROWS}01.07.2024,1,2,1,1,1\n`,
      { code: "data.unreadable-time", message: '"01.07.2024" is not a time of the form iso', place: place(4) },
    ],
    [
      "a missing column",
      "time,open,high,low,volume\n2024-07-01T01:00Z,1,2,1,1\n",
      {
        code: "data.missing-column",
        message: 'There is no column "close"; found time, open, high, low, volume',
        place: place(1),
      },
    ],
    [
      "a missing time",
      "ts,open,high,low,close,volume\n1,1,2,1,1,1\n",
      { code: "data.missing-column", place: place(1) },
    ],
    [
      "two headers for a column",
      "time,open,high,low,close,Close,volume\n2024-07-01T01:00Z,1,2,1,1,1,1\n",
      { code: "files.ambiguous-header", message: 'The headers "close" and "Close" both fit "close"', place: place(1) },
    ],
    ["an empty file", "", { code: "files.empty", place: place(1) }],
    ["the wrong delimiter", `${HEADER}${ROWS}`.replaceAll(",", ";"), { code: "data.missing-column", place: place(1) }],
    ["broken quotes", `${HEADER}${ROWS}"2024`, { code: "files.invalid-csv", place: place(4) }],
  ])("with %s are refused by file and line", async (_, content, error) => {
    await expect(csv(content)).rejects.toEqual(expect.objectContaining(error));
  });

  test("without rows give none", async () => {
    expect((await csv(HEADER)).time).toEqual([]);
  });
});

describe("symbols and paths", () => {
  const files = {
    "data/A.csv": HEADER + ROWS,
    "data/B.csv": HEADER + ROWS,
    "data/notes.txt": "",
    "data/sub/C.csv": "",
  };

  test("are what lies on disk now", () => {
    const root = project(files);
    const provider = provide(root);
    expect(provider.presets()[0]?.symbols).toEqual(["A", "B"]);
    writeFileSync(join(root, "data/Z.csv"), HEADER);
    expect(provider.presets()[0]?.symbols).toEqual(["A", "B", "Z"]);
    expect(provide(root, { path: "nowhere/{symbol}.csv" }).presets()[0]?.symbols).toEqual([]);
  });

  test("may be folders, prefixes, or named", async () => {
    const root = project({
      "x/A/1h.csv": HEADER + ROWS,
      "x/B/2h.csv": HEADER,
      "y/eq_AA_raw.csv": HEADER + ROWS,
      "one.csv": HEADER + ROWS,
    });
    expect(provide(root, { path: "x/{symbol}/1h.csv" }).presets()[0]?.symbols).toEqual(["A"]);
    expect(provide(root, { path: "y/eq_{symbol}_raw.csv" }).presets()[0]?.symbols).toEqual(["AA"]);
    const named = provide(root, { path: "one.csv", symbol: "ONE" });
    expect(named.presets()[0]?.symbols).toEqual(["ONE"]);
    expect((await readAll(named, "ONE")).time).toHaveLength(2);
  });

  test("may be spread over files, read in the order of the configuration", async () => {
    const later = ROWS.replaceAll("07-01", "07-02");
    const root = project({
      "b/A.csv": HEADER + later,
      "a/A.csv": HEADER + ROWS,
      "a/OLD.csv": HEADER + ROWS,
      "b/NEW.csv": HEADER,
    });
    const provider = provide(root, { path: ["a/{symbol}.csv", "b/{symbol}.csv"] });
    expect(provider.presets()[0]?.symbols).toEqual(["A", "NEW", "OLD"]);
    expect((await readAll(provider)).time.map((t) => new Date(t).getUTCDate())).toEqual([1, 1, 2, 2]);
    expect((await readAll(provider, "OLD")).time).toHaveLength(2);
  });

  test("that don't exist are refused with the list", async () => {
    const provider = provide(project(files));
    await expect(readAll(provider, "../A")).rejects.toMatchObject({
      code: "data.unknown-symbol",
      next: "It has A, B.",
    });
    await expect(readAll(provide(project({}), { path: "one.csv", symbol: "A" }))).rejects.toMatchObject({
      code: "files.missing",
      place: { file: expect.stringMatching(/one\.csv$/) },
    });
    await expect(provider.revision({ ...key, preset: "q" }, { signal })).rejects.toMatchObject({
      code: "data.unknown-preset",
      next: "Use one of files.p.",
    });
    await expect(provider.revision({ ...key, interval: "1d" }, { signal })).rejects.toMatchObject({
      code: "data.missing-interval",
      next: "It has 1h.",
    });
  });

  test.each([
    ["../{symbol}.csv", "leaves the project"],
    ["a/../../{symbol}.csv", "leaves the project"],
    ["/etc/{symbol}", "leaves the project"],
    ["a\\{symbol}.csv", "leaves the project"],
    ["{symbol}/{symbol}.csv", "more than once"],
    ["one.csv", "does not say whose rows"],
  ])("%s is refused at once", (path, why) => {
    expect(() => provide(project({}), { path })).toThrow(
      expect.objectContaining({ code: "files.invalid-path", message: expect.stringContaining(why) }),
    );
  });

  test("that are links out of the project are refused", async () => {
    const outside = project({ "A.csv": HEADER + ROWS });
    const root = project({});
    mkdirSync(join(root, "data"));
    symlinkSync(join(outside, "A.csv"), join(root, "data", "A.csv"));
    await expect(readAll(provide(root))).rejects.toMatchObject({ code: "files.outside-root" });
  });
});

describe("the revision", () => {
  test("is that of the content and of how it is read", async () => {
    const root = project({ "data/A.csv": HEADER + ROWS });
    const revision = (change?: PresetInput) => provide(root, change).revision(key, { signal });
    const before = await revision();
    expect(await revision()).toBe(before);
    expect(await revision({ stamp: "start" })).not.toBe(before);
    writeFileSync(join(root, "data/A.csv"), HEADER + ROWS.replace("1.5", "1.6"));
    expect(await revision()).not.toBe(before);
  });
});

describe("the configuration", () => {
  const preset = {
    path: "{symbol}.csv",
    format: "csv",
    stamp: "end",
    time: { column: "t" },
    interval: "1h",
    calendar: "24x7",
  };
  test.each([
    [{ format: "xls" }],
    [{ zone: "Mars/Olympus" }],
    [{ delimiter: '"' }],
    [{ interval: "7m" }],
    [{ stamps: "end" }],
    [{ time: {} }],
    [{ schema: "quotes" }],
  ])("refuses %j", (change) => {
    expect(filesConfig.safeParse({ presets: { p: { ...preset, ...change } } }).success).toBe(false);
    expect(filesConfig.safeParse({ presets: { p: preset } }).success).toBe(true);
  });

  test.each<[PresetInput, string]>([
    [{ columns: { clsoe: "x" } }, "files.unknown-column"],
    [{ time: { column: "t", format: "yyyy" } }, "files.invalid-time-format"],
    [{ time: { column: "t", format: "timestamp" } }, "files.invalid-time-format"],
    [{ schema: { id: "Bad", columns: { x: "f64" } } }, "schema.invalid-id"],
  ])("refuses %j when it starts (%s)", (change, code) => {
    expect(() => provide(project({}), change)).toThrow(expect.objectContaining({ code }));
  });
});

const suiteRoot = mkdtempSync(join(tmpdir(), "data-files-suite-"));
cpSync(fileURLToPath(new URL("../testdata/SYN.csv", import.meta.url)), join(suiteRoot, "SYN.csv"));
afterAll(() => rmSync(suiteRoot, { recursive: true, force: true }));

dataProviderSuite(
  { describe, test },
  {
    plugin: dataFiles,
    root: suiteRoot,
    config: {
      presets: {
        hours: {
          path: "{symbol}.csv",
          format: "csv",
          stamp: "start",
          time: { column: "ts" },
          interval: "1h",
          calendar: "24x7",
          grows: true,
        },
      },
    },
    series: [{ preset: "hours", symbol: "SYN", interval: "1h" }],
    grow: () => appendFileSync(join(suiteRoot, "SYN.csv"), "2030-01-01T00:00:00Z,1,1,1,1,1\n"),
  },
);
