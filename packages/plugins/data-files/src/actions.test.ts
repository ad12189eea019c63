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

test("a factor file says the same by factors: the day before, its close, and what prices up to then are multiplied by", async () => {
  // 7 for 1 on the Monday after a Friday, 0.205 on 100, a merger of 1 for 20; the first and the last line are the ends of the file.
  const csv = [
    "20100104,0.9979500,0.178571,1",
    "20140606,0.9979500,0.178571,645.57",
    "20201105,0.9979500,1.25,100",
    "20210630,1,1.25,55.5",
    "20220103,1,0.0625,3",
    "20501231,1,1.25,0",
  ];
  const at = (line: number, text: string) => csv.with(line, text).join("\n");
  expect(await actionsOf(csv.join("\n"))).toEqual([
    { time: day("2014-06-07"), kind: "split", ratio: 7 },
    { time: Date.parse("2020-11-06T00:00:00-05:00"), kind: "dividend", amount: expect.closeTo(0.205, 9) },
    { time: day("2021-07-01"), kind: "split", ratio: 0.05 },
    { time: Date.parse("2022-01-04T00:00:00-05:00"), kind: "split", ratio: 20 },
  ]);
  for (const [line, text, message] of [
    [2, "20201105,0.9979500,1.25", "There is no reference price"],
    [3, "20210630,0.9,1.25,55.5", "The price factor falls, as if holders had paid"],
    [3, "20210630,inf,1.25,55.5", 'The price factor is "inf"'],
    [3, "20140606,1,1.25,55.5", "A day of the factor file is not after the one before"],
    [3, "2021-06-30,1,1.25,55.5", "This is no line of a factor file"],
  ] as const)
    await expect(actionsOf(at(line, text))).rejects.toMatchObject({ code: "files.invalid-actions", message });
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
