import { describe, expect, test } from "vitest";
import { f64 } from "../schema/cell.ts";
import { requireCalendar } from "./calendar/calendars.ts";
import { cutPanel, lastCompleteBar, requireHistory } from "./cut.ts";
import type { Panel } from "./panel.ts";

function panel(stamps: Readonly<Record<string, readonly number[]>>): Panel {
  return {
    preset: "main",
    schema: { id: "one@1", columns: { x: f64 }, fold: {} },
    interval: "1h",
    calendar: requireCalendar("observed"),
    series: Object.entries(stamps).map(([symbol, ends]) => ({
      symbol,
      tags: [],
      stamps: Float64Array.from(ends),
      columns: { x: Float64Array.from(ends) },
    })),
  };
}

describe("cutPanel", () => {
  test("keeps the bars that had ended, the one at the instant among them", () => {
    const { series } = cutPanel(panel({ A: [1, 2, 3], B: [3, 4] }), 2);
    expect(series.map(({ stamps, columns }) => [[...stamps], [...columns["x"]!]])).toEqual([
      [
        [1, 2],
        [1, 2],
      ],
      [[], []],
    ]);
  });
});

describe("lastCompleteBar", () => {
  test("is the oldest of the panels' newest bars", () => {
    expect(lastCompleteBar([panel({ A: [1, 5] }), panel({ B: [1, 4] })])).toBe(4);
  });
  test("is not held back by a symbol that ended early", () => {
    expect(lastCompleteBar([panel({ A: [1, 5], ENDED: [1, 2] })])).toBe(5);
  });
  test("does not exist without bars", () => {
    expect(lastCompleteBar([panel({ A: [1] }), panel({ B: [] })])).toBeUndefined();
    expect(lastCompleteBar([])).toBeUndefined();
  });
});

describe("requireHistory", () => {
  test("passes what is long enough and names what is not", () => {
    const cut = panel({ A: [1, 2, 3], B: [3] });
    expect(() => requireHistory(cut, { min_history: 1 })).not.toThrow();
    expect(() => requireHistory(cut, { min_history: 1, warmup_bars: 3 })).toThrow(
      expect.objectContaining({
        code: "data.short-history",
        message: "B has 1 of the 3 bars that the window asks for",
        place: { preset: "main", symbol: "B", bar: 3 },
      }),
    );
  });
});
