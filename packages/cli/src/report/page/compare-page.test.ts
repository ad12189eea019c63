import { describe, expect, test } from "vitest";
import type { Payload } from "../browser/payload.ts";
import { declaredView, runView } from "../run-view.test.kit.ts";
import { tearsheetOf } from "../tearsheet.ts";
import { comparedCharts } from "./compare-charts.ts";
import { comparePage } from "./compare-page.ts";

const BARE = { style: "p{}", script: "0" };
const DAY = 86_400_000;
const a = tearsheetOf(runView());
const b = tearsheetOf(
  runView({
    strategy: "other",
    evalKey: "c".repeat(64),
    params: { fast: 12, slow: 30 },
    returns: [0.02, 0.01],
    metrics: [
      {
        name: "sharpe",
        figure: { kind: "value", value: 1 },
        description: { name: "sharpe", formula: "mean(r) / sd(r)", unit: "ratio per year", better: "higher" },
      },
    ],
  }),
);

function part(text: string, id: string): string {
  const found = new RegExp(`<section id="${id}">(.*?)</section>`, "s").exec(text)?.[1] ?? "";
  return found.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

describe("the charts of two runs", () => {
  test("have the times of both, and a run has no value after its end", () => {
    const { payload, growth, underwater } = comparedCharts(a, b);
    expect(payload.time).toBe(true);
    expect(payload.x).toEqual(a.times);
    expect(growth.lines.map(({ label, dashed }) => [label, dashed])).toEqual([
      ["A", undefined],
      ["B", true],
    ]);
    expect(growth.lines[0]?.values[0]).toBe(1);
    expect(growth.lines[1]?.values).toEqual([1, 1.02, 1.0302, null, null]);
    expect(underwater.lines[0]?.values[2]).toBeCloseTo(-0.02, 12);
  });

  test("keep a run's last value at times that only the other has", () => {
    const late = runView({ returns: [0.1] });
    const { run } = late;
    const sparse = tearsheetOf({ ...late, run: { ...run, times: [(run.start ?? 0) + 3 * DAY] } });
    const { payload, growth } = comparedCharts(a, sparse);
    expect(payload.x).toEqual(a.times);
    expect(growth.lines[1]?.values).toEqual([1, 1, 1, 1.1, null].slice(0, payload.x.length));
  });

  test("are drawn by the number of the period where one of them knows no times", () => {
    const { payload, growth } = comparedCharts(a, tearsheetOf(declaredView([0.01, 0.02])));
    expect(payload.time).toBe(false);
    expect(payload.x.slice(0, 3)).toEqual([0, 1, 2]);
    expect(growth.lines[0]?.values[1]).toBeCloseTo(1.01, 12);
  });
});

describe("the page of two runs", () => {
  const text = comparePage(a, b, BARE);

  test("is equal for equal runs, and carries both lines", () => {
    expect(comparePage(a, b, BARE)).toBe(text);
    const data = /<script type="application\/json" id="run-data">(.*?)<\/script>/s.exec(text)?.[1] ?? "";
    expect((JSON.parse(data) as Payload).charts.map(({ lines }) => lines.length)).toEqual([2, 2]);
    for (const id of ["toolbar", "shown-range", "chart-growth", "readout-growth"]) expect(text).toContain(`id="${id}"`);
  });

  test("sets metrics side by side, and says which run is better", () => {
    expect(part(text, "metrics")).toContain("sharpe 1.250 1 -0.250 B is worse");
    expect(part(text, "metrics")).toContain("calmar undefined: there was no drawdown none");
  });

  test("sets gates, params and origins side by side, and says what differs", () => {
    expect(part(text, "gates")).toContain("sharp sharpe &gt;= 2.0 failed , sharpe 1.250 failed");
    expect(part(text, "params")).toContain("fast 10 12 differs slow none 30 differs");
    expect(part(text, "origin")).toMatch(/World tested tested same/);
    expect(part(text, "origin")).toMatch(/Evaluation eeeeeeeeeeeeeeee… cccccccccccccccc… differs/);
  });

  test("says the curves in numbers, by year", () => {
    expect(part(text, "equity")).toMatch(/2024 2\.97 % 3\.02 % 0\.05 %/);
  });
});
