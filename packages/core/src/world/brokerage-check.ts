import type { Mistake } from "./mistake.ts";
import { conflict, missing, type Placed, valueAt } from "./schema-mistakes.ts";
import type { YamlPath } from "./yaml-document.ts";

const ROOT: YamlPath = ["brokerage"];

/** Mistakes of the brokerage that need two of its fields to be seen. */
export function checkBrokerage(document: Placed): readonly Mistake[] {
  return [...checkFee(document), ...checkMargin(document), ...checkInterest(document), ...checkCap(document)];
}

function checkFee(document: Placed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const kind of ["per_notional", "per_share", "maker_taker", "tiered"]) {
    const path = [...ROOT, "fee", kind];
    const minimum = numberAt(document, [...path, "minimum"]);
    const maximum = numberAt(document, [...path, "maximum"]);
    if (minimum !== undefined && maximum !== undefined && maximum < minimum)
      mistakes.push(
        conflict(
          document,
          [...path, "maximum"],
          `An order can't cost at least ${minimum} and at most ${maximum}`,
          "Write a maximum that is at least the minimum.",
        ),
      );
  }
  const tiers = [...ROOT, "fee", "tiered", "tiers"];
  const bounds = lengthAt(document, tiers);
  let below = 0;
  for (let i = 0; i < bounds; i++) {
    const path = [...tiers, i, "up_to"];
    const bound = numberAt(document, path);
    if (bound === undefined) {
      if (i < bounds - 1 && valueAt(document.value, path) === undefined)
        mistakes.push({
          ...missing(path, document),
          next: "Say where the tier ends; only the last may go on for ever.",
        });
    } else if (bound <= below)
      mistakes.push(
        conflict(
          document,
          path,
          `Tier ${i + 1} ends at ${bound}, not above ${below}`,
          "Write tiers by ascending bounds.",
        ),
      );
    else below = bound;
  }
  return mistakes;
}

function checkMargin(document: Placed): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const side of ["long", "short"]) {
    const path = [...ROOT, "margin", side];
    const initial = numberAt(document, [...path, "initial"]);
    const maintenance = numberAt(document, [...path, "maintenance"]);
    if (initial !== undefined && maintenance !== undefined && maintenance > initial)
      mistakes.push(
        conflict(
          document,
          [...path, "maintenance"],
          `What it takes to keep a ${side} (${maintenance}) is more than what it takes to open one (${initial}), so each would be called at once`,
          "Write a `maintenance` that is at most `initial`.",
        ),
      );
  }
  if (
    valueAt(document.value, [...ROOT, "margin"]) !== undefined &&
    valueAt(document.value, [...ROOT, "settlement"]) !== undefined
  )
    mistakes.push(
      conflict(
        document,
        [...ROOT, "settlement"],
        "Proceeds that settle later are of a cash account, and this one has margin",
        "Remove `settlement` or `margin`.",
      ),
    );
  return mistakes;
}

function checkInterest(document: Placed): readonly Mistake[] {
  const path = [...ROOT, "interest", "credit"];
  const mistakes: Mistake[] = [];
  for (let i = 1; i < lengthAt(document, path); i++) {
    const below = numberAt(document, [...path, i - 1, "from"]);
    const from = numberAt(document, [...path, i, "from"]);
    if (below !== undefined && from !== undefined && from <= below)
      mistakes.push(
        conflict(
          document,
          [...path, i, "from"],
          `Tier ${i + 1} begins at ${from}, not above ${below}`,
          "Write tiers by ascending balances.",
        ),
      );
  }
  return mistakes;
}

function checkCap(document: Placed): readonly Mistake[] {
  const path = [...ROOT, "volume_cap"];
  const cap = valueAt(document.value, path);
  if (typeof cap !== "object" || cap === null || Object.keys(cap).length > 0) return [];
  return [conflict(document, path, "The volume cap caps nothing", "Give `share`, `units` or both, or remove it.")];
}

function numberAt(document: Placed, path: YamlPath): number | undefined {
  const value = valueAt(document.value, path);
  return typeof value === "number" ? value : undefined;
}

function lengthAt(document: Placed, path: YamlPath): number {
  const value = valueAt(document.value, path);
  return Array.isArray(value) ? value.length : 0;
}
