import type { GuardFinding } from "./finding.ts";

/** How a graph's nodes are called, and where the author wrote them. */
export interface GuardNaming {
  label(node: number): string;
  /** The author's line, where the loader recorded it. */
  place(node: number): Pick<GuardFinding, "place">;
  /** What keeps the node's code from being proven, and what to do about it; undefined when nothing does. */
  unproven(node: number): string | undefined;
}
