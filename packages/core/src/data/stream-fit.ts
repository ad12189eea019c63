import { type Columns, describeCell, sameCell } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import { type DataPreset, selectSymbols } from "./preset.ts";

/** What a stream asks of a preset. */
export interface StreamNeeds {
  readonly schema: { readonly id: string; readonly columns: Columns };
  readonly tags: readonly string[];
  readonly match: "any" | "all";
  readonly interval: Interval;
}

/** Of a provider's offer: what its rows hold. */
export interface OfferedSchema {
  readonly schema: { readonly id: string; readonly columns: Columns };
}

/** Why a preset does not fit a stream, as what follows its name; undefined where it does. */
export function misfitOf(
  stream: StreamNeeds,
  { preset, offer }: { readonly preset: Pick<DataPreset, "interval" | "universe">; readonly offer: OfferedSchema },
): string | undefined {
  if (preset.interval !== stream.interval) return `has ${preset.interval}`;
  if (offer.schema.id !== stream.schema.id) return `has ${offer.schema.id}`;
  for (const [name, cell] of Object.entries(stream.schema.columns)) {
    const offered = offer.schema.columns[name];
    if (offered === undefined) return `lacks column ${name}`;
    if (!sameCell(offered, cell)) return `has ${name} as ${describeCell(offered)}`;
  }
  if (selectSymbols(preset.universe.symbols, stream.tags, stream.match).length === 0)
    return `has tags [${[...new Set(preset.universe.symbols.flatMap(({ tags }) => tags))].join(", ")}]`;
  return undefined;
}
