import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { aroundTheClock, sessionGrid } from "./grid.ts";
import { newYorkSessions } from "./sessions.ts";

const at = (text: string) => Date.parse(text);
const iso = (instants: Iterable<number>) =>
  Array.from(instants, (instant) => new Date(instant).toISOString().slice(0, 16));

describe("the grid around the clock", () => {
  test("cuts the day into equal bars", () => {
    expect(iso(aroundTheClock.ends("4h", at("2024-01-01T04:00:00Z"), at("2024-01-01T13:00:00Z")))).toEqual([
      "2024-01-01T08:00",
      "2024-01-01T12:00",
    ]);
    expect(aroundTheClock.ends("1h", 0, 0)).toHaveLength(0);
  });

  test("ends days at midnight, weeks on Monday, months on the first", () => {
    const ends = ["1d", "1w", "1mo"].map((interval) =>
      aroundTheClock.barEnd(interval as "1d", at("2024-02-29T01:00:00Z")),
    );
    expect(iso(ends)).toEqual(["2024-03-01T00:00", "2024-03-04T00:00", "2024-03-01T00:00"]);
    for (const interval of ["1h", "1d", "1w", "1mo"] as const) {
      const end = at(interval === "1w" ? "2024-03-04T00:00:00Z" : "2024-03-01T00:00:00Z");
      expect(aroundTheClock.barEnd(interval, end)).toBe(end);
    }
  });
});

describe("the grid of New York", async () => {
  const sessions = await newYorkSessions();
  const grid = sessionGrid(sessions);

  test("closes when the calendar XNYS of the core does, which is tested against the same digest", () => {
    const closes = sessions.map(({ close }) => close).join("\n");
    expect(createHash("sha256").update(closes).digest("hex")).toBe(
      "e9b8b7a7a6ac8476de51acdf8ac8435d7de21753f55350b4a4c69dfd8dced31d",
    );
  });

  test("opens at 09:30, in winter and in summer", () => {
    const opens = new Map(
      sessions.map(({ open, day }) => [new Date(day * 86_400_000).toISOString().slice(0, 10), open]),
    );
    expect(iso([opens.get("2019-01-02")!, opens.get("2019-07-01")!])).toEqual(["2019-01-02T14:30", "2019-07-01T13:30"]);
  });

  test("cuts sessions from the open, the last bar short", () => {
    expect(iso(grid.ends("2h", at("2019-11-28T00:00:00Z"), at("2019-12-02T17:00:00Z")))).toEqual([
      "2019-11-29T16:30",
      "2019-11-29T18:00",
      "2019-12-02T16:30",
    ]);
  });

  test("ends days, weeks and months with their last session", () => {
    const end = at("2019-11-27T15:30:00Z");
    expect(
      iso([grid.barEnd("1d", end), grid.barEnd("1w", end), grid.barEnd("1mo", end), grid.barEnd("1h", end)]),
    ).toEqual(["2019-11-27T21:00", "2019-11-29T18:00", "2019-11-29T18:00", "2019-11-27T15:30"]);
  });
});
