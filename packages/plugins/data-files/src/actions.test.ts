import { expect, test } from "vitest";
import { project, provide } from "./project.test.fixture.ts";

const ROWS = "time,open,high,low,close,volume\n2024-07-01T01:00Z,1,2,0.5,1.5,10\n";
const { signal } = new AbortController();
const key = { preset: "p", symbol: "A", interval: "1h" } as const;
const day = (text: string) => Date.parse(`${text}T00:00:00-04:00`);

const actionsOf = (csv: string, change = {}) =>
  provide(project({ "data/A.csv": ROWS, "actions/A.csv": csv }), {
    actions: "actions/{symbol}.csv",
    zone: "America/New_York",
    ...change,
  }).actions?.(key, { signal });

test("splits and dividends stand by ex date, midnight of the zone, dividends of a day first", async () => {
  const csv = "Date,Split,Dividend\n2024-07-03,2,\n2024-06-03,,0.25\n2024-07-05,0.1,1.5\n";
  expect(await actionsOf(csv)).toEqual([
    { time: day("2024-06-03"), kind: "dividend", amount: 0.25 },
    { time: day("2024-07-03"), kind: "split", ratio: 2 },
    { time: day("2024-07-05"), kind: "dividend", amount: 1.5 },
    { time: day("2024-07-05"), kind: "split", ratio: 0.1 },
  ]);
  expect(await actionsOf("dividend;date\n0.5;2024-07-03\n", { delimiter: ";" })).toHaveLength(1);
});

test("a symbol without a file has none, and so has a preset that names none", async () => {
  const root = project({ "data/A.csv": ROWS, "data/B.csv": ROWS, "actions/B.csv": "date,split\n" });
  const provider = provide(root, { actions: "actions/{symbol}.csv" });
  expect(await provider.actions?.(key, { signal })).toEqual([]);
  expect(await provider.actions?.({ ...key, symbol: "B" }, { signal })).toEqual([]);
  expect(await provide(root).actions?.(key, { signal })).toEqual([]);
});

test("the revision is another one when they change", async () => {
  const revision = (csv: string) =>
    provide(project({ "data/A.csv": ROWS, "actions/A.csv": csv }), { actions: "actions/{symbol}.csv" }).revision(key, {
      signal,
    });
  expect(await revision("date,split\n2024-07-03,2\n")).not.toBe(await revision("date,split\n2024-07-03,3\n"));
  expect(await revision("date,split\n2024-07-03,2\n")).toBe(await revision("date,split\n2024-07-03,2\n"));
});

test.each([
  ["a split of nothing", "date,split\n2024-07-03,0\n", "files.invalid-actions", 2],
  ["a dividend that is taken", "date,dividend\n2024-07-03,-1\n", "files.invalid-actions", 2],
  ["a word", "date,split\n2024-07-03,two\n", "files.invalid-actions", 2],
  ["a date that is none", "date,split\n2024-02-30,2\n", "data.unreadable-time", 2],
  ["no date", "split\n2\n", "files.invalid-actions", 1],
  ["a column that nobody knows", "date,split,bonus\n", "files.invalid-actions", 1],
  ["no header", "", "files.empty", 1],
])("%s is refused with its line", async (_what, csv, code, line) => {
  await expect(actionsOf(csv)).rejects.toMatchObject({ code, place: { line } });
});

test("a path that leaves the project is refused by its field", () => {
  expect(() => provide(project({}), { actions: "../{symbol}.csv" })).toThrow(
    expect.objectContaining({ code: "files.invalid-path", place: { path: "presets.p.actions" } }),
  );
});
