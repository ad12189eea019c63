import type { StrategyGraph } from "../strategy/graph.ts";
import type { GuardNaming } from "./naming.ts";

/** Names for graphs that no loader has seen. */
export function namingOfGraph({ nodes }: StrategyGraph): GuardNaming {
  return {
    label: (index) => {
      const node = nodes[index]!;
      if ("name" in node) return node.name;
      return node.kind === "kernel" ? node.kernel.name : node.kind;
    },
    place: () => ({}),
    unproven: () => undefined,
  };
}
