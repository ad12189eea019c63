import { DOMAINS } from "@qmtl/core/static";

/** What people say for a domain, and the domain that they mean. */
const ALIASES: Readonly<Record<string, string>> = {
  paper: "dryrun",
  sim: "dryrun",
  simulation: "dryrun",
  simulated: "dryrun",
  "dry-run": "dryrun",
  dry_run: "dryrun",
  sandbox: "dryrun",
  offline: "backtest",
  replay: "backtest",
  test: "backtest",
  backtesting: "backtest",
  "back-test": "backtest",
  prod: "live",
  production: "live",
  real: "live",
};

/** The domain behind an alias; undefined for other words. */
export function domainOfAlias(word: string): string | undefined {
  const lower = word.toLowerCase();
  if ((DOMAINS as readonly string[]).includes(lower)) return lower === word ? undefined : lower;
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined;
}

/** A domain, a mode or what people say for one. */
export function isDomainWord(word: string): boolean {
  return (DOMAINS as readonly string[]).includes(word) || domainOfAlias(word) !== undefined;
}

/** A name by which people call a domain or a mode: `domain`, `mode`, `executionDomain`, `runMode`. */
export function isDomainName(name: string): boolean {
  return /(^|_)(domain|mode)$|(Domain|Mode)$|^(execution|effective|trading|run)_?(domain|mode)$/i.test(name);
}
