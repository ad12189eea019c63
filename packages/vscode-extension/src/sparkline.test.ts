import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

const svgOf = (equity: readonly number[]): string => {
  const uri = sparkline(equity);
  expect(uri).toMatch(/^data:image\/svg\+xml;base64,/);
  return Buffer.from(uri!.split(",")[1]!, "base64").toString();
};

test("a line from edge to edge, its greatest value on top", () => {
  const svg = svgOf([100, 150, 50]);
  expect(svg).toContain('d="M0.0 24.0L120.0 2.0L240.0 46.0"');
  // The dashes are where it began.
  expect(svg).toContain('d="M0 24.0H240"');
});

test("a loss has another colour than a gain", () => {
  const colour = (equity: readonly number[]) => /fill="none" stroke="(#\w+)"/.exec(svgOf(equity))?.[1];
  expect(colour([1, 2])).not.toBe(colour([2, 1]));
});

test("an account that never moved is a straight line, and one point is no line", () => {
  expect(svgOf([7, 7])).not.toContain("NaN");
  expect(sparkline([7])).toBeUndefined();
  expect(sparkline([])).toBeUndefined();
});
