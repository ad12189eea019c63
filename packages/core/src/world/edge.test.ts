import { describe, expect, test } from "vitest";
import { activeEntry, nextEntries } from "./activation.ts";
import { type ApplyEvent, type ApplyState, NO_APPLY, step } from "./apply.ts";
import { type Edge, type EdgeOverride, edgeAllowed, edgesAfterApply, evolveEdges } from "./edge.ts";
import type { Mode } from "./mode.ts";
import type { EdgeRecord } from "./record.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const NODE = "0".repeat(64);
const version = (strategy = "s", its = A): Edge["producer"] => ({ kind: "version", strategy, version: its });

function said(of: Partial<EdgeRecord> = {}): EdgeRecord {
  return {
    kind: "edge",
    format: 2,
    at: 0,
    producer: version(),
    from: "backtest",
    to: "live",
    open: true,
    reason: "because",
    ...of,
  };
}

function edges(...records: readonly EdgeRecord[]): readonly EdgeOverride[] {
  return records.reduce<readonly EdgeOverride[]>((all, one, i) => evolveEdges(all, one, i + 1), []);
}

const read = { strategy: "s", version: A, from: "backtest", to: "live" } as const;

describe("an edge", () => {
  test.each(["dryrun", "live", "shadow"] as const)("from backtest to %s is off at birth", (to) => {
    expect(edgeAllowed([], { ...read, to }, 0)).toMatchObject({ allowed: false });
    expect(edgeAllowed([], { ...read, from: to, to: "backtest" }, 0)).toMatchObject({ allowed: false });
    expect(edgeAllowed([], { ...read, from: to, to }, 0)).toMatchObject({ allowed: true });
  });

  test("is open for exactly what an override names, until it expires", () => {
    const open = edges(said({ expires: 100 }));
    expect(edgeAllowed(open, read, 99)).toMatchObject({ allowed: true, because: "because" });
    expect(edgeAllowed(open, read, 100).allowed).toBe(false);
    expect(edgeAllowed(open, { ...read, node: NODE }, 99).allowed).toBe(true);
    for (const other of [{ version: B }, { strategy: "t" }, { to: "dryrun" }, { from: "shadow" }] as const)
      expect(edgeAllowed(open, { ...read, ...other }, 99).allowed).toBe(false);
  });

  test("follows the newest word, and what was said of the node before what was said of its version", () => {
    expect(edgeAllowed(edges(said(), said({ open: false })), read, 0).allowed).toBe(false);
    const node = said({ producer: { kind: "node", node: NODE }, open: false });
    expect(edgeAllowed(edges(said(), node), { ...read, node: NODE }, 0).allowed).toBe(false);
    expect(edgeAllowed(edges(said(), node), { ...read, node: "1".repeat(64) }, 0).allowed).toBe(true);
    expect(edgeAllowed(edges(said({ open: false }), { ...node, open: true }), { ...read, node: NODE }, 0).allowed).toBe(
      true,
    );
    expect(edgeAllowed(edges(said(), { ...node, expires: 5 }), { ...read, node: NODE }, 5).allowed).toBe(true);
  });
});

describe("after an apply", () => {
  const entry = (strategy: string, its: string, mode: Mode) =>
    activeEntry({ strategy, version: its, params: {}, share: 1, mode });

  /** An apply of these entries; with a participant it is rolled back instead. */
  function apply(
    state: ApplyState,
    target: readonly ReturnType<typeof entry>[],
    end: "completed" | "reopened" | "frozen" = "completed",
  ): ApplyState {
    const participants = end === "completed" ? [] : ["p"];
    const entries = nextEntries(state.activation.entries, target);
    let next = step(
      state,
      { kind: "proposed", decision: 1, target: entries, participants },
      { at: 0, revision: 1 },
    ).state;
    if (end === "completed") return next;
    const { epoch } = next.phase;
    const late: ApplyEvent =
      end === "reopened"
        ? { kind: "acknowledged", participant: "p", sequence: 2 * epoch + 1 }
        : { kind: "timed-out", epoch, phase: "aborting" };
    for (const event of [{ kind: "failed", reason: "no" } as const, late])
      next = step(next, event, { at: 0, revision: 9 }).state;
    return next;
  }

  const after = (before: ApplyState, next: ApplyState, known: readonly EdgeOverride[], openAfterApply = false) =>
    edgesAfterApply({ before, after: next, edges: known, openAfterApply, at: 7 }).map(
      ({ producer, to, open, reason }) => ({
        whose: producer.kind === "node" ? "node" : producer.version.slice(0, 1),
        to,
        open,
        reason,
      }),
    );

  const one = apply(NO_APPLY, [entry("s", A, "paper"), entry("t", B, "live")]);

  test("nothing opens where the world does not say so", () => {
    expect(after(NO_APPLY, one, [])).toEqual([]);
  });

  test("each version that came to trade is opened where the world says so, once", () => {
    const opened = [
      { whose: "a", to: "dryrun", open: true, reason: "Apply 1 is complete" },
      { whose: "b", to: "live", open: true, reason: "Apply 1 is complete" },
    ];
    expect(after(NO_APPLY, one, [], true)).toEqual(opened);
    const known = edges(...edgesAfterApply({ before: NO_APPLY, after: one, edges: [], openAfterApply: true, at: 7 }));
    expect(after(one, apply(one, [entry("s", A, "paper"), entry("t", B, "live")]), known, true)).toEqual([]);
    expect(after(one, one, [], true)).toEqual([]);
    const replays = apply(NO_APPLY, [entry("s", A, "compute-only"), entry("t", B, "shadow")]);
    expect(after(NO_APPLY, replays, [], true)).toEqual([]);
  });

  test("what a person has shut stays shut until that expires", () => {
    const shut = edges(said({ producer: version("t", B), open: false, actor: "kim", expires: 100 }));
    const opens = (at: number) =>
      edgesAfterApply({ before: NO_APPLY, after: one, edges: shut, openAfterApply: true, at }).map(({ to }) => to);
    expect(opens(99)).toEqual(["dryrun"]);
    expect(opens(100)).toEqual(["dryrun", "live"]);
  });

  const open = edges(
    said({ to: "dryrun", actor: "kim" }),
    said({ producer: version("t", B) }),
    said({ producer: { kind: "node", node: NODE } }),
  );

  test("a version that left, or lost the domain, is shut, and with it what was opened for single nodes", () => {
    expect(after(one, apply(one, [entry("t", B, "live")]), open)).toEqual([
      { whose: "node", to: "live", open: false, reason: "Apply 2 took a version out of its domain" },
      { whose: "a", to: "dryrun", open: false, reason: "Apply 2 took it out of dryrun" },
    ]);
    expect(
      after(one, apply(one, [entry("s", A, "paper"), entry("t", B, "paper")]), open).map(({ whose }) => whose),
    ).toEqual(["node", "b"]);
    expect(
      after(one, apply(one, [entry("s", A, "paper"), entry("t", B, "live"), entry("u", A, "paper")]), open),
    ).toEqual([]);
  });

  test("a rollback shuts what it was for; with frozen gates everything", () => {
    const reopened = apply(one, [entry("s", B, "paper")], "reopened");
    const foreign = edges(...open.map((edge) => said(edge)), said({ producer: version("s", B), to: "dryrun" }));
    expect(after(one, reopened, foreign).map(({ whose, reason }) => [whose, reason])).toEqual([
      ["node", "Apply 2 was rolled back"],
      ["b", "Apply 2 was rolled back"],
    ]);
    expect(after(one, apply(one, [entry("s", B, "paper")], "frozen"), open)).toHaveLength(3);
    expect(after(one, apply(one, [entry("s", B, "paper")], "frozen"), [], true)).toEqual([]);
  });
});
