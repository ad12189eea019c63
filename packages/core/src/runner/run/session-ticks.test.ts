import { expect, test } from "vitest";
import { QmtlError } from "../../schema/error.ts";
import type { TickResult } from "../tick.ts";
import type { RunEvent } from "./event.ts";
import { createSessionTicks } from "./session-ticks.ts";

const judged = (period: string, revision: number): TickResult => ({
  schema: "qmtl.tick/1",
  world: "w",
  period,
  asOf: period,
  planned: false,
  committed: true,
  revision,
  apply: "applied",
  strategies: [],
});

/** Ticks that end when the test says so. */
function underTest() {
  const told: RunEvent[] = [];
  const open: { readonly end: (result: TickResult) => void; readonly fail: (error: unknown) => void }[] = [];
  const ticks = createSessionTicks({
    tick: () => new Promise((end, fail) => void open.push({ end, fail })),
    tell: (event) => told.push(event),
  });
  return { ticks, told, open };
}

test("sessions that are realised during a tick have one more together", async () => {
  const { ticks, told, open } = underTest();
  await ticks.done();
  ticks.realised();
  ticks.realised();
  ticks.realised();
  const done = ticks.done();
  expect(open).toHaveLength(1);
  open[0]!.end(judged("2024-01-02T00:00:00Z", 7));
  await expect.poll(() => open.length).toBe(2);
  open[1]!.end(judged("2024-01-04T00:00:00Z", 9));
  await done;
  expect(open).toHaveLength(2);
  expect(told).toEqual([
    { kind: "ticked", period: Date.UTC(2024, 0, 2), committed: true, revision: 7, apply: "applied" },
    { kind: "ticked", period: Date.UTC(2024, 0, 4), committed: true, revision: 9, apply: "applied" },
  ]);
});

test("a tick that fails is told, and the next session is ticked all the same", async () => {
  const { ticks, told, open } = underTest();
  ticks.realised();
  open[0]!.fail(new QmtlError({ code: "plugin.failed", message: "It broke", class: "failed" }));
  await ticks.done();
  ticks.realised();
  open[1]!.fail(new Error("odd"));
  await ticks.done();
  expect(told).toMatchObject([
    { kind: "problem", error: { code: "plugin.failed", message: "It broke" } },
    { kind: "problem", error: { code: "internal.unexpected", message: "Error: odd" } },
  ]);
  ticks.realised();
  open[2]!.end(judged("2024-01-02T00:00:00Z", 7));
  await ticks.done();
  expect(told.at(-1)).toMatchObject({ kind: "ticked", revision: 7 });
});
