import { sp500Dates } from "./sp500.ts";

/** A day of trading in New York; instants in epoch milliseconds UTC. */
export interface Session {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly open: number;
  readonly close: number;
}

/** Sessions from 2000-01-03 to 2020-04-17 that closed at 13:00, as the exchange published them. */
const HALF_DAYS = new Set(
  `2000-07-03 2000-11-24 2001-07-03 2001-11-23 2001-12-24 2002-07-05 2002-11-29 2002-12-24 2003-07-03 2003-11-28 2003-12-24 2003-12-26
   2004-11-26 2005-11-25 2006-07-03 2006-11-24 2007-07-03 2007-11-23 2007-12-24 2008-07-03 2008-11-28 2008-12-24 2009-11-27 2009-12-24
   2010-11-26 2011-11-25 2012-07-03 2012-11-23 2012-12-24 2013-07-03 2013-11-29 2013-12-24 2014-07-03 2014-11-28 2014-12-24 2015-11-27
   2015-12-24 2016-11-25 2017-07-03 2017-11-24 2018-07-03 2018-11-23 2018-12-24 2019-07-03 2019-11-29 2019-12-24`.split(
    /\s+/,
  ),
);

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** The sessions on whose days the S&P 500 has a bar. */
export async function newYorkSessions(): Promise<readonly Session[]> {
  const hourInNewYork = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/New_York",
    hourCycle: "h23",
    hour: "2-digit",
  });
  return (await sp500Dates()).map((date) => {
    const midnight = Date.parse(`${date}T00:00:00Z`);
    const noon = midnight + 12 * HOUR;
    const offset = (12 - Number(hourInNewYork.format(noon))) * HOUR;
    return {
      day: midnight / DAY,
      open: midnight + 9.5 * HOUR + offset,
      close: midnight + (HALF_DAYS.has(date) ? 13 : 16) * HOUR + offset,
    };
  });
}
