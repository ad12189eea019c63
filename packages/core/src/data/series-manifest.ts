import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { digest } from "../schema/canonical.ts";
import type { Columns } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import { columnsJson } from "../schema/schema.ts";
import type { Calendar } from "./calendar/calendar.ts";
import type { Block, SeriesIdentity } from "./fingerprint.ts";
import type { SeriesReport } from "./report.ts";

export const MANIFEST_FORMAT = "qmtl.series/1";

/** How one imported series lies in the store. Stored as canonical JSON under its own digest. */
export interface SeriesManifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly identity: SeriesIdentity;
  readonly schema: { readonly id: string; readonly columns: Readonly<Record<string, string>> };
  /** The provider's, at import. */
  readonly revision: string;
  readonly rows: number;
  /** Digests of the objects with the raw little-endian bytes. */
  readonly stamps: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly blocks: readonly Block[];
  /** Splits and dividends, ascending; absent where the provider knows none. */
  readonly actions?: readonly CorporateAction[];
  readonly report: SeriesReport;
}

export interface SeriesAddress {
  readonly use: string;
  /** Without the provider's word. */
  readonly preset: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly calendar: Calendar;
  readonly schema: { readonly id: string; readonly columns: Columns };
  /** Only for providers that keep revisions. */
  readonly asOf: number | undefined;
}

export function identityOf({ use, preset, symbol, interval, calendar }: SeriesAddress): SeriesIdentity {
  return {
    source: `${use}.${preset}`,
    symbol,
    interval,
    calendar: `${calendar.id}@${calendar.version}`,
    adjustment: "none",
  };
}

/** The reference under which the newest manifest of a series stands. Symbols may hold any character, so they go in hashed. */
export function manifestRef(address: SeriesAddress): string {
  const { id, columns } = address.schema;
  const key = digest("qmtl.series-ref/1", {
    identity: { ...identityOf(address) },
    schema: { id, columns: columnsJson(columns) },
    asOf: address.asOf ?? null,
  });
  return `series/${address.use}/${key}`;
}
