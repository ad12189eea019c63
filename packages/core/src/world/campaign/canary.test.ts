import { expect, test } from "vitest";
import { canaryScore } from "./canary.ts";

test("the draw is the same on every machine", () => {
  // python3 -c 'import hashlib; print(int.from_bytes(hashlib.sha256(b"sample:trend:1704067200000").digest()[:8], "big") / 2**64)'
  expect(canaryScore("sample", "trend", "1704067200000")).toBe(0.3379608733798749);
});

test("a fraction of strategies lies below it, others in each period", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `s${i}`);
  const chosen = (period: string) => names.filter((name) => canaryScore("w", name, period) < 0.25);
  const [one, other] = [chosen("1"), chosen("2")];
  for (const { length } of [one, other]) {
    expect(length).toBeGreaterThan(440);
    expect(length).toBeLessThan(560);
  }
  expect(one.filter((name) => other.includes(name)).length).toBeLessThan(200);
});
