import { expect, test } from "vitest";
import { formatTick, formatValue, formatX } from "./format.ts";

test("values have the digits of their kind, and no negative zero", () => {
  expect(formatValue(1_234_567.891, "money")).toBe("1,234,568");
  expect(formatValue(-999.5, "money")).toBe("-999.50");
  expect(formatValue(-0.12345, "percent")).toBe("-12.35 %");
  expect(formatValue(-0.000001, "percent")).toBe("0.00 %");
  expect(formatValue(1.005, "ratio")).toBe("1.00");
  expect(formatValue(1.23456, "price")).toBe("1.23456");
  expect(formatValue(2874.56, "price")).toBe("2,874.56");
});

test("ticks are short", () => {
  expect([0, 1500, 20_000, 1_250_000, -3e9].map((value) => formatTick(value, "money"))).toEqual([
    "0",
    "1,500",
    "20k",
    "1.25M",
    "-3B",
  ]);
  expect(formatTick(0.3, "percent")).toBe("30 %");
  expect(formatTick(-0.5, "ratio")).toBe("-0.5");
});

test("a place is the day of a session, or the number of a period", () => {
  expect(formatX(Date.UTC(2024, 0, 2), true)).toBe("2024-01-01");
  expect(formatX(7, false)).toBe("period 7");
});
