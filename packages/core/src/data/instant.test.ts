import { describe, expect, test } from "vitest";
import { compareInstants, parseInstant } from "./instant.ts";
import { isoText } from "./iso.ts";

describe("parseInstant", () => {
  test.each([
    ["2020-04-17", "2020-04-18T00:00:00Z"],
    ["2024-02-29", "2024-03-01T00:00:00Z"],
    ["2020-04-17T20:00:00Z", "2020-04-17T20:00:00Z"],
    ["2020-04-17T16:00:00-04:00", "2020-04-17T20:00:00Z"],
    ["2020-04-17 16:00+0530", "2020-04-17T10:30:00Z"],
    ["2020-04-17T20:00:00.25Z", "2020-04-17T20:00:00.250Z"],
    [1_587_153_600_000, "2020-04-17T20:00:00Z"],
    ["1587153600000", "2020-04-17T20:00:00Z"],
  ])("reads %s as %s", (text, expected) => {
    expect(isoText(parseInstant(text))).toBe(expected);
  });

  test.each([
    ["2020-04-17T20:00:00", "offset"],
    ["2023-02-29", "does not exist"],
    ["2023-13-01", "does not exist"],
    ["2020-04-17T24:00:00Z", "no time of day"],
    ["2020-04-17T10:00:00+19:00", "offset"],
    ["yesterday", "ISO 8601"],
    ["", "ISO 8601"],
    [1.5, "whole number"],
    [Number.NaN, "whole number"],
    [null, "neither"],
    [new Date(0), "neither"],
  ])("refuses %s (%s)", (value, why) => {
    expect(() => parseInstant(value)).toThrow(
      expect.objectContaining({ code: "data.invalid-instant", message: expect.stringContaining(why) }),
    );
  });
});

describe("compareInstants", () => {
  test("orders instants in any spelling", () => {
    expect(compareInstants("1", "10")).toBe(-1);
    expect(compareInstants("2025-01-01T00:00:00Z", "2025-01-01T00:00:00+00:00")).toBe(0);
    expect(compareInstants("2025-01-01", "2025-01-01T23:59:59Z")).toBe(1);
  });
});
