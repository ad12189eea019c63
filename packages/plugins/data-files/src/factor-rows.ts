import type { CorporateAction } from "@qmtl/core/plugin";
import { unreadableTime } from "./batch-builder.ts";
import type { CsvRecord } from "./csv.ts";
import { invalidActions } from "./invalid-actions.ts";
import type { TimeReader } from "./time-format.ts";

/** One line of a factor file: what raw prices up to its day are multiplied by to be comparable with the newest. */
interface FactorRow {
  readonly line: number;
  /** The last day before the change, `YYYY-MM-DD`. */
  readonly day: string;
  readonly price: Factor;
  readonly split: Factor;
  /** The raw close of that day. */
  readonly reference: number;
}

interface Factor {
  readonly value: number;
  /** How far it may have been rounded, as a share of it. */
  readonly slack: number;
}

const DAY_MS = 86_400_000;

/** Whether a record is a line of a factor file: `20200828,0.9967882,0.25,499.23`, and not a header. */
export function isFactorRecord({ fields }: CsvRecord): boolean {
  return fields.length >= 3 && fields.length <= 4 && /^\d{8}$/.test((fields[0] ?? "").trim());
}

/** Reads lines of `day, price factor, split factor, reference price`, by day, and tells what lies between two of them. */
export function createFactorReader(file: string, date: TimeReader) {
  let before: FactorRow | undefined;
  return {
    /** The actions that fall between the line before and this one. */
    read(record: CsvRecord): readonly CorporateAction[] {
      const row = rowOf(record, file);
      const earlier = before;
      before = row;
      if (earlier === undefined) return [];
      if (row.day <= earlier.day)
        throw invalidActions(
          "A day of the factor file is not after the one before",
          file,
          row.line,
          "Order it by day.",
        );
      return actionsBetween(earlier, row, file, date);
    },
  };
}

/**
 * What happens on the day after `row.day`. The factors are those of LEAN's files: `price(row) = price(next) × (1 − dividend / reference)` and
 * `split(row) = split(next) / ratio`. A ratio is the simplest one that rounds to the factors as they are written.
 */
function actionsBetween(row: FactorRow, next: FactorRow, file: string, date: TimeReader): readonly CorporateAction[] {
  const price = row.price.value / next.price.value;
  const isPaid = Math.abs(1 - price) > row.price.slack + next.price.slack;
  const split = next.split.value / row.split.value;
  const slack = row.split.slack + next.split.slack;
  const isSplit = Math.abs(1 - split) > slack;
  if (!isPaid && !isSplit) return [];
  const exDay = new Date(Date.parse(row.day) + DAY_MS).toISOString().slice(0, 10);
  const time = date.read(exDay);
  if (typeof time === "string") throw unreadableTime(exDay, time, file, row.line);
  const actions: CorporateAction[] = [];
  if (isPaid) {
    const amount = row.reference * (1 - price);
    if (!(amount > 0))
      throw invalidActions(
        row.reference > 0 ? "The price factor falls, as if holders had paid" : "There is no reference price",
        file,
        row.line,
        "A price factor that changes belongs to a dividend: write it before a greater one, with the close of its day.",
      );
    actions.push({ time, kind: "dividend", amount });
  }
  if (isSplit) actions.push({ time, kind: "split", ratio: simplestWithin(split * (1 - slack), split * (1 + slack)) });
  return actions;
}

function rowOf({ fields, line }: CsvRecord, file: string): FactorRow {
  const [day = "", price = "", split = "", reference = "0"] = fields.map((field) => field.trim());
  const refusal = (message: string) => (next: string) => invalidActions(message, file, line, next);
  if (!/^\d{8}$/.test(day) || fields.length < 3 || fields.length > 4)
    throw invalidActions(
      "This is no line of a factor file",
      file,
      line,
      "Write the day as YYYYMMDD, the price factor, the split factor and the reference price.",
    );
  return {
    line,
    day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    price: factorOf(price, priceSlack, refusal(`The price factor is ${JSON.stringify(price)}`)),
    split: factorOf(split, splitSlack, refusal(`The split factor is ${JSON.stringify(split)}`)),
    reference: Number(reference),
  };
}

/** @param slackOf how far a factor may have been rounded */
function factorOf(text: string, slackOf: (value: number) => number, refuse: (next: string) => Error): Factor {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw refuse("Write a number above 0.");
  return { value, slack: slackOf(value) / value };
}

/** Price factors are written with seven decimals. */
const priceSlack = (): number => 0.5e-7;
/** Split factors are written with six significant digits, and then whatever a machine made of them. */
const splitSlack = (value: number): number => 0.5 * 10 ** (Math.floor(Math.log10(value)) - 5);

/** The fraction of the least terms in `[low, high]`, both above 0: a walk down the tree of Stern and Brocot. */
function simplestWithin(low: number, high: number): number {
  const whole = Math.floor(low);
  if (whole >= low) return whole;
  if (whole + 1 <= high) return whole + 1;
  return whole + 1 / simplestWithin(1 / (high - whole), 1 / (low - whole));
}
