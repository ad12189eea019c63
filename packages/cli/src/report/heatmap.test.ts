import { expect, test } from "vitest";
import { heatmap } from "./heatmap.ts";

const base = {
  x: { label: "slow", names: ["50", "60"] },
  y: { label: "fast", names: ["5"] },
  caption: "Sharpe",
  format: String,
};

function classes(value: readonly (number | null)[], centre?: number): readonly (string | undefined)[] {
  const names = value.map((_, i) => String(i));
  const { html } = heatmap({
    ...base,
    x: { label: "x", names },
    value: [value],
    ...(centre !== undefined && { centre }),
  });
  return [...html.matchAll(/<td class="([^"]*)"/g)].map(([, name]) => name);
}

test("is a table with a heading for every row and column, and a value in every cell", () => {
  const { html } = heatmap({ ...base, value: [[0.5, null]], totals: { label: "all", values: [0.5] } });
  expect(html).toContain('<th scope="col">50</th><th scope="col">60</th><th scope="col" class="total">all</th>');
  expect(html).toContain(
    '<tr><th scope="row">5</th><td class="even">0.5</td><td class="none"></td><td class="total">0.5</td></tr>',
  );
});

test("goes from the lowest to the highest value", () => {
  expect(classes([1, 2, 3, 4, 5, 6])).toEqual(["gain-1", "gain-2", "gain-3", "gain-4", "gain-5", "gain-5"]);
  expect(classes([2, 2, null])).toEqual(["even", "even", "none"]);
});

test("changes its colour at the centre, evenly on both sides", () => {
  expect(classes([-2, -1, 0, 1, 2], 0)).toEqual(["loss-5", "loss-3", "even", "gain-3", "gain-5"]);
  expect(classes([-0.01, 0.01, 0.02, 1], 0)).toEqual(["loss-1", "gain-1", "gain-1", "gain-5"]);
});

test("escapes names and what the format gives", () => {
  const { html } = heatmap({ ...base, x: { label: "x", names: ["<b>", "&"] }, value: [[1, 2]], format: () => "<i>" });
  expect(html).toContain("&lt;b&gt;");
  expect(html).toContain("&lt;i&gt;");
  expect(html).not.toMatch(/<b>|<i>/);
});
