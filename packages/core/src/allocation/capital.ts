import type { ProjectConfig } from "../plugin/contract/project-config.ts";
import { QmtlError } from "../schema/error.ts";
import type { WorldConfig } from "../world/config.ts";

/** What a world has to share out. */
export interface Capital {
  /** Of the project: of all worlds together. */
  readonly total: number;
  readonly currency: string;
  /** The world's fraction of the total, 0 to 1. */
  readonly share: number;
  /** The world's own: `total * share`. */
  readonly equity: number;
}

/**
 * What a world has to share out: its fraction of the project's equity, or without one the equity of its own account.
 *
 * @throws `allocation.invalid-equity`, `allocation.invalid-share` (a fraction outside 0 to 1, or more than the whole in all),
 *   `allocation.currency` when the project's equity is in another currency than the world's account
 */
export function worldCapital(
  { id, account }: Pick<WorldConfig, "id" | "account">,
  equity: ProjectConfig["equity"],
): Capital {
  if (equity === undefined)
    return { total: account.equity, currency: account.currency, share: 1, equity: account.equity };
  const { total, currency, worlds } = equity;
  if (!(Number.isFinite(total) && total >= 0))
    throw new QmtlError({
      code: "allocation.invalid-equity",
      message: `The project's equity is ${total}`,
      place: { path: "equity.total" },
      next: "Give it as a number from 0 on, in equity.total of qmtl.config.ts.",
    });
  let sum = 0;
  for (const [world, share] of Object.entries(worlds)) {
    if (!(share >= 0 && share <= 1))
      throw new QmtlError({
        code: "allocation.invalid-share",
        message: `World ${world} holds ${share} of the project's equity, which is not between 0 and 1`,
        place: { world, path: `equity.worlds.${world}` },
        next: "Give fractions of the whole.",
      });
    sum += share;
  }
  if (sum > 1 + 1e-12)
    throw new QmtlError({
      code: "allocation.invalid-share",
      message: `The worlds hold ${Number(sum.toPrecision(6))} of the project's equity, more than all of it`,
      place: { path: "equity.worlds" },
      next: "Lower the fractions in qmtl.config.ts until they sum to at most 1.",
    });
  if (currency !== account.currency)
    throw new QmtlError({
      code: "allocation.currency",
      message: `The project's equity is in ${currency}, and the account of world ${id} is in ${account.currency}`,
      place: { world: id, path: "equity.currency" },
      next: "Have all worlds of a project in one account currency.",
    });
  const share = Object.hasOwn(worlds, id) ? worlds[id]! : 0;
  return { total, currency, share, equity: total * share };
}
