import type { ColumnFigures, PreviewResult } from "@qmtl/core";
import { describe, expect, test } from "vitest";
import { figureText, nodeTable, nodeText, previewFigureText, shareText } from "./figure-text.ts";

const column = (of: Partial<ColumnFigures>): ColumnFigures => ({
  column: "value",
  dtype: "f64",
  bars: 100,
  valued: 90,
  from: "2000-02-14T21:00:00Z",
  mean: 0.5234,
  least: 0,
  greatest: 1,
  last: 1,
  ...of,
});

describe("what a node came to, at the end of its line", () => {
  test("is its last value, its mean, and since when", () => {
    expect(nodeText([column({})])).toBe("now 1 · mean 0.5234 · from 2000-02-14");
  });
  test("names the columns where there are several, and leaves out most", () => {
    const columns = ["a", "b", "c", "d"].map((name) => column({ column: name, last: null, from: null, mean: 2 }));
    expect(nodeText(columns)).toBe("a: mean 2 | b: mean 2 | 2 more");
  });
  test("says of booleans how often they are true, and of nothing that there is none", () => {
    expect(nodeText([column({ dtype: "bool", last: true, mean: 0.25 })])).toBe(
      "now true · true on 25 % · from 2000-02-14",
    );
    expect(nodeText([column({ valued: 0 })])).toBe("no value on any bar");
  });
});

test("what a preview came to is told against the last submission, with what was tried", () => {
  const preview = { trades: 177, variants: 37 } as PreviewResult;
  const metrics = { sharpe: 0.52, max_drawdown: 0.1234 };
  expect(previewFigureText({ ...preview, metrics }, 0.48)).toBe(
    "Sharpe 0.52 (+0.04) · drawdown 12.3 % · 177 trades · 37 variants tried",
  );
  expect(previewFigureText({ ...preview, metrics, trades: 1, variants: 1 }, 0.75)).toBe(
    "Sharpe 0.52 (−0.23) · drawdown 12.3 % · 1 trade · 1 variant tried",
  );
  expect(previewFigureText({ ...preview, metrics }, 0.5204)).toContain("Sharpe 0.52 (±0) ");
  expect(previewFigureText({ ...preview, metrics: { sharpe: { undefined: "no trade" } }, trades: 0 }, null)).toBe(
    "0 trades · 37 variants tried",
  );
});

test("all of it stands in a table", () => {
  expect(
    nodeTable([
      column({}),
      column({ column: "word", dtype: "categorical", last: "up", mean: null, least: null, greatest: null, from: null }),
    ]).split("\n"),
  ).toEqual([
    "| column | now | mean | least | greatest | from | bars with a value |",
    "| --- | --: | --: | --: | --: | --- | --: |",
    "| `value` | 1 | 0.5234 | 0 | 1 | 2000-02-14 | 90 % |",
    "| `word` | up |  |  |  | never | 90 % |",
  ]);
});

test("figures have the digits that a person reads", () => {
  expect([0, 1, -0.123456, 2786.244, 28_637.83, 0.00001234].map(figureText)).toEqual([
    "0",
    "1",
    "-0.1235",
    "2786",
    "28638",
    "1.2e-5",
  ]);
  expect([0.12345, 1, 0].map(shareText)).toEqual(["12.3 %", "100 %", "0 %"]);
});
