import type { PresetDescription } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";

/** What a hole in the data does: end the run, become `NaN`, or leave the bar out. */
export type GapPolicy = "refuse" | "mark" | "absent";

export interface UniverseSymbol {
  readonly id: string;
  readonly tags: readonly string[];
  /** Of the prices. */
  readonly currency: string;
  /** Smallest traded quantity. */
  readonly lot?: number;
  /** Smallest step of the price. */
  readonly tick?: number;
  /** False: nobody lends it. */
  readonly shortable?: boolean;
  /** Annual, as a fraction: instead of the brokerage's. */
  readonly borrow_rate?: number;
}

/** One entry of a world's `data.presets`, validated. */
export interface DataPreset {
  /** The world's word for it, unique in the world. */
  readonly id: string;
  /** The provider's `use` and one of its presets: `samples.sp500`. */
  readonly preset: string;
  readonly interval: Interval;
  readonly calendar: string;
  readonly universe: { readonly symbols: readonly UniverseSymbol[] };
  readonly window?: {
    /** Bars that are read before the first decision. */
    readonly warmup_bars?: number;
    /** Bars that each symbol must have. */
    readonly min_history?: number;
  };
  readonly gaps?: GapPolicy;
  /** Bars after which the mark of a held symbol without new ones is named stale. */
  readonly max_stale?: number;
}

/** The rates of one currency: one entry of a world's `data.fx`, validated. */
export interface FxPreset {
  readonly currency: string;
  /** Of the series: its cells are what a unit of the currency is worth in the account's. */
  readonly column: string;
  /** One symbol, in the account's currency. Its id is `fx.` and the currency. */
  readonly series: DataPreset;
}

/**
 * The symbols whose tags fit, in the universe's order: one of the tags is enough for `any`, `all` needs every one.
 *
 * @example
 * selectSymbols(preset.universe.symbols, ["us-sector", "etf"], "all");
 */
export function selectSymbols<S extends { readonly tags: readonly string[] }>(
  symbols: readonly S[],
  tags: readonly string[],
  match: "any" | "all",
): S[] {
  return symbols.filter((symbol) =>
    match === "all" ? tags.every((tag) => symbol.tags.includes(tag)) : tags.some((tag) => symbol.tags.includes(tag)),
  );
}

export interface ResolvePresetInput {
  readonly preset: DataPreset;
  /** The provider's word. */
  readonly use: string;
  readonly offers: readonly PresetDescription[];
}

/**
 * The provider's offer that a world's preset names, after checking that it has the interval and every symbol.
 *
 * @throws `data.unknown-preset`, `data.missing-interval`, `data.unknown-symbol`, `data.invalid-universe`; each lists what exists
 */
export function resolvePreset({ preset, use, offers }: ResolvePresetInput): PresetDescription {
  const place = { preset: preset.id };
  const offer = offers.find(({ name }) => `${use}.${name}` === preset.preset);
  if (offer === undefined)
    throw new QmtlError({
      code: "data.unknown-preset",
      message: `There is no preset ${JSON.stringify(preset.preset)}`,
      place,
      next: `${use} offers ${listOf(offers.map(({ name }) => `${use}.${name}`))}.`,
    });
  if (!offer.intervals.includes(preset.interval))
    throw new QmtlError({
      code: "data.missing-interval",
      message: `${preset.preset} has no bars of ${preset.interval}`,
      place,
      next: `It has ${listOf(offer.intervals)}.`,
    });
  const symbols = preset.universe.symbols.map(({ id }) => id);
  if (symbols.length === 0 || new Set(symbols).size < symbols.length)
    throw new QmtlError({
      code: "data.invalid-universe",
      message: symbols.length === 0 ? "The universe has no symbols" : "The universe names a symbol twice",
      place,
      next: "Name each symbol once under universe.symbols.",
    });
  const known = offer.symbols;
  const unknown = known === "any" ? [] : symbols.filter((symbol) => !known.includes(symbol));
  const [first] = unknown;
  if (first !== undefined)
    throw new QmtlError({
      code: "data.unknown-symbol",
      message: `${preset.preset} has no symbol ${listOf(unknown.map((symbol) => JSON.stringify(symbol)))}`,
      place: { ...place, symbol: first },
      next: `It has ${listOf(known === "any" ? [] : known)} (${offer.description}).`,
    });
  return offer;
}

const LISTED = 20;

/** At most twenty, then how many more. */
function listOf(words: readonly string[]): string {
  if (words.length === 0) return "nothing";
  const rest = words.length - LISTED;
  return words.slice(0, LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
