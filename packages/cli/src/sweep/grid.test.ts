import { isQmtlError } from "@qmtl/core/schema";
import { describe, expect, test } from "vitest";
import { parseGrid } from "./grid.ts";

const valuesOf = (option: string) => parseGrid([option])[0]!.values;

describe("a grid", () => {
  test("is a range with both ends, a range by 1, or a list", () => {
    expect(valuesOf("fast=5..50:5")).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(valuesOf("fast=5..14:5")).toEqual([5, 10]);
    expect(valuesOf("fast=-2..1")).toEqual([-2, -1, 0, 1]);
    expect(valuesOf("side=both, long-only")).toEqual(["both", "long-only"]);
    expect(valuesOf("size=1,0.25")).toEqual([1, 0.25]);
    expect(valuesOf("one=7..7")).toEqual([7]);
  });

  test("has the numbers that a person would write", () => {
    expect(valuesOf("w=0.1..0.7:0.1")).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
    expect(valuesOf("w=0..0.15:0.05")).toEqual([0, 0.05, 0.1, 0.15]);
  });

  test.each([
    ["fast", /not name=values/],
    ["=5..9", /not name=values/],
    ["fast=", /not name=values/],
    ["fast=9..5", /down to/],
    ["fast=1..9:0", /step/],
    ["fast=1..9:-1", /no range/],
    ["fast=1,,2", /no range/],
    ["fast=1..x", /no range/],
    ["fast=1,2,1.0", /twice/],
    ["fast=0..1000000:0.1", /10000001 values/],
  ])("%s is refused", (option, message) => {
    try {
      parseGrid([option]);
    } catch (error) {
      if (!isQmtlError(error)) throw error;
      expect(error).toMatchObject({ code: "cli.invalid-grid", message: expect.stringMatching(message), next: /./ });
      return;
    }
    expect.unreachable();
  });

  test("names each param once", () => {
    expect(() => parseGrid(["fast=1", "fast=2"])).toThrow("fast stands in two grids");
  });
});
