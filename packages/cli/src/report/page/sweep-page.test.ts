import type { SweepResult, SweepRow } from "@qmtl/core";
import { expect, test } from "vitest";
import { sweepPage } from "./sweep-page.ts";

const row = (params: SweepRow["params"], sharpe: number | null): SweepRow => ({
  params,
  evalKey: "e",
  metrics: sharpe === null ? {} : { sharpe, total_return: sharpe / 10, max_drawdown: 0.25 },
  problem: sharpe === null ? { code: "x", message: "it <b>fails</b>" } : null,
});

function swept(axes: SweepResult["axes"], rows: readonly SweepRow[]): SweepResult {
  return {
    schema: "qmtl.sweep-result/1",
    status: "complete",
    strategy: "<script>alert(1)</script>",
    world: "w",
    version: "v",
    axes,
    combinations: rows.length,
    done: rows.length,
    resumed: 0,
    problems: rows.filter(({ problem }) => problem !== null).length,
    sort: { metric: "sharpe", better: "higher" },
    rows,
    top: 0,
    trials: 7,
    dataset: { commit: "c", fingerprint: "f", asOf: "2020-04-17T00:00:00.000Z", pointInTime: false, streams: [] },
    provenance: { engine: "engine/0", worldConfig: "d", command: "qmtl sweep a.ts" },
    timings: {},
  };
}

const pairs = [5, 10].flatMap((fast) => [20, 30].map((slow) => ({ fast, slow })));

test("a map has every combination at its place, and a hole where there is none", () => {
  const axes = [
    { name: "fast", values: [5, 10] },
    { name: "slow", values: [20, 30] },
  ];
  // Sorted rows come in any order.
  const rows = pairs.map((params, i) => row(params, i === 2 ? null : i + 0.125)).toReversed();
  const page = sweepPage(swept(axes, rows));
  const [, map = ""] = /<section id="map-sharpe">([\s\S]*?)<\/section>/.exec(page) ?? [];
  const cells = [...map.matchAll(/<th scope="row">(.*?)<\/th>|<td class="([^"]*)">(.*?)<\/td>/g)];
  expect(cells.map(([, name, shade, text]) => name ?? (shade === "none" ? "hole" : text))).toEqual([
    ...["5", "0.125", "1.125"],
    ...["10", "hole", "3.125"],
  ]);
  // A drawdown is written as the metric has it, and drawn as a loss.
  expect(page).toMatch(/<td class="loss-\d">25\.00 %<\/td>/);
  expect(page).toContain("Not tried");
});

test("one param has one row, and a third one a map for each of its values", () => {
  const one = sweepPage(
    swept(
      [{ name: "n", values: [1, 2, 3] }],
      [1, 2, 3].map((n) => row({ n }, n)),
    ),
  );
  expect(one.match(/<section id="map-sharpe">[\s\S]*?<\/section>/)?.[0].match(/<th scope="row">/g)).toHaveLength(1);
  const axes = [
    { name: "side", values: ["both", "long"] },
    { name: "fast", values: [5, 10] },
    { name: "slow", values: [20, 30] },
  ];
  const rows = ["both", "long"].flatMap((side) => pairs.map((params) => row({ side, ...params }, 1)));
  const three = sweepPage(swept(axes, rows));
  const map = /<section id="map-sharpe">([\s\S]*?)<\/section>/.exec(three)?.[1];
  expect(map?.match(/<h3>(.*?)<\/h3>/g)).toEqual(["<h3>side both</h3>", "<h3>side long</h3>"]);
});

test("the page loads nothing, runs nothing, and says what it is given", () => {
  const result = swept([{ name: "n", values: [1] }], [row({ n: 1 }, null)]);
  const page = sweepPage(result);
  expect(page).toBe(sweepPage(structuredClone(result)));
  expect(page).toContain("script-src &#39;none&#39;");
  expect(page).not.toContain("<script");
  expect(page).toContain("&lt;script&gt;alert(1)");
  expect(page).toContain("it &lt;b&gt;fails&lt;/b&gt;");
  expect(page).toContain("No combination could be tried.");
});
