import { type Allocator, definePlugin, emptyConfig, type Plugin } from "@qmtl/core/plugin";

const equal: Allocator = {
  allocate: ({ candidates, budget }) => {
    const active = candidates.filter((candidate) => candidate.active).length;
    const share = active === 0 ? 0 : Math.min(1, budget / active);
    return candidates.map((candidate) => ({ strategy: candidate.strategy, share: candidate.active ? share : 0 }));
  },
};

/**
 * The same share for every active strategy: the budget over their number, and never more than the whole.
 *
 * @example
 * // qmtl.config.ts
 * export default defineConfig({ plugins: [use(allocatorEqual)] });
 * // worlds/trend.yaml: allocator: { use: equal }
 */
const allocatorEqual: Plugin<"allocator", Record<never, never>> = definePlugin({
  kind: "allocator",
  name: "@qmtl/allocator-equal",
  version: "0.1.0",
  api: 1,
  use: "equal",
  description: "Equal shares over the active strategies",
  config: emptyConfig,
  setup: () => equal,
});

export default allocatorEqual;
