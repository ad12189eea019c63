import { parseInstant } from "../data/instant.ts";
import type { WorldConfig } from "../world/config.ts";

/** Instants of knowledge, ms UTC. */
export interface WantedInstant {
  /** That of the world; undefined in a world that follows. */
  readonly pinned: number | undefined;
  /** That of the request, `--as-of`: it cuts deeper than the world does, never further. */
  readonly asOf: number | undefined;
}

export function wantedInstant(
  { asOf }: { readonly asOf?: number | string },
  { knowledge }: Pick<WorldConfig, "knowledge">,
): WantedInstant {
  return {
    pinned: knowledge.kind === "pinned" ? knowledge.asOf : undefined,
    asOf: asOf === undefined ? undefined : parseInstant(asOf),
  };
}

/** What the data are read as known at; undefined: as they are now. */
export function readAt({ pinned, asOf }: WantedInstant): number | undefined {
  return asOf ?? pinned;
}
