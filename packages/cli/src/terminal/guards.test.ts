import pc from "picocolors";
import { expect, test } from "vitest";
import { renderGuards } from "./guards.ts";

type Guards = Parameters<typeof renderGuards>[0];

const GUARDS: Guards = {
  cuts: ["2006-01-26T21:00:00Z", "2011-02-17T21:00:00Z"],
  pointInTime: false,
  codeRead: true,
  rows: 10,
  pathDependent: ["position"],
  unsettled: [],
  ties: { compared: 5000, fragile: 2 },
  costs: { asCharged: { totalReturn: 0.5, sharpe: 1 }, doubled: { totalReturn: 0.25, sharpe: null } },
  parts: [
    { by: "third", name: "1", periods: 9, totalReturn: 0.1, sharpe: 1, maxDrawdown: 0 },
    { by: "trend", name: "up", periods: 9, totalReturn: -0.1, sharpe: 1, maxDrawdown: 0 },
  ],
  concentration: { bestFive: 0.4, bestYear: null },
  findings: [
    {
      rule: "guard.dated-table",
      kind: "dated-table",
      severity: "doubt",
      message: "It carries a table",
      hint: "Bring it in through a provider.",
      node: "trend",
      place: { file: "strategies/a.ts", line: 3 },
    },
  ],
};

test("what was examined and found is shown, with the author's line and what to do", () => {
  const text = renderGuards(GUARDS, pc.createColors(false)).join("\n");
  for (const line of [
    /cut at +2006-01-26, 2011-02-17$/m,
    /data as known then +unknown: a provider keeps no revisions$/m,
    /depends on its path +position$/m,
    /ties +2 of 5,000 decisions$/m,
    /at doubled costs +return 25\.00 %, Sharpe undefined$/m,
    /thirds +10\.00 %$/m,
    /market up or down +up -10\.00 %$/m,
    /best five periods +40\.00 % of the profit$/m,
    /doubt: guard\.dated-table {2}It carries a table \(strategies\/a\.ts:3\)$/m,
    /hint: Bring it in through a provider\.$/m,
  ])
    expect(text).toMatch(line);
  expect(text).not.toMatch(/wild or calm|settles too late/);
});

test("a run that is too short to be cut says so", () => {
  const text = renderGuards({ ...GUARDS, cuts: [], pointInTime: true, findings: [] }, pc.createColors(false)).join(
    "\n",
  );
  expect(text).toMatch(/cut at +nothing: the run is too short$/m);
  expect(text).toMatch(/data as known then +read again$/m);
});
