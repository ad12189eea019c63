import * as z from "@qmtl/core/zod";

const date = z.iso.date().refine((text) => text >= "1999-01-01" && text <= "2035-01-01", {
  error: "must be from 1999-01-01 to 2035-01-01",
});

/** Half-open, in UTC days. */
const range = { start: date.optional(), end: date.optional() };

export const samplesConfig = z
  .strictObject({
    /** Another seed is another market. */
    seed: z.int().min(0).default(1),
    panel: z
      .strictObject({
        ...range,
        /** Standard deviation of yearly returns of the average symbol. */
        volatility: z.number().positive().max(2).default(0.3),
        /** Of any two symbols' returns. */
        correlation: z.number().min(0).max(1).default(0.5),
        /** Symbols that start late or end early. */
        listings: z.record(z.string(), z.strictObject({ from: date.optional(), to: date.optional() })).default({}),
      })
      .prefault({}),
    book: z.strictObject(range).prefault({}),
  })
  .prefault({});

export type SamplesConfig = z.infer<typeof samplesConfig>;

/** Midnight UTC at which a configured day begins. */
export function dayStart(text: string): number {
  return Date.parse(`${text}T00:00:00Z`);
}
