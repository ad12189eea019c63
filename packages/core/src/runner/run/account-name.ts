import { digest } from "../../schema/canonical.ts";
import { QmtlError } from "../../schema/error.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** The account of a strategy when nobody names one: live bars and replayed ones never share one. */
export function defaultAccount(strategy: string, feed: "live" | "replay"): string {
  const lower = strategy.toLowerCase();
  // Names that differ in case alone must not meet in one stream.
  const name = lower === strategy ? strategy : `${lower.slice(0, 80)}-${digest("account/1", strategy).slice(0, 8)}`;
  return feed === "live" ? name.slice(0, 100) : `${name.slice(0, 93)}.replay`;
}

/** @throws `run.invalid-session` */
export function requireAccount(name: string): string {
  if (NAME.test(name)) return name;
  throw new QmtlError({
    code: "run.invalid-session",
    message: `${JSON.stringify(name)} is no name of a session`,
    next: "Use lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit, at most 100.",
  });
}
