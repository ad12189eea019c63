import type { Rule, WorldContext } from "../rule.ts";
import { placeAt, placeOfRange } from "../world-config-mismatch/place-at.ts";
import { pinFix } from "./pin-fix.ts";

export const missingAsOf: Rule = {
  code: "D108",
  slug: "missing-as-of",
  title: "A replay has no instant of knowledge",
  severity: "warning",
  tier: 1,
  usesProject: true,
  checkWorld(context) {
    const { world, report } = context;
    for (const mistake of world.checked.mistakes)
      if (mistake.path === "as_of" && /neither/.test(mistake.message))
        report({
          at: placeAt(context, "id", "key") ?? placeOfRange(world.path, mistake),
          message: mistake.message,
          next: mistake.next,
          fixes: pinFix(context),
          // Such a world can't be opened at all.
          severity: "error",
          data: { reason: mistake.code },
        });
    checkReplayOnly(context);
  },
};

/** A world that only ever replays and follows its feeds judges tomorrow by other data than today. */
function checkReplayOnly(context: WorldContext): void {
  const { world, report } = context;
  const at = placeAt(context, "follow", "key");
  const { config } = world;
  if (config === undefined || config.knowledge.kind !== "following" || at === undefined) return;
  if (config.maxMode !== "validate" && config.maxMode !== "compute-only") return;
  report({
    at,
    message: `A world of ${config.maxMode} only replays, and without as_of each submission is judged by what is known that day`,
    fixes: pinFix(context),
    next: "Pin it with as_of, or let max_mode be shadow or more.",
    data: { reason: "follows" },
  });
}
