import type { ControlEvent, ControlSnapshot } from "./event.ts";

/** What a consumer has taken of one world. */
export interface Inbox {
  /** Everything up to this revision; absent before the first snapshot. */
  readonly floor?: number;
}

export type InboxWord =
  /** Handle it now. */
  | { readonly kind: "deliver" }
  /** It was handled already. */
  | { readonly kind: "duplicate" }
  /** Events before it are missing: nothing is handled until a snapshot was taken. */
  | { readonly kind: "gap"; readonly missing: number };

/**
 * Decides what becomes of an event that arrived, from wherever: each revision is delivered once and in order, or a gap is named. Events may
 * be lost, repeated, late and out of order.
 */
export function takeEvent(
  inbox: Inbox,
  { revision }: Pick<ControlEvent, "revision">,
): { readonly inbox: Inbox; readonly word: InboxWord } {
  const { floor } = inbox;
  if (floor === undefined) return { inbox, word: { kind: "gap", missing: revision } };
  if (revision <= floor) return { inbox, word: { kind: "duplicate" } };
  if (revision > floor + 1) return { inbox, word: { kind: "gap", missing: revision - floor - 1 } };
  return { inbox: { floor: revision }, word: { kind: "deliver" } };
}

/** The same for a snapshot: one that is older than what was taken says nothing. */
export function takeSnapshot(
  inbox: Inbox,
  { revision }: Pick<ControlSnapshot, "revision">,
): { readonly inbox: Inbox; readonly word: Exclude<InboxWord, { kind: "gap" }> } {
  if (inbox.floor !== undefined && revision <= inbox.floor) return { inbox, word: { kind: "duplicate" } };
  return { inbox: { floor: revision }, word: { kind: "deliver" } };
}
