import { expect, test } from "vitest";
import { fraction } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import type { Domain } from "../strategy/column.ts";
import { node, strategy, stream, targetWeights } from "../strategy/index.ts";
import { inspectStrategy } from "./inspect.ts";

const restricted = (...domains: readonly [Domain, ...Domain[]]) =>
  strategy({
    name: "restricted",
    graph() {
      const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
      const held = node({
        name: "held",
        inputs: { close: bars.close },
        output: { weight: fraction },
        domains,
        compute: () => ({ weight: 1 }),
      });
      return targetWeights(held.weight);
    },
  });

test("a node that is kept out of backtest can't be submitted, and is named", () => {
  expect(() => inspectStrategy(restricted("live"), { runId: "r" })).toThrow(
    expect.objectContaining({
      code: "runner.domain-excluded",
      class: "rejected",
      place: { strategy: "restricted", node: "held" },
    }),
  );
  expect(inspectStrategy(restricted("backtest", "live"), { runId: "r" }).inspected.name).toBe("restricted");
});
