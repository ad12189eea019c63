import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTimeReader } from "./time-format.ts";
import { createZone } from "./zone.ts";

const utc = createZone("UTC");
const newYork = createZone("America/New_York");
const iso = (instant: number | string) => (typeof instant === "number" ? new Date(instant).toISOString() : instant);
const reader = (format: string, zone = utc, session = false) => createTimeReader({ format, zone, session });

describe("time formats", () => {
  test.each([
    ["iso", "2024-07-01", "2024-07-01T00:00:00.000Z"],
    ["iso", "2024-07-01T09:30", "2024-07-01T09:30:00.000Z"],
    ["iso", "2024-07-01 09:30:01.25", "2024-07-01T09:30:01.250Z"],
    ["iso", "2024-07-01T09:30:00.000000Z", "2024-07-01T09:30:00.000Z"],
    ["iso", "2024-07-01T09:30:00-04:00", "2024-07-01T13:30:00.000Z"],
    ["iso", "2024-07-01 09:30:00+0530", "2024-07-01T04:00:00.000Z"],
    ["iso", "2024-07-01T09:30:00+02", "2024-07-01T07:30:00.000Z"],
    ["epoch-s", "1719826200", "2024-07-01T09:30:00.000Z"],
    ["epoch-s", "1719826200.5", "2024-07-01T09:30:00.500Z"],
    ["epoch-ms", "1719826200000", "2024-07-01T09:30:00.000Z"],
    ["YYYYMMDD", "20240701", "2024-07-01T00:00:00.000Z"],
    ["M/D/YYYY H:mm", "7/1/2024 9:30", "2024-07-01T09:30:00.000Z"],
    ["DD.MM.YYYY HH:mm:ss.SSS", "01.07.2024 09:30:00.007", "2024-07-01T09:30:00.007Z"],
    ["YYYY-MM-DDTHH:mm", " 2024-07-01T09:30 ", "2024-07-01T09:30:00.000Z"],
  ])("%s reads %s", (format, text, expected) => {
    expect(iso(reader(format).read(text))).toBe(expected);
  });

  test.each([
    ["iso", "07/01/2024", "is not a time of the form iso"],
    ["iso", "2024-07-01T09:30:00.0001Z", "is not a time of the form iso"],
    ["iso", "2024-02-30", "is a time that does not exist"],
    ["iso", "2024-07-01T24:00", "is a time that does not exist"],
    ["iso", "0099-02-01", "is a time that does not exist"],
    ["iso", "", "is not a time of the form iso"],
    ["epoch-s", "2024-07-01", "is not a number of seconds"],
    ["epoch-ms", "1719826200.5", "is not a whole number of milliseconds"],
    ["epoch-s", "1719826200000", undefined],
    ["epoch-s", "1719826200000000", "lies beyond all time as epoch-s"],
    ["M/D/YYYY HH:mm", "7/1/2024 9:30", "is not a time of the form M/D/YYYY HH:mm"],
    ["YYYY-MM-DD", "2024-07-01x", "is not a time of the form YYYY-MM-DD"],
    ["YYYY.MM.DD", "2024-07-01", "is not a time of the form YYYY.MM.DD"],
  ])("%s does not read %s", (format, text, why) => {
    const read = reader(format).read(text);
    if (why === undefined) expect(typeof read).toBe("number");
    else expect(read).toBe(why);
  });

  test.each(["", "HH:mm", "YYYY-MM", "YYYY-MM-DD YYYY", "yyyy-MM-DD", "YYYY-MMM-DD", "epoch-us"])(
    "refuse %j",
    (format) => {
      expect(() => reader(format)).toThrow(expect.objectContaining({ code: "files.invalid-time-format" }));
    },
  );

  test("give a date without a time of day noon where it names a session", () => {
    expect(iso(reader("iso", utc, true).read("2024-07-01"))).toBe("2024-07-01T12:00:00.000Z");
    expect(iso(reader("M/D/YYYY", newYork, true).read("7/1/2024"))).toBe("2024-07-01T16:00:00.000Z");
    expect(iso(reader("iso", utc, true).read("2024-07-01T09:00"))).toBe("2024-07-01T09:00:00.000Z");
  });
});

describe("zones", () => {
  test("read wall times by the offset of their season", () => {
    expect(iso(reader("iso", newYork).read("2019-11-01T09:30"))).toBe("2019-11-01T13:30:00.000Z");
    expect(iso(reader("iso", newYork).read("2019-11-05T09:30"))).toBe("2019-11-05T14:30:00.000Z");
  });

  test("refuse wall times that clocks skip", () => {
    const read = reader("iso", newYork).read("2024-03-10T02:30");
    expect(read).toBe("does not exist in America/New_York, where clocks were set forward");
  });

  test("take repeated wall times in the order of the rows", () => {
    const times = reader("iso", newYork);
    const walls = [
      "2024-11-03T00:30",
      "2024-11-03T01:00",
      "2024-11-03T01:30",
      "2024-11-03T01:00",
      "2024-11-03T01:30",
      "2024-11-03T02:00",
    ];
    expect(walls.map((wall) => iso(times.read(wall)))).toEqual([
      "2024-11-03T04:30:00.000Z",
      "2024-11-03T05:00:00.000Z",
      "2024-11-03T05:30:00.000Z",
      "2024-11-03T06:00:00.000Z",
      "2024-11-03T06:30:00.000Z",
      "2024-11-03T07:00:00.000Z",
    ]);
  });

  test("turn every instant into the wall time that the platform shows, and back", () => {
    const names = [
      "America/New_York",
      "Europe/Berlin",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "America/St_Johns",
      "Pacific/Apia",
    ];
    const zones = names.map((name) => [createZone(name), shows(name)] as const);
    const instant = fc.integer({ min: Date.UTC(1990, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
    fc.assert(
      fc.property(fc.nat(names.length - 1), instant, (which, minute) => {
        const [zone, wallOf] = zones[which]!;
        expect(zone.instants(wallOf(minute * 60_000))).toContain(minute * 60_000);
      }),
      { numRuns: 300 },
    );
    // Around a change of clocks, where it is hard.
    for (const change of ["2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z"])
      for (let m = -180; m <= 180; m += 15) {
        const at = Date.parse(change) + m * 60_000;
        expect(newYork.instants(shows("America/New_York")(at))).toContain(at);
      }
  });
});

/** The wall time of an instant as if it were UTC, by another way than the code under test: text. */
function shows(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" });
  return (instant) => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
}
