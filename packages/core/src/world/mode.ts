/** What the world lets a strategy version do, in rising order of what it may touch; see {@link MODES}. */
export type Mode = "validate" | "compute-only" | "shadow" | "paper" | "live";

/** What a run may do. */
export type ExecutionDomain = "backtest" | "dryrun" | "live" | "shadow";

/**
 * Every mode, each adding a power to the one before: `validate` checks, `compute-only` replays history, `shadow` follows live
 * bars without orders, `paper` adds simulated orders, `live` real ones. A cap takes the smaller of two.
 */
export const MODES: readonly Mode[] = ["validate", "compute-only", "shadow", "paper", "live"];

export function isMode(word: unknown): word is Mode {
  return typeof word === "string" && (MODES as readonly string[]).includes(word);
}

/** Negative when `a` may do less. */
export function compareModes(a: Mode, b: Mode): number {
  return MODES.indexOf(a) - MODES.indexOf(b);
}

export function capMode(mode: Mode, most: Mode): Mode {
  return compareModes(mode, most) > 0 ? most : mode;
}

/** The one function from mode to domain. A word that is no mode means `backtest`. */
export function domainOf(word: unknown): ExecutionDomain {
  if (!isMode(word)) return "backtest";
  switch (word) {
    case "validate":
    case "compute-only":
      return "backtest";
    case "shadow":
      return "shadow";
    case "paper":
      return "dryrun";
    case "live":
      return "live";
  }
}

/** Whether a run in this domain has orders to hold back: an apply waits for it. */
export function isParticipating(domain: ExecutionDomain): boolean {
  return domain === "dryrun" || domain === "live";
}
