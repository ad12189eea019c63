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

/**
 * Fills that go on growing, a page at a time: what is written is never copied but for the result. A fill is a row of numbers, {@link SLOT} apart
 * from each other: written one after the other they meet one or two lines of the cache, where a column for each would meet a dozen.
 */
export interface FillLog {
  /** The page that is written, `length` numbers of it. */
  rows: Float64Array;
  length: number;
  readonly full: Float64Array[];
}

/** Where the numbers of a fill stand in its row. */
export const SLOT = {
  time: 0,
  symbol: 1,
  bar: 2,
  quantity: 3,
  held: 4,
  price: 5,
  fee: 6,
  slippage: 7,
  realized: 8,
  kind: 9,
  type: 10,
  moment: 11,
  order: 12,
} as const satisfies Record<keyof FillColumns, number>;

const FIELDS = Object.keys(SLOT) as readonly (keyof FillColumns)[];
const ROW = FIELDS.length;
/** Fills of the first page, and at most. */
const LEAST = 256;
const MOST = 4096;

export function createFillLog(): FillLog {
  return { rows: new Float64Array(LEAST * ROW), length: 0, full: [] };
}

/** Takes the next row, for the caller to fill: its place in `rows`, where all numbers are 0. */
export function nextFill(log: FillLog): number {
  const { rows, length } = log;
  if (length < rows.length) {
    log.length = length + ROW;
    return length;
  }
  // As many as there are so far: the second page is as long as the first.
  log.rows = new Float64Array(Math.min(log.full.length === 0 ? length : 2 * length, MOST * ROW));
  log.full.push(rows);
  log.length = ROW;
  return 0;
}

/**
 * The fills that are there now, however many follow: made into columns when they are first asked for, which most runs of a sweep never are. What is
 * written stays as it is.
 */
export function loggedFills({ rows, length, full }: FillLog): () => FillColumns {
  const pages = [...full, rows.subarray(0, length)];
  let columns: FillColumns | undefined;
  return () => {
    columns ??= columnsOf(pages);
    return columns;
  };
}

function columnsOf(pages: readonly Float64Array[]): FillColumns {
  const columns = emptyColumns(pages.reduce((sum, { length }) => sum + length, 0) / ROW);
  let fill = 0;
  for (const page of pages) {
    for (const name of FIELDS) takeColumn(page, SLOT[name], columns[name], fill);
    fill += page.length / ROW;
  }
  return columns;
}

function takeColumn(page: Float64Array, slot: number, column: FillColumns[keyof FillColumns], first: number): void {
  for (let at = slot, fill = first; at < page.length; at += ROW, fill++) column[fill] = page[at]!;
}

function emptyColumns(fills: number): FillColumns {
  return {
    time: new Float64Array(fills),
    symbol: new Int32Array(fills),
    bar: new Int32Array(fills),
    quantity: new Float64Array(fills),
    held: new Float64Array(fills),
    price: new Float64Array(fills),
    fee: new Float64Array(fills),
    slippage: new Float64Array(fills),
    realized: new Float64Array(fills),
    kind: new Uint8Array(fills),
    type: new Uint8Array(fills),
    moment: new Uint8Array(fills),
    order: new Int32Array(fills),
  };
}
