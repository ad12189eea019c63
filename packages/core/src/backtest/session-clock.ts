import type { Calendar } from "../data/calendar/calendar.ts";
import { DAY } from "../data/calendar/civil.ts";

/** Tells when a session is over. Half days are sessions, holidays are none. */
export interface SessionClock {
  readonly calendar: Calendar;
  /** End of the session under way; `NaN` before the first. */
  end: number;
  /** Sessions and days that passed when the session under way began. */
  sessions: number;
  days: number;
}

export function createSessionClock(calendar: Calendar): SessionClock {
  return { calendar, end: Number.NaN, sessions: 0, days: 0 };
}

/**
 * Goes on to a stamp. True when another session is under way than before. A calendar without slots knows only the sessions that have bars.
 */
export function enterSession(clock: SessionClock, stamp: number): boolean {
  if (stamp <= clock.end) return false;
  const { calendar, end: before } = clock;
  clock.end = calendar.barEnd("1d", stamp);
  if (Number.isNaN(before)) return false;
  clock.sessions = calendar.hasSlots ? calendar.slots("1d", before, clock.end).length : 1;
  // Daylight saving moves the end of a session by an hour, not the number of nights.
  clock.days = Math.round((clock.end - before) / DAY);
  return true;
}
