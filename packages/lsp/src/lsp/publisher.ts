import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Finding } from "../rules/index.ts";
import { releaseMemory } from "./memory.ts";
import type { Affected, Located } from "./workspace.ts";

/** What becomes of findings; `document` is there when the editor holds the file. */
export type Publish = (at: Located, findings: readonly Finding[], document: TextDocument | undefined) => void;

/**
 * Checks files one after the other and lets messages in between: first what was edited last, then what is open, then the rest.
 * An edit while a file waits is one check, not two.
 */
export interface Publisher {
  /** @param edited the document that somebody types in */
  check(affected: Affected, edited?: Located): void;
  /** Says again what is known of a file, where it is other than what was said last. */
  refresh(at: Located): void;
  /** What was found last; undefined for files that were not looked at yet. */
  findings(at: Located): readonly Finding[] | undefined;
  /** Forgets files. */
  forget(affected: Affected): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** Files that wait. */
  waiting(): number;
  dispose(): void;
}

/** A file that takes longer than this is not checked at every key that is pressed. */
const SLOW_MS = 25;
const LONGEST_PAUSE_MS = 300;
/** Nobody types. */
const REST_MS = 2000;
/** Files that nobody has open wait until nobody has typed for so long: each check of one would stand in the way of the next key. */
const CALM_MS = 120;
/** The first lane of files that nobody has open. */
const UNSEEN = 2;
/** The lane of files that are checked once more when all others were. */
const AGAIN = 3;

/** @param checked called when a file was looked at */
export function createPublisher(
  publish: Publish,
  failed: (error: unknown) => void,
  checked: (at: Located) => void = () => {},
): Publisher {
  const lanes: readonly Map<string, Located>[] = [new Map(), new Map(), new Map(), new Map()];
  const found = new Map<string, readonly Finding[]>();
  const costs = new Map<string, number>();
  let waiters: (() => void)[] = [];
  let timer: Timer | undefined;
  let rest: NodeJS.Timeout | undefined;
  let typedAt = Number.NEGATIVE_INFINITY;

  return {
    check(affected, edited) {
      if (edited !== undefined) typedAt = performance.now();
      for (const at of affected) {
        const key = keyOf(at);
        for (const lane of lanes) lane.delete(key);
        const isEdited = edited !== undefined && key === keyOf(edited);
        const lane = isEdited ? 0 : at.root.open.has(at.path) ? 1 : UNSEEN;
        lanes[lane]?.set(key, at);
      }
      // Those that import it may have more to say of it, once they were looked at.
      if (edited !== undefined && affected.length > 1) lanes[AGAIN]?.set(keyOf(edited), edited);
      const cost = edited === undefined ? 0 : (costs.get(keyOf(edited)) ?? 0);
      if (waiting() > 0) start(cost > SLOW_MS ? Math.min(cost, LONGEST_PAUSE_MS) : 0);
    },
    refresh(at) {
      const findings = at.root.analysis.findings(at.path) ?? [];
      if (JSON.stringify(findings) === JSON.stringify(found.get(keyOf(at)))) return;
      found.set(keyOf(at), findings);
      publish(at, findings, at.root.open.get(at.path));
    },
    findings: (at) => found.get(keyOf(at)),
    forget(affected) {
      for (const at of affected) {
        const key = keyOf(at);
        for (const lane of lanes) lane.delete(key);
        found.delete(key);
        costs.delete(key);
      }
    },
    idle: () =>
      waiting() === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiters.push(resolve);
          }),
    waiting,
    dispose() {
      timer?.cancel();
      clearTimeout(rest);
    },
  };

  function waiting(): number {
    return lanes.reduce((sum, lane) => sum + lane.size, 0);
  }

  function start(pauseMs: number): void {
    timer?.cancel();
    clearTimeout(rest);
    timer = pauseMs === 0 ? afterMessages(step) : after(pauseMs, step);
  }

  function step(): void {
    timer = undefined;
    const index = lanes.findIndex(({ size }) => size > 0);
    const lane = lanes[index];
    const [next] = lane ?? [];
    if (lane === undefined || next === undefined) return;
    const calmIn = index < UNSEEN ? 0 : typedAt + CALM_MS - performance.now();
    if (calmIn > 0) {
      start(calmIn);
      return;
    }
    const [key, at] = next;
    lane.delete(key);
    const begun = performance.now();
    try {
      const findings = at.root.analysis.findings(at.path, { soon: lane === lanes[0] }) ?? [];
      at.root.checked(at.path);
      const isNews = lane !== lanes[AGAIN] || JSON.stringify(findings) !== JSON.stringify(found.get(key));
      found.set(key, findings);
      if (isNews) publish(at, findings, at.root.open.get(at.path));
      checked(at);
    } catch (error) {
      failed(error);
    }
    costs.set(key, performance.now() - begun);
    if (waiting() > 0) start(0);
    else {
      const resolved = waiters;
      waiters = [];
      for (const resolve of resolved) resolve();
      rest = setTimeout(releaseMemory, REST_MS);
      rest.unref();
    }
  }
}

interface Timer {
  cancel(): void;
}

function after(pauseMs: number, run: () => void): Timer {
  const pause = setTimeout(run, pauseMs);
  return { cancel: () => clearTimeout(pause) };
}

/** A message takes one turn to arrive and another to be handed out. */
function afterMessages(run: () => void): Timer {
  let turn = setImmediate(() => {
    turn = setImmediate(run);
  });
  return { cancel: () => clearImmediate(turn) };
}

function keyOf({ root, path }: Located): string {
  return `${root.folder}\n${path}`;
}
