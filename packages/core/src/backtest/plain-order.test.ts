import fc from "fast-check";
import { expect, test } from "vitest";
import { MINUTE, ORIGIN } from "./naive-account.test.helper.ts";
import type { OrderEvent } from "./order-log.ts";
import { anyCase, run } from "./reference-account.test.helper.ts";

test("an account that nobody listens to trades to the same bits as one that tells of each order", () => {
  const seen = { orders: 0, opened: 0, reduced: 0, flips: 0, shorts: 0, cuts: 0 };
  const alone = anyCase.map((given) => ({
    ...given,
    stories: given.stories.slice(0, 1),
    brokerage: { ...given.brokerage, act: { kind: "change" } as const },
  }));
  const cuts = Array.from({ length: 34 }, (_, i) => ORIGIN + i * MINUTE);
  fc.assert(
    fc.property(alone, fc.boolean(), (given, stepwise) => {
      const at = stepwise ? cuts : [];
      const orders: OrderEvent[] = [];
      const got = run(given, at);
      // Told of, orders take the way that all others take.
      expect(got).toEqual(run(given, at, "bars", orders));
      seen.orders += orders.length;
      const { held, quantity } = got.fills;
      for (const [i, after] of held.entries()) {
        const before = after - quantity[i]!;
        if (before * after < 0) seen.flips++;
        else if (Math.abs(after) > Math.abs(before)) seen.opened++;
        else seen.reduced++;
        if (after < 0) seen.shorts++;
      }
      seen.cuts += got.counters.cuts.length;
    }),
    { numRuns: 1000, seed: 31 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
