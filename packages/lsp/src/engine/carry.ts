import { type Place, textLines } from "../facts/index.ts";
import type { Finding } from "../rules/index.ts";

/** Moves places of an earlier text to where they stand now. */
export interface Carry {
  /** Undefined where its own text was edited. */
  (place: Place): Place | undefined;
  /** An edit inside makes it longer or shorter. */
  readonly around: (place: Place) => Place;
}

/** @param texts by file: what was read then, and what stands there now */
export function carryOver(texts: ReadonlyMap<string, { readonly then: string; readonly now: string }>): Carry {
  const moves = new Map([...texts].map(([file, { then, now }]) => [file, moveOf(then, now)] as const));
  const carry = (place: Place): Place | undefined => {
    const move = moves.get(place.file);
    return move === undefined ? place : move(place);
  };
  return Object.assign(carry, { around: (place: Place) => moves.get(place.file)?.around(place) ?? place });
}

/** What stays of findings after edits: those whose text was touched are gone. */
export function carryFindings(findings: readonly Finding[], carry: Carry): readonly Finding[] {
  return findings.flatMap((finding): Finding[] => {
    const place = carry(finding.place);
    if (place === undefined) return [];
    const related = finding.related.flatMap(({ message, place: at }) => {
      const moved = carry(at);
      return moved === undefined ? [] : [{ message, place: moved }];
    });
    const fixes = finding.fixes.flatMap((fix) => {
      const edits = fix.edits.flatMap(({ place: at, text }) => {
        const moved = carry(at);
        return moved === undefined ? [] : [{ place: moved, text }];
      });
      return edits.length === fix.edits.length ? [{ ...fix, edits }] : [];
    });
    return [{ ...finding, place, related, fixes }];
  });
}

function moveOf(then: string, now: string): Carry {
  if (then === now) return Object.assign((place: Place) => place, { around: (place: Place) => place });
  const most = Math.min(then.length, now.length);
  let head = 0;
  while (head < most && then[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && then[then.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const from = textLines(then);
  const to = textLines(now);
  const shift = now.length - then.length;
  const moved = (offset: number): number => {
    if (offset <= head) return offset;
    return offset >= then.length - tail ? offset + shift : head;
  };
  const around = ({ file, start, end }: Place): Place => ({
    file,
    start: to.positionAt(moved(from.offsetAt(start))),
    end: to.positionAt(moved(from.offsetAt(end))),
  });
  const carry = (place: Place): Place | undefined => {
    const isTouched = from.offsetAt(place.end) > head && from.offsetAt(place.start) < then.length - tail;
    return isTouched ? undefined : around(place);
  };
  return Object.assign(carry, { around });
}
