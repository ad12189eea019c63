import { type ControlEvent, loadWorld, startRelay } from "@qmtl/core";
import { expect, test } from "vitest";
import { openProject } from "./project/project.ts";
import { makeProject } from "./project.test.kit.ts";

const W = "sp500-trend";

test("what other processes do in a world reaches a consumer here, in order and at once", async () => {
  const project = makeProject();
  const { signal } = new AbortController();
  const { config } = await openProject(project.root);
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const loaded = await loadWorld(W, { config, root: project.root, clock: Date.now, log, signal });
  const events: (ControlEvent & { readonly late: number })[] = [];
  const problems: unknown[] = [];
  const relay = startRelay({
    storage: loaded.state,
    worlds: [W],
    from: () => 0,
    onEvent: (event) => void events.push({ ...event, late: Date.now() - event.at }),
    onSnapshot: () => {},
    onProblem: (problem) => problems.push(problem),
    signal,
  });
  try {
    const override = (reason: string) =>
      project.qmtl(
        ...["edges", "override", W, "--strategy", "sma-cross", "--from", "backtest", "--to", "dryrun", "--shut"],
        ...["--reason", reason, "--actor", "kim"],
      );
    expect((await project.submit("strategies/sma-cross.ts")).result.status).toBe("active");
    const both = await Promise.all([override("one"), override("two")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    // Both processes have ended after their records were durable: the relay has had its 25 ms many times over, or has them in hand.
    const head = (await project.journal()).length;
    await expect.poll(() => relay.positions()[W], { timeout: 10_000 }).toBe(head);
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: head }, (_, i) => i + 1));
    expect(events.map(({ type }) => type)).toEqual([
      "configuration_changed",
      "trial_counted",
      "version_evaluated",
      "candidate_accepted",
      "world_decided",
      "apply_began",
      "activation_updated",
      "apply_completed",
      "edge_changed",
      "edge_changed",
    ]);
    // Its record is stamped just before the append; a machine that is busy for seconds is no fault of the relay.
    for (const { type, late } of events) if (type === "edge_changed") expect(late).toBeLessThan(5000);
    expect(problems).toEqual([]);
  } finally {
    await relay.stop();
    await loaded.host.close();
  }
});
