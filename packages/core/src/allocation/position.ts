import { QmtlError } from "../schema/error.ts";

/** What a strategy of a world holds of a symbol. */
export interface HeldPosition {
  readonly world: string;
  readonly strategy: string;
  readonly symbol: string;
  /** Where it is held; null where there is one place alone. */
  readonly venue: string | null;
  /** Signed units. */
  readonly quantity: number;
  /** Price of a unit in the account's currency; what is not above 0 is no price. */
  readonly mark: number;
  /** The share that it was sized by over its strategy's, where they differ: at 2 it is twice as large for its strategy's share. Above 0. */
  readonly sizing?: number;
}

/** One symbol at one venue. */
export interface Instrument {
  readonly symbol: string;
  readonly venue: string | null;
}

/** @throws `allocation.invalid-position` for a quantity that is no finite number, or a sizing that is not above 0 */
export function requirePosition(position: HeldPosition): HeldPosition {
  const { world, strategy, symbol, quantity, sizing = 1 } = position;
  if (Number.isFinite(quantity) && Number.isFinite(sizing) && sizing > 0) return position;
  if (Number.isFinite(quantity))
    throw new QmtlError({
      code: "allocation.invalid-position",
      message: `${strategy} of world ${world} is said to have sized ${symbol} by ${sizing} times its share`,
      place: { world, strategy, symbol },
      next: "Give a number above 0, or leave it out.",
    });
  throw new QmtlError({
    code: "allocation.invalid-position",
    message: `${strategy} of world ${world} is said to hold ${quantity} of ${symbol}`,
    place: { world, strategy, symbol },
    next: "Give the quantity as a finite number.",
  });
}

export function isPrice(mark: number): boolean {
  return Number.isFinite(mark) && mark > 0;
}

/** A text by which equal instruments are equal. */
export function keyOf({ venue, symbol }: Instrument): string {
  return JSON.stringify([venue, symbol]);
}

/** Positions by instrument, in the order in which the instruments come first. */
export function byInstrument<P extends Instrument>(positions: readonly P[]): readonly (readonly P[])[] {
  const groups = new Map<string, P[]>();
  for (const position of positions) {
    const key = keyOf(position);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [position]);
    else group.push(position);
  }
  return [...groups.values()];
}

/** The mean of the marks that are prices; undefined where none is. */
export function markOf(positions: readonly Pick<HeldPosition, "mark">[]): number | undefined {
  const marks = positions.map(({ mark }) => mark).filter(isPrice);
  return marks.length === 0 ? undefined : marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
}

/** Signed value of what is held; what has no price counts nothing. */
export function netValue(positions: readonly HeldPosition[]): number {
  return positions.reduce((sum, { quantity, mark }) => sum + (isPrice(mark) ? quantity * mark : 0), 0);
}
