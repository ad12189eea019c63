import { describe, expect, test } from "vitest";
import { agoText, lensTitle } from "./lens-title.ts";

const NOW = Date.UTC(2026, 0, 2);
const last = {
  world: "lab",
  status: "active",
  mode: "compute-only",
  reason: "",
  metrics: {},
  sharpe: 0.614,
  evalKey: null,
  trials: null,
  files: {},
  at: NOW - 120_000,
} as const;

describe("the line above a strategy", () => {
  test("says where a click submits it, whatever is known", () => {
    expect(lensTitle({ world: undefined, last: undefined, preview: undefined, now: NOW })).toBe("Submit to a world");
    expect(lensTitle({ world: "lab", last, preview: undefined, now: NOW })).toBe(
      "Submit to lab · last: active, Sharpe 0.61, 2 min ago",
    );
    expect(
      lensTitle({ world: "lab", last: { ...last, status: "rejected", sharpe: null }, preview: undefined, now: NOW }),
    ).toBe("Submit to lab · last: rejected, 2 min ago");
  });

  test("says of a preview how many variants were tried", () => {
    const preview = {
      schema: "qmtl.preview-result/1",
      strategy: "s",
      world: "lab",
      version: "v",
      evalKey: "k",
      params: {},
      metrics: { sharpe: 0.5, deflated_sharpe: { undefined: "one trial" } },
      times: [],
      equity: [1],
      trades: 0,
      variants: 37,
      computed: 1,
      known: 2,
    } as const;
    expect(lensTitle({ world: "lab", last, preview, now: NOW })).toBe(
      "Submit to lab · preview: Sharpe 0.50 · 37 variants tried · deflated Sharpe undefined",
    );
  });
});

test("time that passed is told in the largest unit that fits", () => {
  expect([0, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000].map(agoText)).toEqual([
    "just now",
    "just now",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 d ago",
  ]);
});
