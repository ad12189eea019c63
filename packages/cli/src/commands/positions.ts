import { readFileSync } from "node:fs";
import type { HeldBook } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import * as z from "zod";

const positions = z.array(
  z.strictObject({
    strategy: z.string().min(1),
    symbol: z.string().min(1),
    venue: z.string().min(1).nullable().default(null),
    quantity: z.number(),
    /** In the account's currency; missing: nothing is traded of it, and the plan says so. */
    mark: z.number().optional(),
    /** Of the world's equity: what it was sized by. */
    share: z.number().min(0).max(1).optional(),
  }),
);

/**
 * What a world's strategies hold, from a file.
 *
 * @throws `allocation.positions-unreadable`, `allocation.invalid-position`
 */
export function readPositions(file: string, world: string): HeldBook {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new QmtlError({
      code: "allocation.positions-unreadable",
      message: `${file} can't be read`,
      place: { file },
      next: "Name a JSON file of positions.",
      cause,
    });
  }
  const checked = positions.safeParse(parse(text));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new QmtlError({
      code: "allocation.invalid-position",
      message: `${file} is no list of positions: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
      place: { file },
      next: 'Write [{ "strategy": "trend", "symbol": "SPX", "quantity": 10, "mark": 2800 }].',
    });
  }
  const shares = new Map(
    checked.data.flatMap(({ strategy, share }) => (share === undefined ? [] : [[strategy, share] as const])),
  );
  return {
    positions: checked.data.map(({ mark = Number.NaN, share: _, ...position }) => ({ ...position, world, mark })),
    shares: Object.fromEntries(shares),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
