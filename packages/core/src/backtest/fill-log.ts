/**
 * Why an order was, as numbers that name it in columns. `target`: a target weight or position. `entry`, `exit`, `expired`, `stop`, `take-profit`: an
 * order-style decision. `ended`: the symbol has no more bars. `ruined`: the account was at or below zero.
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
} as const;

export type FillKind = keyof typeof KIND;
export type KindNumber = (typeof KIND)[FillKind];

/** By number. */
export const FILL_KINDS = Object.keys(KIND) as readonly FillKind[];

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
  };
}

/** Fills that go on growing, a page at a time: what is written is never copied but for the result. */
export interface FillLog {
  /** The page that is written, `length` places of it. */
  columns: FillColumns;
  length: number;
  readonly full: FillColumns[];
}

const PAGE = 1024;

export function createFillLog(): FillLog {
  return { columns: emptyColumns(64), length: 0, full: [] };
}

/** Takes the next place of `columns`, for the caller to fill. */
export function nextFill(log: FillLog): number {
  if (log.length === log.columns.time.length) {
    log.full.push(log.columns);
    log.columns = emptyColumns(PAGE);
    log.length = 0;
  }
  return log.length++;
}

/** A copy of the places that are taken. */
export function loggedFills({ columns, length, full }: FillLog): FillColumns {
  const all = emptyColumns(full.reduce((sum, { time }) => sum + time.length, length));
  let at = 0;
  for (const page of full) {
    for (const name of FIELDS) all[name].set(page[name], at);
    at += page.time.length;
  }
  for (const name of FIELDS) all[name].set(columns[name].subarray(0, length), at);
  return all;
}

function emptyColumns(capacity: number): FillColumns {
  const floats = () => new Float64Array(capacity);
  return {
    time: floats(),
    symbol: new Int32Array(capacity),
    bar: new Int32Array(capacity),
    quantity: floats(),
    held: floats(),
    price: floats(),
    fee: floats(),
    slippage: floats(),
    realized: floats(),
    kind: new Uint8Array(capacity),
  };
}

const FIELDS = Object.keys(emptyColumns(0)) as readonly (keyof FillColumns)[];
