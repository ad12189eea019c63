import type { Interval } from "../../schema/interval.ts";

/** When bars end. Pure data and arithmetic; all instants are epoch milliseconds UTC, all ranges half-open. */
export interface Calendar {
  /** `24x7`, `observed`, or an exchange's MIC such as `XNYS`. */
  readonly id: string;
  /** Changes whenever any answer changes; part of dataset fingerprints. */
  readonly version: string;
  /** IANA zone in which sessions are named. */
  readonly zone: string;
  /** False for `observed`: it has no slots of its own, so nothing can be missing from it. */
  readonly hasSlots: boolean;
  /** Ends of all complete bars of `interval` with `from < end <= to`, ascending. Empty when `hasSlots` is false. */
  slots(interval: Interval, from: number, to: number): Float64Array;
  /** How many {@link slots} there are. */
  countSlots(interval: Interval, from: number, to: number): number;
  /** The end of the bar of `interval` that contains the instant just before `stamp`: the smallest bar end >= `stamp`. */
  barEnd(interval: Interval, stamp: number): number;
  /** The end of the bar of `interval` that starts at (or, for `1d`, whose session's day contains) `start`. */
  barEndOfStart(interval: Interval, start: number): number;
  /** The end of the session of the local day that contains `instant`, or undefined on a day without one. */
  sessionEndOfDay(instant: number): number | undefined;
  /** Bars of `interval` per year, for annualisation; see the calendar's file for its source. */
  periodsPerYear(interval: Interval): number;
}
