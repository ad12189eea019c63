import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { requireCalendar } from "./calendars.ts";
const p = createRequire(import.meta.url).resolve("vega-datasets").replace("build/index.js", "data/sp500-2000.csv");
test("dates", () => {
  const c = requireCalendar("XNYS");
  const dates = readFileSync(p, "utf8").trim().split("\n").slice(1).map((l) => l.slice(0, 10));
  const slots = [...c.slots("1d", Date.UTC(2000, 0, 1), Date.UTC(2020, 3, 18))].map((e) => new Date(e).toISOString().slice(0, 10));
  expect(slots).toEqual(dates);
  const d2 = readFileSync("/work/shared/data/equity_us_aapl_1d_raw.csv", "utf8").trim().split("\n").slice(1).map((l) => l.slice(0, 10));
  expect([...c.slots("1d", Date.UTC(1998, 0, 1), Date.UTC(2021, 3, 1))].map((e) => new Date(e).toISOString().slice(0, 10))).toEqual(d2);
});
