/** `@qmtl/core/plugin`: what a plugin package builds on. */
export type { Calendar } from "../data/calendar/calendar.ts";
export { CALENDAR_IDS, requireCalendar } from "../data/calendar/calendars.ts";
export * from "./contract/index.ts";
