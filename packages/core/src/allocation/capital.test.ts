import { expect, test } from "vitest";
import { unitsOfWeight } from "../backtest/size.ts";
import { sampleWorld } from "../world/sample.test.kit.ts";
import { worldCapital } from "./capital.ts";

const world = sampleWorld();
const equity = { total: 500_000, currency: "USD", worlds: { sample: 0.4, other: 0.6 } };

test("a world has its fraction of the project's equity, nothing where it is not named, its own without one", () => {
  expect(worldCapital(world, equity)).toEqual({ total: 500_000, currency: "USD", share: 0.4, equity: 200_000 });
  expect(worldCapital(world, { ...equity, worlds: { other: 1 } })).toMatchObject({ share: 0, equity: 0 });
  expect(worldCapital(world, undefined)).toEqual({ total: 1_000_000, currency: "USD", share: 1, equity: 1_000_000 });
});

test.each([
  ["more than the whole", { ...equity, worlds: { sample: 0.6, other: 0.5 } }, "allocation.invalid-share"],
  ["a fraction above 1", { ...equity, worlds: { sample: 1.1 } }, "allocation.invalid-share"],
  ["a negative fraction", { ...equity, worlds: { sample: -0.1 } }, "allocation.invalid-share"],
  ["a fraction that is no number", { ...equity, worlds: { sample: Number.NaN } }, "allocation.invalid-share"],
  ["negative equity", { ...equity, total: -1 }, "allocation.invalid-equity"],
  ["another currency", { ...equity, currency: "EUR" }, "allocation.currency"],
])("%s is refused", (_what, given, code) => {
  expect(() => worldCapital(world, given)).toThrow(expect.objectContaining({ code }));
});

test("a quantity is target weight times share times scale times the world's equity, toward zero to the lot", () => {
  const { equity: own } = worldCapital(world, equity);
  const [weight, share, scale] = [-0.5, 0.25, 0.8];
  expect(unitsOfWeight(weight, share * scale, own, 30, 1)).toBe(-666);
  expect(unitsOfWeight(0.3, 1, 1, 1, 0.1)).toBe(0.3);
});
