import { allocatorSuite } from "@qmtl/core/plugin-testing";
import { describe, test } from "vitest";
import * as allocators from "./index.ts";

// As few sessions as they take, so that the cases reach the methods and not only what stands in for them.
const few = { minPeriods: 8 };
const changes = {
  max: 0.6,
  min: 0.01,
  groups: { odd: { members: ["strategy-1", "strategy-3"], max: 0.4 }, low: { members: ["strategy-0"], min: 0.1 } },
  turnover: 0.5,
};
// Limits meet a closed form, a quadratic program, a ratio and a linear program.
const { riskParity, minimumVariance, maximumDiversification, minimumCvar } = allocators;
const limited: readonly unknown[] = [riskParity, minimumVariance, maximumDiversification, minimumCvar];
for (const plugin of Object.values(allocators))
  for (const config of [few, ...(limited.includes(plugin) ? [{ ...few, limits: changes }] : [])])
    allocatorSuite({ describe, test }, { plugin: plugin as never, config, root: "." });
