import { QmtlError } from "../../schema/error.ts";
import { aroundTheClock } from "./around-the-clock.ts";
import type { Calendar } from "./calendar.ts";
import { observed } from "./observed.ts";
import { createXnys } from "./xnys.ts";

/** What `calendar:` may say. A session calendar is built when it is first asked for. */
const CALENDARS: Readonly<Record<string, () => Calendar>> = {
  "24x7": () => aroundTheClock,
  observed: () => observed,
  XNYS: once(createXnys),
};

export const CALENDAR_IDS: readonly string[] = Object.keys(CALENDARS);

/** @throws `data.unknown-calendar` */
export function requireCalendar(id: string): Calendar {
  const calendar = Object.hasOwn(CALENDARS, id) ? CALENDARS[id] : undefined;
  if (calendar !== undefined) return calendar();
  throw new QmtlError({
    code: "data.unknown-calendar",
    message: `There is no calendar ${JSON.stringify(id)}`,
    next: `Use one of ${CALENDAR_IDS.join(", ")}.`,
  });
}

function once<T>(create: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= create();
    return made;
  };
}
