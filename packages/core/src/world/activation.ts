import { canonicalJson } from "../schema/canonical.ts";
import type { Mode } from "./mode.ts";

/** What the world lets one strategy version do with its capital. */
export interface ActivationEntry {
  readonly strategy: string;
  readonly version: string;
  /** Of the run that was decided on: a version with other params is another entry. */
  readonly params: Readonly<Record<string, number | string>>;
  readonly active: boolean;
  /** Fraction of the world's equity, from the allocator. */
  readonly share: number;
  /** Factor on top of the share, 0 to 1. */
  readonly scale: number;
  /** What may increase exposure on each side. */
  readonly sides: { readonly long: boolean; readonly short: boolean };
  /** Open orders are cancelled, none is admitted. */
  readonly freeze: boolean;
  /** Only orders that reduce the position are admitted. */
  readonly drain: boolean;
  readonly mode: Mode;
  /** What becomes of its positions when it leaves the active set. */
  readonly onDeactivate: "flatten";
}

/**
 * The world's activation: the whole of it, never a change. A version that it does not list is inactive. Entries are sorted by
 * strategy.
 */
export interface Activation {
  /** Revision of the `switched` record; 0 before the first. */
  readonly revision: number;
  readonly entries: readonly ActivationEntry[];
}

export const NO_ACTIVATION: Activation = { revision: 0, entries: [] };

/** An active version. */
export function activeEntry(
  of: Pick<ActivationEntry, "strategy" | "version" | "params" | "share" | "mode"> & { readonly scale?: number },
): ActivationEntry {
  return {
    scale: 1,
    ...of,
    active: true,
    sides: { long: true, short: true },
    freeze: false,
    drain: false,
    onDeactivate: "flatten",
  };
}

/**
 * The whole activation after a switch from `current` to the versions of `active`: what leaves the active set drains to flat. What had
 * left before is dropped, for nothing of it can be held any more.
 */
export function nextEntries(
  current: readonly ActivationEntry[],
  active: readonly ActivationEntry[],
): readonly ActivationEntry[] {
  const stays = new Set(active.map(entryKey));
  const leaving = current
    .filter((entry) => entry.active && !stays.has(entryKey(entry)))
    .map(
      (entry): ActivationEntry => ({
        ...entry,
        active: false,
        share: 0,
        sides: { long: false, short: false },
        drain: true,
      }),
    );
  return [...active, ...leaving].sort(byStrategy);
}

export function activeEntries(entries: readonly ActivationEntry[]): readonly ActivationEntry[] {
  return entries.filter(({ active }) => active);
}

/** True when both let the same versions do the same. What drains does not count: it is where a switch left it. */
export function sameActive(a: readonly ActivationEntry[], b: readonly ActivationEntry[]): boolean {
  const one = [...activeEntries(a)].sort(byStrategy);
  const other = [...activeEntries(b)].sort(byStrategy);
  return one.length === other.length && one.every((entry, i) => sameEntry(entry, other[i]));
}

function sameEntry(a: ActivationEntry, b: ActivationEntry | undefined): boolean {
  return (
    b !== undefined &&
    entryKey(a) === entryKey(b) &&
    a.share === b.share &&
    a.scale === b.scale &&
    a.sides.long === b.sides.long &&
    a.sides.short === b.sides.short &&
    a.freeze === b.freeze &&
    a.drain === b.drain &&
    a.mode === b.mode
  );
}

/** What makes an entry another one: a version with other params is not the same. */
export function entryKey({
  strategy,
  version,
  params,
}: Pick<ActivationEntry, "strategy" | "version" | "params">): string {
  return canonicalJson([strategy, version, params]);
}

function byStrategy(a: ActivationEntry, b: ActivationEntry): number {
  const [one, other] = [entryKey(a), entryKey(b)];
  if (a.strategy !== b.strategy) return a.strategy < b.strategy ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
