import fc from "fast-check";
import { expect, test } from "vitest";
import { type Inbox, takeEvent, takeSnapshot } from "./inbox.ts";

test("a consumer without a floor handles nothing before a snapshot", () => {
  expect(takeEvent({}, { revision: 1 })).toEqual({ inbox: {}, word: { kind: "gap", missing: 1 } });
  expect(takeSnapshot({}, { revision: 0 })).toEqual({ inbox: { floor: 0 }, word: { kind: "deliver" } });
});

test("events that are lost, repeated, late and out of order are handled once and in order, with snapshots over the gaps", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.record({ revision: fc.integer({ min: 1, max: 30 }), resync: fc.boolean() }), { maxLength: 200 }),
      (head, arrivals) => {
        let inbox: Inbox = { floor: 0 };
        let handled = 0;
        for (const { revision, resync } of arrivals.filter((one) => one.revision <= head)) {
          const taken = takeEvent(inbox, { revision });
          ({ inbox } = taken);
          if (taken.word.kind === "deliver") {
            expect(revision).toBe(handled + 1);
            handled = revision;
          } else if (taken.word.kind === "duplicate") expect(revision).toBeLessThanOrEqual(handled);
          else {
            expect(taken.word.missing).toBe(revision - handled - 1);
            if (!resync) continue;
            const whole = takeSnapshot(inbox, { revision });
            ({ inbox } = whole);
            expect(whole.word.kind).toBe("deliver");
            handled = revision;
          }
          expect(inbox.floor).toBe(handled);
          // A snapshot that comes late takes nothing back.
          expect(takeSnapshot(inbox, { revision: handled })).toEqual({ inbox, word: { kind: "duplicate" } });
        }
      },
    ),
  );
});
