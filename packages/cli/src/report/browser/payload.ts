/** What is drawn over the points of a run, once as static SVG and once by the script: plain data. */
export interface Payload {
  /** `x` is ms UTC; otherwise the number of the period, for returns without times. */
  readonly time: boolean;
  /** Ascending; every line has one value per place. */
  readonly x: readonly number[];
  readonly charts: readonly ChartData[];
}

export type NumberFormat = "money" | "percent" | "ratio" | "price";

export interface ChartData {
  /** Unique in the page. */
  readonly id: string;
  /** Of the plot, in CSS pixels. */
  readonly height: number;
  readonly lines: readonly ChartLine[];
  /** 0 is in view, with a line of its own. */
  readonly zero: boolean;
  /** The reader may change to a logarithmic scale: all values are above 0. */
  readonly logarithmic: boolean;
  readonly trades: readonly TradeMark[];
}

export interface ChartLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly format: NumberFormat;
  readonly color: "accent" | "loss" | "muted" | "other";
  /** Told apart from another line by more than its colour. */
  readonly dashed?: true;
  /** Filled between the line and 0. */
  readonly area: boolean;
}

/** A trade on the price that it was made at. */
export interface TradeMark {
  /** ms UTC, like `x`. */
  readonly from: number;
  readonly to: number;
  readonly entry: number;
  readonly exit: number;
  readonly side: "long" | "short";
  readonly quantity: number;
  readonly profit: number;
  /** Not closed: `to` is the end of the run. */
  readonly open: boolean;
}
