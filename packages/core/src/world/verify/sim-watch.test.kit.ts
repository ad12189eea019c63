import { isQmtlError } from "../../schema/error.ts";
import { type ApplyState, evolve, NO_APPLY } from "../apply.ts";
import { type ApplyRecord, JOURNAL, type JournalEntry } from "../record.ts";
import type { MemoryDisk } from "../shell/memory-storage.test.kit.ts";

/** What a run has to have seen at least once over all seeds: a simulation that never gets there proves nothing about it. */
export const MARKS = [
  "completed",
  "completed-without-somebody",
  "switched-then-crash",
  "freezing-then-crash",
  "aborting-then-crash",
  "aborted-by-timeout",
  "aborted-by-refusal",
  "aborted-by-operator",
  "rolled-back-frozen",
  "rolled-back-reopened",
  "participant-left",
  "known-to-have-ended",
  "joined-during-apply",
  "zombie-lost-cas",
  "answer-lost",
  "append-repeated",
  "stopped-past-its-session",
  "suspended-past-its-session",
  "clock-jumped-during-apply",
  "order-admitted",
  "order-turned-away-for-apply",
  "order-turned-away-after-session",
  "late-freeze-after-unfreeze",
  "same-run-twice",
] as const;

export type Mark = (typeof MARKS)[number];

const DAMAGED: ReadonlySet<string> = new Set([
  "world.broken-chain",
  "world.corrupt-journal",
  "world.corrupt-record",
  "world.corrupt-sessions",
  "world.journal-went-back",
]);

export interface Watch {
  readonly violations: readonly string[];
  readonly marks: ReadonlySet<Mark>;
  /** Records of the journal, in short. */
  readonly journal: readonly string[];
  /** Those and what else happened, with the time in ms. */
  readonly lines: readonly string[];
  mark(one: Mark): void;
  log(line: string): void;
  violate(what: string): void;
  /** A call failed. Calls may fail while things go wrong, but nobody may ever find the journal damaged. */
  failed(who: string, error: unknown): void;
  /** Where the journal stands now. */
  apply(): ApplyState;
  /** An order went out on the activation of that revision. */
  admitted(session: string, on: number): void;
  /** Somebody was told that these are durable. */
  acknowledged(entries: readonly JournalEntry[]): void;
  /** Looks whether what was acknowledged is there. */
  finish(): void;
}

/** Looks at every record as it becomes durable, and at what was admitted meanwhile. */
export function watchJournal(disk: MemoryDisk, world: string, elapsed: () => number): Watch {
  const violations: string[] = [];
  const marks = new Set<Mark>();
  const journal: string[] = [];
  const lines: string[] = [];
  let apply = NO_APPLY;
  let revision = 0;
  const bodies: string[] = [];
  const promised: JournalEntry[] = [];
  const switchedAt = new Set<number>();
  const mark = (one: Mark): void => void marks.add(one);
  const log = (line: string): void => void lines.push(`${elapsed()} ${line}`);
  const violate = (what: string): void => {
    violations.push(what);
    log(`VIOLATION ${what}`);
  };
  const read = (): ApplyState => {
    const texts = disk.get(world)?.get(JOURNAL) ?? [];
    for (; revision < texts.length; revision++) {
      const text = texts[revision] ?? "";
      bodies.push(text);
      const record = JSON.parse(text) as ApplyRecord;
      journal.push(shortOf(record));
      log(shortOf(record));
      if (!("epoch" in record)) continue;
      try {
        note(record);
        apply = evolve(apply, record, revision + 1);
      } catch (error) {
        violate(`the journal can't be folded: ${(error as Error).message}`);
      }
    }
    return apply;
  };
  const note = (record: ApplyRecord): void => {
    switch (record.kind) {
      case "freezing":
        if (record.epoch !== apply.phase.epoch + 1) violate(`apply ${record.epoch} begins after ${apply.phase.epoch}`);
        break;
      case "switched":
        if (switchedAt.has(record.epoch)) violate(`apply ${record.epoch} committed twice`);
        switchedAt.add(record.epoch);
        break;
      case "aborting":
        if (record.actor !== undefined) mark("aborted-by-operator");
        else mark(record.reason.includes("refused") ? "aborted-by-refusal" : "aborted-by-timeout");
        break;
      case "left":
        mark("participant-left");
        break;
      case "completed":
        mark(record.missing.length > 0 ? "completed-without-somebody" : "completed");
        break;
      case "rolled-back":
        mark(`rolled-back-${record.gates}`);
        break;
      case "acknowledged":
    }
  };
  return {
    violations,
    marks,
    journal,
    lines,
    mark,
    log,
    violate,
    failed: (who, error) => {
      const what = `${who}: ${error instanceof Error ? error.message : String(error)}`;
      if (isQmtlError(error) && DAMAGED.has(error.code)) violate(what);
      else log(what);
    },
    apply: read,
    admitted: (session: string, on: number): void => {
      const { phase, activation } = read();
      if (on !== activation.revision)
        violate(`${session} let an order out on activation ${on}, the world's is ${activation.revision}`);
      if ((phase.kind === "freezing" || phase.kind === "aborting") && phase.acknowledged.includes(session))
        violate(`${session} let an order out while it had acknowledged that its gate is shut`);
    },
    acknowledged: (entries: readonly JournalEntry[]): void => void promised.push(...entries),
    finish: (): void => {
      read();
      for (const { revision: at, record } of promised) {
        const { chain: _, ...body } = JSON.parse(bodies[at - 1] ?? "{}");
        if (JSON.stringify(body) !== JSON.stringify(record)) violate(`record ${at} was acknowledged and is not there`);
      }
    },
  };
}

function shortOf(record: ApplyRecord): string {
  const who = "participant" in record ? ` ${record.participant}` : "";
  return `${record.kind} ${"epoch" in record ? record.epoch : ""}${who}`;
}
