import type { Place } from "../facts/index.ts";
import type { Finding, Fix } from "../rules/index.ts";
import type { ENGINE_RULES } from "./engine-rules.ts";

/** A finding of the engine's own. */
export function engineFinding(
  { code, slug, severity, provenByTypes }: (typeof ENGINE_RULES)[number],
  place: Place,
  message: string,
  more: {
    readonly next?: string;
    readonly fixes?: readonly Fix[];
    readonly data?: Readonly<Record<string, string>>;
  } = {},
): Finding {
  const { next, fixes = [], data = {} } = more;
  return {
    code,
    slug,
    severity,
    message,
    ...(next !== undefined && { next }),
    place,
    related: [],
    fixes,
    tier: 0,
    provenByTypes: provenByTypes === true,
    unnecessary: false,
    data,
  };
}
