import type { Calendar } from "../data/calendar/calendar.ts";
import { upperBound } from "../data/sorted.ts";
import { type Interval, isCalendarInterval } from "../schema/interval.ts";

/** Equity at points of a clock, from the first decision bar on. */
export interface Curve {
  /** Places in the clock to keep, ascending; all of them where it is undefined. */
  readonly places: Int32Array | undefined;
  /** The next place to keep, and how many of `places` were passed. */
  next: number;
  passed: number;
  times: Float64Array;
  equity: Float64Array;
  exposure: Float64Array;
  length: number;
  /** Of a clock that is not known to its end, the session under way: only the bar after a session tells which was its last. */
  readonly session: OpenSession | undefined;
}

export interface OpenSession {
  readonly calendar: Calendar;
  end: number;
  /** Its last bar so far, from the first decision bar on and unless it is kept already; `NaN` for none. */
  time: number;
  equity: number;
  exposure: number;
}

/** The last places of sessions, as they turn out. */
export function createSessionCurve(calendar: Calendar): Curve {
  const session = { calendar, end: Number.NaN, time: Number.NaN, equity: Number.NaN, exposure: Number.NaN };
  return { ...createCurve(new Int32Array(0)), session };
}

/** Keeps the last point of the session under way where a stamp is after it. */
export function passSession(curve: Curve, stamp: number): void {
  const { session } = curve;
  if (session === undefined || stamp <= session.end) return;
  if (!Number.isNaN(session.time)) keepPoint(curve, session.time, session.equity, session.exposure);
  session.end = session.calendar.barEnd("1d", stamp);
  session.time = Number.NaN;
}

export function holdPoint(session: OpenSession, time: number, equity: number, exposure: number): void {
  session.time = time;
  session.equity = equity;
  session.exposure = exposure;
}

export function createCurve(places: Int32Array | undefined): Curve {
  const capacity = Math.min(places?.length ?? 1024, 1024);
  return {
    places,
    next: places === undefined ? 0 : (places[0] ?? Number.POSITIVE_INFINITY),
    passed: 0,
    times: new Float64Array(capacity),
    equity: new Float64Array(capacity),
    exposure: new Float64Array(capacity),
    length: 0,
    session: undefined,
  };
}

/** The last place of each session of a clock, which is where evaluation looks; all places of a clock whose bars are sessions or longer. */
export function sessionPlaces(clock: Float64Array, interval: Interval, calendar: Calendar): Int32Array | undefined {
  if (isCalendarInterval(interval)) return undefined;
  const places: number[] = [];
  for (let i = 0; i < clock.length; ) {
    const last = Math.max(i, upperBound(clock, calendar.barEnd("1d", clock[i]!)) - 1);
    places.push(last);
    i = last + 1;
  }
  return Int32Array.from(places);
}

/** Goes past the place `next`. */
export function passPlace(curve: Curve): void {
  const { places } = curve;
  curve.passed++;
  curve.next = places === undefined ? curve.passed : (places[curve.passed] ?? Number.POSITIVE_INFINITY);
}

/** Keeps a point. */
export function keepPoint(curve: Curve, time: number, equity: number, exposure: number): void {
  const at = curve.length;
  if (at === curve.equity.length) grow(curve);
  curve.times[at] = time;
  curve.equity[at] = equity;
  curve.exposure[at] = exposure;
  curve.length = at + 1;
}

function grow(curve: Curve): void {
  const longer = (from: Float64Array) => {
    const to = new Float64Array(Math.max(64, 2 * from.length));
    to.set(from);
    return to;
  };
  curve.times = longer(curve.times);
  curve.equity = longer(curve.equity);
  curve.exposure = longer(curve.exposure);
}
