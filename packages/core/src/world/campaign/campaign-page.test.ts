import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sampleWorld } from "../sample.test.kit.ts";
import { HOLDS, STAGES } from "./campaign.ts";

const page = readFileSync(new URL("../../../../../docs/campaign.md", import.meta.url), "utf8");

test("the section that docs/campaign.md shows is read as it says", () => {
  const [, section = ""] = page.match(/```yaml\n([\s\S]*?)```/) ?? [];
  expect(sampleWorld(section).campaign).toEqual({
    backtest: { minSamples: 250 },
    paper: { window: 60, minSamples: 20, slots: 5 },
    live: { window: 60, minSamples: 20, slots: 2 },
    bounds: { minRatio: 0.5, maxShortfall: 2, maxDrawdown: 0.2 },
    promoteAfter: 3,
    demoteAfter: 2,
    minDwell: 5,
    cooldown: 864_000_000,
    canary: { fraction: 0.5, scale: 0.25, periods: 20 },
  });
});

test("the page names every stage in its order, and every hold", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, stage]) => stage);
  expect(rows).toEqual([...STAGES]);
  const [, holds = ""] = page.match(/What `hold` says: ([\s\S]*?)\n\n/) ?? [];
  expect([...holds.matchAll(/`([a-z-]+)`(?! *\()|`([a-z-]+)` \(/g)].map(([, a, b]) => a ?? b)).toEqual([...HOLDS]);
});
