import { ORDER_TYPES, type OrderType } from "./order-type.ts";

/**
 * Why an order was, as numbers that name it in columns. `target`: a target weight or position. `entry`, `exit`, `expired`, `stop`, `take-profit`: an
 * order-style decision. `ended`: the symbol has no more bars. `ruined`: the account was at or below zero. `margin-call`: equity was below the
 * maintenance margin. `drain`: the position has to go, whatever the decision says. `rebalance`: it was brought to another share. `split`: units that a split made or took, for nothing; `fraction`: what was left of a lot, paid in cash.
 */
export const KIND = {
  target: 0,
  entry: 1,
  exit: 2,
  expired: 3,
  stop: 4,
  "take-profit": 5,
  ended: 6,
  ruined: 7,
  "trailing-stop": 8,
  "margin-call": 9,
  split: 10,
  fraction: 11,
  drain: 12,
  rebalance: 13,
} as const;

export type FillKind = keyof typeof KIND;
export type KindNumber = (typeof KIND)[FillKind];

/** By number. */
export const FILL_KINDS = Object.keys(KIND) as readonly FillKind[];

/** When in its bar an order filled, as numbers that name it in columns. `inside`: between open and close. `after`: at the last mark, forced. */
export const FILL_MOMENT = { open: 0, inside: 1, close: 2, after: 3 } as const;

export type FillMoment = keyof typeof FILL_MOMENT;
export type FillMomentNumber = (typeof FILL_MOMENT)[FillMoment];

/** By number. */
export const FILL_MOMENTS = Object.keys(FILL_MOMENT) as readonly FillMoment[];

/** Fills in the order in which they happened, one array per field, all of one length. */
export interface FillColumns {
  /** End of the bar, ms UTC. */
  readonly time: Float64Array;
  /** Place in the result's `symbols`. */
  readonly symbol: Int32Array;
  /** The bar it happened in, counted from the symbol's first. */
  readonly bar: Int32Array;
  /** Signed: positive bought, negative sold. */
  readonly quantity: Float64Array;
  /** Signed units of the symbol that are held afterwards. */
  readonly held: Float64Array;
  readonly price: Float64Array;
  /** Account currency. */
  readonly fee: Float64Array;
  /** What slippage cost, account currency. Contained in `price`. */
  readonly slippage: Float64Array;
  /** Profit of what reduced a position, against its average cost, before fees. */
  readonly realized: Float64Array;
  /** Place in {@link FILL_KINDS}, value of {@link KIND}. */
  readonly kind: Uint8Array;
  /** Place in `ORDER_TYPES`, value of `ORDER_TYPE`. */
  readonly type: Uint8Array;
  /** Place in {@link FILL_MOMENTS}, value of {@link FILL_MOMENT}. */
  readonly moment: Uint8Array;
  /** Parts of one order share its number; 0 for what was no order. */
  readonly order: Int32Array;
}

export interface Fill {
  readonly time: number;
  readonly symbol: string;
  readonly bar: number;
  readonly quantity: number;
  readonly held: number;
  readonly price: number;
  readonly fee: number;
  readonly slippage: number;
  readonly realized: number;
  readonly kind: FillKind;
  readonly type: OrderType;
  readonly moment: FillMoment;
  readonly order: number;
}

/** One fill as an object; fields as in {@link FillColumns}. */
export function fillAt(result: { readonly symbols: readonly string[]; readonly fills: FillColumns }, i: number): Fill {
  const { fills, symbols } = result;
  return {
    time: fills.time[i]!,
    symbol: symbols[fills.symbol[i]!]!,
    bar: fills.bar[i]!,
    quantity: fills.quantity[i]!,
    held: fills.held[i]!,
    price: fills.price[i]!,
    fee: fills.fee[i]!,
    slippage: fills.slippage[i]!,
    realized: fills.realized[i]!,
    kind: FILL_KINDS[fills.kind[i]!]!,
    type: ORDER_TYPES[fills.type[i]!]!,
    moment: FILL_MOMENTS[fills.moment[i]!]!,
    order: fills.order[i]!,
  };
}

/** Fills that go on growing, a page at a time: what is written is never copied but for the result. */
export interface FillLog {
  /** The page that is written, `length` places of it. */
  columns: FillColumns;
  length: number;
  readonly full: FillColumns[];
}

const LEAST = 512;
const MOST = 8192;

export function createFillLog(): FillLog {
  return { columns: emptyColumns(LEAST), length: 0, full: [] };
}

/** Takes the next place of `columns`, for the caller to fill. */
export function nextFill(log: FillLog): number {
  if (log.length === log.columns.time.length) {
    log.full.push(log.columns);
    log.columns = emptyColumns(Math.min(2 * log.length, MOST));
    log.length = 0;
  }
  return log.length++;
}

/**
 * The places that are taken now, however many follow: copied when they are first asked for, which most runs of a sweep never are. What is written stays as
 * it is.
 */
export function loggedFills({ columns, length, full }: FillLog): () => FillColumns {
  const pages = [...full];
  let copied: FillColumns | undefined;
  return () => {
    if (copied !== undefined) return copied;
    copied = emptyColumns(pages.reduce((sum, { time }) => sum + time.length, length));
    let at = 0;
    for (const page of pages) {
      for (const name of FIELDS) copied[name].set(page[name], at);
      at += page.time.length;
    }
    for (const name of FIELDS) copied[name].set(columns[name].subarray(0, length), at);
    return copied;
  };
}

/** All columns in one piece of memory: a dozen small ones cost more to ask for and to give back than to fill. */
function emptyColumns(capacity: number): FillColumns {
  const buffer = new ArrayBuffer(capacity * 71);
  let at = 0;
  const take = (bytes: number): number => {
    const from = at;
    at += bytes * capacity;
    return from;
  };
  const floats = () => new Float64Array(buffer, take(8), capacity);
  const integers = () => new Int32Array(buffer, take(4), capacity);
  const small = () => new Uint8Array(buffer, take(1), capacity);
  // The widest first, so that each begins at a multiple of its width.
  return {
    time: floats(),
    quantity: floats(),
    held: floats(),
    price: floats(),
    fee: floats(),
    slippage: floats(),
    realized: floats(),
    symbol: integers(),
    bar: integers(),
    order: integers(),
    kind: small(),
    type: small(),
    moment: small(),
  };
}

const FIELDS = Object.keys(emptyColumns(0)) as readonly (keyof FillColumns)[];
