import { afterEach, describe, expect, test } from "vitest";
import type { BundleTools } from "./bundle-strategy.ts";
import { matrix, type Pair } from "./identity-matrix.test.helper.ts";
import { currentTools, identifyCase, idOf, isUnique, type NodeIdentity } from "./strategy-files.test.helper.ts";

afterEach(() => {
  Reflect.deleteProperty(Array.prototype, "last");
});

async function sides({ left, right }: Pair, tools: BundleTools): Promise<[NodeIdentity, NodeIdentity]> {
  const first = await identifyCase(left, tools);
  return right === undefined
    ? [first.get("x")!, first.get("y")!]
    : [first.get("x")!, (await identifyCase(right, tools)).get("x")!];
}

const causesOf = (it: NodeIdentity): string[] => it.compute.causes.map(({ code }) => code);

async function check(pair: Pair, tools: BundleTools): Promise<void> {
  if (pair.expected === "refused at load") {
    await expect(identifyCase(pair.left, tools)).rejects.toMatchObject({ code: pair.cause });
    return;
  }
  const [left, right] = await sides(pair, tools);
  const shown = JSON.stringify([left.compute.causes, right.compute.causes]);
  if (pair.expected === "same") expect(idOf(left), shown).toBe(idOf(right));
  else if (pair.expected !== "either") expect(idOf(left), shown).not.toBe(idOf(right));
  if (pair.expected === "same" || pair.expected === "different") {
    expect([isUnique(left), isUnique(right)], shown).toEqual([false, false]);
  }
  if (pair.expected === "one unique") expect(isUnique(left) || isUnique(right), shown).toBe(true);
  if (pair.expected === "unique" || pair.expected === "rejected") {
    for (const it of [left, right]) {
      expect(it.compute.unique).toBe(true);
      expect(it.compute.rejected).toBe(pair.expected === "rejected");
      expect(causesOf(it)).toContain(pair.cause);
    }
  }
}

describe.each(Object.entries(matrix))("%s", (_group, pairs) => {
  test.each(pairs.map((pair) => [pair.expected, pair.label, pair] as const))("%s: %s", async (_e, _l, pair) => {
    await check(pair, currentTools);
  });
});

test("the matrix holds its 116 pairs", () => {
  expect(Object.values(matrix).flat()).toHaveLength(116);
});
