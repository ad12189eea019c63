import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { entryKey, joinWorld, type LoadedWorld, loadWorld, openWorld, type Participant } from "@qmtl/core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { worldText } from "./commands/init.ts";
import { openProject } from "./project/project.ts";
import { makeProject, type Ran, type TestProject } from "./project.test.kit.ts";

const { signal } = new AbortController();
const W = "sp500-trend";
/** Long enough for a busy machine, short enough that a participant that does not answer keeps no test waiting for long. */
const WORLD = `${worldText({ id: W })}runners: { gate_ttl: 10s, freeze_timeout_ms: 6000 }\n`;

const json = ({ stdout }: Ran) => JSON.parse(stdout);

let project: TestProject;
const opened: LoadedWorld[] = [];
const joined: Participant[] = [];

beforeAll(async () => {
  project = makeProject({ [`worlds/${W}.yml`]: WORLD });
  expect(await project.submit("strategies/sma-cross.ts")).toMatchObject({ code: 0, result: { status: "active" } });
});

afterEach(async () => {
  for (const participant of joined.splice(0)) await participant.leave();
  for (const { host } of opened.splice(0)) await host.close();
});

/** A runner of this process in the world of the project; `prepare` is what it does before it answers. */
async function joining(prepare: () => Promise<void> = async () => {}): Promise<Participant> {
  const { config } = await openProject(project.root);
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const loaded = await loadWorld(W, { config, root: project.root, clock: Date.now, log, signal });
  opened.push(loaded);
  const participant = await joinWorld({
    world: openWorld({ storage: loaded.state, config: loaded.config, clock: Date.now, signal }),
    strategy: "sma-cross",
    host: { name: "here", pid: process.pid },
    report: { version: "a".repeat(64), domain: "dryrun" },
    ...loaded.config.runners,
    prepare: async ({ entries }) => {
      await prepare();
      return entries.map(entryKey);
    },
    cancelOrders: async () => 0,
    onProblem: () => {},
    clock: Date.now,
    signal,
  });
  joined.push(participant);
  return participant;
}

let fast = 10;
/** Another candidate that is selected: the active set changes. */
function change(...args: readonly string[]): ReturnType<TestProject["submit"]> {
  fast += 1;
  return project.submit("strategies/sma-cross.ts", "--param", `fast=${fast}`, ...args);
}

describe("an apply", () => {
  test("waits for the runners of the world, and is over when the submission returns", async () => {
    const runner = await joining();
    const { code, result } = await change();
    expect({ code, status: result.status }).toEqual({ code: 0, status: "active" });
    const status = json(await project.qmtl("world", "apply-status", W, "--json"));
    expect(status).toMatchObject({ phase: "idle", outcome: { kind: "completed", missing: [] }, decision: "applied" });
    const lines = json(await project.qmtl("world", "audit", W, "--last", "5", "--json")).lines;
    const { session } = runner.view();
    expect(lines.map(({ kind, says }: { kind: string; says: string }) => [kind, says.includes(session)])).toEqual([
      ["freezing", false],
      ["acknowledged", true],
      ["switched", false],
      ["acknowledged", true],
      ["completed", false],
    ]);
  });

  test("that nobody answers is left to others after --wait, rolled back when its time is over, and named when it is asked for again", async () => {
    const mute = await joining(() => new Promise(() => {}));
    const { code, result } = await change("--wait", "0");
    expect({ code, status: result.status }).toEqual({ code: 0, status: "applying" });
    const waiting = await project.qmtl("world", "apply", W, "--run-id", "other", "--json");
    expect({ code: waiting.code, error: json(waiting).error }).toMatchObject({
      code: 3,
      error: { code: "world.apply-in-progress" },
    });
    const driven = await project.qmtl("world", "apply", W, "--wait", "60");
    expect(driven.code).toBe(1);
    expect(driven.stdout).toContain("rolled back");
    expect(driven.stdout).toContain(mute.view().session);
    await mute.leave();
    joined.splice(0);

    const named = () => project.qmtl("world", "apply", W, "--run-id", "mine", "--json");
    const first = json(await named());
    expect(first).toMatchObject({ run: "mine", outcome: { kind: "completed" }, decision: "applied" });
    expect(json(await named())).toMatchObject({ apply: first.apply, run: "mine", outcome: { kind: "completed" } });
  });

  test("is ended by an operator who says why", async () => {
    await joining(() => new Promise((resolve) => setTimeout(resolve, 400)));
    const applying = change("--wait", "0");
    expect((await applying).result.status).toBe("applying");
    const aborted = await project.qmtl("world", "abort", W, "--reason", "not today", "--actor", "kim", "--json");
    // The machine may have been slow: then the time of the apply was over before the operator came.
    if (aborted.code === 0)
      expect(json(aborted)).toMatchObject({ outcome: { kind: "rolled-back", reason: "not today" } });
    else expect(json(aborted).error.code).toMatch(/^world\.(no-apply|apply-switched)$/);
    const none = await project.qmtl("world", "abort", W, "--reason", "again", "--actor", "kim");
    expect({ code: none.code, stderr: none.stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("world.no-apply"),
    });
  });

  test("is planned without writing anything", async () => {
    const before = (await project.journal()).length;
    const plan = json(await project.qmtl("world", "apply", W, "--plan", "--json"));
    expect(plan).toMatchObject({ world: W, participants: [], running: null });
    expect((await project.qmtl("world", "apply", W, "--plan")).stdout).toContain("nobody");
    expect((await project.journal()).length).toBe(before);
  });

  test("of a world that has not decided says what to do first", async () => {
    await project.qmtl("world", "create", "fresh");
    const { code, stderr } = await project.qmtl("world", "apply", "fresh");
    expect(code).toBe(2);
    expect(stderr).toMatch(/world\.no-decision[\s\S]*next: Submit a strategy/);
    expect(json(await project.qmtl("world", "apply-status", "fresh", "--json"))).toMatchObject({
      apply: 0,
      outcome: null,
    });
  });
});

describe("an approval", () => {
  const ruling = ["--actor", "kim", "--comment", "as agreed"];

  test("stays with its apply as world apply does: 1 when it was rolled back, 0 when it is complete or still runs", async () => {
    project.write(`worlds/${W}.yml`, `${WORLD}apply: manual\n`);
    try {
      expect((await change()).result.status).toBe("inactive");
      let refuses = true;
      const runner = await joining(async () => {
        if (refuses) throw new Error("not with me");
      });
      const refused = await project.qmtl("world", "approve", W, ...ruling, "--json");
      expect({ code: refused.code, apply: json(refused).apply }).toMatchObject({
        code: 1,
        apply: { kind: "rolled-back", reason: expect.stringContaining("not with me") },
      });
      refuses = false;
      expect((await project.qmtl("world", "apply", W)).code).toBe(0);
      await runner.leave();
      joined.splice(0);

      await joining(() => new Promise(() => {}));
      await change();
      const waiting = await project.qmtl("world", "approve", W, ...ruling, "--wait", "0", "--json");
      expect({ code: waiting.code, lastApply: json(waiting).lastApply }).toMatchObject({
        code: 0,
        lastApply: { phase: "freezing" },
      });
    } finally {
      for (const participant of joined.splice(0)) await participant.leave();
      await project.qmtl("world", "apply", W);
      project.write(`worlds/${W}.yml`, WORLD);
      await change();
    }
  });
});

describe("status", () => {
  test("shows runners, edges and the last apply", async () => {
    const { session } = (await joining()).view();
    const status = json(await project.qmtl("world", "status", W, "--json"));
    expect(status).toMatchObject({ lastApply: { phase: "idle" }, edges: [] });
    expect(status.runners).toEqual([expect.objectContaining({ session, domain: "dryrun", lost: false })]);
    const { stdout } = await project.qmtl("world", "status", W);
    expect(stdout).toContain(session);
    expect(stdout).toMatch(/last apply +\d+/);
  });

  test("is shown again when something happens, until it is interrupted", async () => {
    const { process: child, ended } = project.start(["world", "status", W, "--watch", "--json"]);
    let seen = "";
    const lines = (count: number) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (seen.split("\n").length > count) resolve();
        };
        child.stdout?.on("data", (text: string) => {
          seen += text;
          look();
        });
        look();
      });
    await lines(1);
    const { session } = (await joining()).view();
    await lines(2);
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const shown = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(shown[0].runners).toEqual([]);
    expect(shown.at(-1).runners).toEqual([expect.objectContaining({ session })]);
  });
});

describe("edges", () => {
  const override = (...args: readonly string[]) =>
    project.qmtl(
      "edges",
      "override",
      W,
      "--from",
      "backtest",
      "--to",
      "live",
      "--reason",
      "a try",
      "--actor",
      "kim",
      ...args,
    );

  test("are off, are opened with who, why and until when, shut again, and audited", async () => {
    expect((await project.qmtl("edges", "list", W)).stdout).toContain("are off");
    const opened = json(await override("--strategy", "sma-cross", "--open", "--expires", "24h", "--json"));
    expect(opened.edges).toEqual([
      expect.objectContaining({ from: "backtest", to: "live", standing: "open", actor: "kim", reason: "a try" }),
    ]);
    expect((await project.qmtl("world", "status", W)).stdout).toContain("open edge");
    await override("--strategy", "sma-cross", "--shut");
    const { edges } = json(await project.qmtl("edges", "list", W, "--json"));
    expect(edges).toEqual([expect.objectContaining({ standing: "shut" })]);
    const { stdout } = await project.qmtl("world", "audit", W);
    expect(stdout).toMatch(/kim opened backtest -> live of sma-cross@[0-9a-f]{12} until .*: a try/);
    expect(stdout).toContain("kim shut backtest -> live");
  });

  test.each<[readonly string[], RegExp]>([
    [["--strategy", "sma-cross", "--open"], /edges\.no-expiry[\s\S]*next:/],
    [["--strategy", "sma-cross", "--open", "--expires", "2020-01-01T00:00:00Z"], /edges\.expired/],
    [["--strategy", "sma-cross", "--open", "--expires", "soon"], /"soon" is no expiry/],
    [["--strategy", "nobody", "--shut"], /edges\.unknown-strategy[\s\S]*sma-cross/],
    [["--node", "xyz", "--shut"], /edges\.invalid-node/],
    [["--shut"], /--node or --strategy/],
    [["--strategy", "sma-cross"], /--open or --shut/],
  ])("%j is refused", async (args, says) => {
    const { code, stderr } = await override(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe("the audit", () => {
  test("says whether the journal is as it was written, and where it is not", async () => {
    const whole = await project.qmtl("world", "audit", W, "--verify", "--json");
    expect({ code: whole.code, said: json(whole) }).toMatchObject({ code: 0, said: { whole: true, broken: null } });
    const from = fileURLToPath(new URL("../../plugins/storage-sqlite/package.json", import.meta.url));
    const Database = createRequire(from)("libsql");
    const db = new Database(join(project.root, ".qmtl", "journal.db"));
    db.prepare(
      `UPDATE records SET body = replace(body, '"origin":"submit"', '"origin":"sweep"') WHERE world = ? AND stream = 'journal' AND revision = 2`,
    ).run(W);
    db.close();
    const broken = await project.qmtl("world", "audit", W, "--verify", "--json");
    expect({ code: broken.code, said: json(broken) }).toMatchObject({
      code: 3,
      said: { whole: false, broken: { revision: 3, because: expect.stringContaining("Record 2 was altered") } },
    });
    expect((await project.qmtl("world", "status", W)).stderr).toContain("world.broken-chain");
    expect(await project.submit("strategies/sma-cross.ts")).toMatchObject({
      code: 3,
      error: { code: "world.broken-chain" },
    });
  });
});
