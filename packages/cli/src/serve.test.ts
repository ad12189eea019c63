import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { worldText } from "./commands/init.ts";
import { makeProject, muteRunner, strategyText, type TestProject } from "./project.test.kit.ts";
import * as protocol from "./serve/protocol.ts";

const W = "sp500-trend";
const command = fileURLToPath(new URL("../bin/qmtl.js", import.meta.url));

interface Served {
  readonly connection: MessageConnection;
  readonly process: ChildProcess;
  /** Exit code, and what standard error held. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

const started: Served[] = [];
afterEach(async () => {
  for (const { connection, process, ended } of started.splice(0)) {
    connection.dispose();
    process.stdin?.end();
    await ended;
  }
});

function serve(project: TestProject): Served {
  const child = spawn(process.execPath, [command, "serve", "--stdio"], { cwd: project.root, stdio: "pipe" });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stderr })),
  );
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const served = { connection, process: child, ended };
  started.push(served);
  return served;
}

/** Processes of strategies that this one started, by /proc; the bundler's stays with its parent. */
function strategiesOf(pid: number): readonly string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.filter((child) => {
    try {
      return readFileSync(`/proc/${child}/comm`, "utf8").trim() !== "esbuild";
    } catch {
      return false;
    }
  });
}

describe("a project that is served", () => {
  test("says who it is, and what is in it", async () => {
    const project = makeProject({ "worlds/broken.yml": "id: broken\n" });
    const { connection } = serve(project);
    const hello = await connection.sendRequest(protocol.initialize, { protocol: 1 });
    expect(hello).toEqual({ protocol: 1, qmtl: expect.any(String), root: project.root });
    await expect(connection.sendRequest(protocol.initialize, { protocol: 0 })).rejects.toMatchObject({
      data: { code: "serve.other-protocol" },
    });
    const { worlds } = await connection.sendRequest(protocol.worlds);
    expect(worlds).toEqual([
      { world: "broken", error: expect.objectContaining({ code: "world.invalid" }) },
      { world: "sp500-trend", status: expect.objectContaining({ world: "sp500-trend", trials: 0 }) },
    ]);
    expect(await connection.sendRequest(protocol.runs, {})).toEqual({ runs: [] });
  });

  test("submits as the command does, tells its phases, and shows the run", async () => {
    const project = makeProject();
    const { connection } = serve(project);
    const phases: string[] = [];
    connection.onNotification(protocol.phase, ({ token, phase }) => {
      phases.push(`${token} ${phase}`);
    });
    const result = await connection.sendRequest(protocol.submit, {
      file: "strategies/sma-cross.ts",
      world: "sp500-trend",
      token: "t1",
    });
    expect(result).toMatchObject({ status: "active", strategy: "sma-cross" });
    expect(phases).toContain("t1 Replaying history");
    const again = await project.submit("strategies/sma-cross.ts");
    expect(again.result.provenance?.evalKey).toBe(result.provenance?.evalKey);
    expect(again.result.computed.cached).toBe(true);

    const { runs } = await connection.sendRequest(protocol.runs, { world: "sp500-trend" });
    expect(runs).toEqual([
      expect.objectContaining({
        strategy: "sma-cross",
        evalKey: result.provenance?.evalKey,
        sharpe: result.metrics["sharpe"],
      }),
    ]);
    const printed = await project.qmtl("report", "sma-cross", "--json");
    expect(await connection.sendRequest(protocol.run, { run: "sma-cross" })).toEqual(JSON.parse(printed.stdout));
    const { html } = await connection.sendRequest(protocol.report, { run: "sma-cross" });
    expect(html).toMatch(/^<!doctype html>/i);
  });

  test("compares two runs, and refuses to compare with what is not there", async () => {
    const project = makeProject();
    const { connection } = serve(project);
    const first = await project.submit("strategies/sma-cross.ts");
    const second = await project.submit("strategies/sma-cross.ts", "--param", "fast=15");
    const [a, b] = [first, second].map(({ result }) => ({ run: result.provenance?.evalKey ?? "", world: W }));
    const { runs, html } = await connection.sendRequest(protocol.compare, { runs: [a!, b!] });
    expect(runs.map(({ evalKey }) => evalKey)).toEqual([a!.run, b!.run]);
    expect(html).toMatch(/^<!doctype html>[\s\S]*Growth of 1[\s\S]*B less A/i);
    await expect(
      connection.sendRequest(protocol.compare, { runs: [a!, { run: "f".repeat(64) }] }),
    ).rejects.toMatchObject({ data: { code: "report.unknown-run" } });
  });

  test("plans an apply without writing, applies what was agreed to once, and nothing else", async () => {
    const runners = "runners: { gate_ttl: 10s, freeze_timeout_ms: 1000 }\n";
    const project = makeProject({ [`worlds/${W}.yml`]: `${worldText({ id: W })}${runners}` });
    const { connection } = serve(project);
    await project.submit("strategies/sma-cross.ts");
    expect(await connection.sendRequest(protocol.applyPlan, { world: W })).toMatchObject({ changes: [] });
    // A runner that never answers: the change that the next submission decides is rolled back, and waits to be applied.
    const mute = await muteRunner(project);
    await project.submit("strategies/sma-cross.ts", "--param", "fast=11", "--wait", "30");
    await mute.leave();

    const records = (await project.journal()).length;
    const plan = await connection.sendRequest(protocol.applyPlan, { world: W });
    expect(plan).toEqual(JSON.parse((await project.qmtl("world", "apply", W, "--plan", "--json")).stdout));
    expect(plan.changes.map(({ change }) => change).sort()).toEqual(["enters", "leaves"]);
    expect(await project.journal()).toHaveLength(records);

    const asked = { world: W, decision: plan.decision ?? -1, run: "mine" };
    await expect(
      connection.sendRequest(protocol.apply, { ...asked, decision: asked.decision - 1 }),
    ).rejects.toMatchObject({ data: { code: "world.decided-again" } });
    await expect(connection.sendRequest("qmtl/apply", { world: W })).rejects.toMatchObject({ code: -32_602 });
    expect(await project.journal()).toHaveLength(records);
    const applied = await connection.sendRequest(protocol.apply, asked);
    expect(applied).toMatchObject({ run: "mine", outcome: { kind: "completed" }, decision: "applied" });
    const after = (await project.journal()).length;
    expect(after).toBeGreaterThan(records);
    // Asked again by the same name, whatever was decided since.
    const again = await connection.sendRequest(protocol.apply, { ...asked, decision: 0 });
    expect(again).toMatchObject({ apply: applied.apply, outcome: { kind: "completed" } });
    expect(await project.journal()).toHaveLength(after);
  });

  test("refuses by name what it can't do", async () => {
    const { connection } = serve(makeProject());
    const refused = (params: object) =>
      connection.sendRequest("qmtl/submit", params).then(
        () => "answered",
        ({ code, data }: { code: number; data: { code: string } }) => [code, data.code],
      );
    expect(await refused({ file: 1, world: "sp500-trend" })).toEqual([-32_602, "serve.malformed"]);
    expect(await refused({ file: "a.ts", world: "w", more: 1 })).toEqual([-32_602, "serve.malformed"]);
    expect(await refused({ file: "strategies/sma-cross.ts", world: "nowhere" })).toEqual([-32_000, "world.unknown"]);
    await expect(connection.sendRequest(protocol.report, { run: "none" })).rejects.toMatchObject({
      data: { code: "report.unknown-run" },
    });
  });

  test("ends what is cancelled, and records nothing of it", async () => {
    const project = makeProject({
      "strategies/endless.ts": strategyText({ name: "endless", compute: "() => { for (;;) {} }" }),
    });
    const { connection, process } = serve(project);
    const source = new CancellationTokenSource();
    connection.onNotification(protocol.phase, ({ phase }) => {
      if (phase === "Replaying history") source.cancel();
    });
    const submitting = connection.sendRequest(
      protocol.submit,
      { file: "strategies/endless.ts", world: "sp500-trend", token: "t" },
      source.token,
    );
    await expect(submitting).rejects.toMatchObject({ code: -32_800 });
    expect(await project.journal()).toEqual([]);
    await expect.poll(() => strategiesOf(process.pid!), { timeout: 30_000 }).toEqual([]);
  });

  test("keeps its line clean of what a configuration prints", async () => {
    const project = makeProject();
    project.write("qmtl.config.ts", `console.log("hello");\n${project.read("qmtl.config.ts")}`);
    const { connection, process, ended } = serve(project);
    expect((await connection.sendRequest(protocol.worlds)).worlds).toHaveLength(1);
    process.stdin!.end();
    expect(await ended).toEqual({ code: 0, stderr: "hello\n" });
  });
});

describe("a preview", () => {
  const file = "strategies/mine.ts";
  const text = (threshold: string) =>
    strategyText({ name: "mine", compute: `({ close, mean }) => ({ weight: close > mean * ${threshold} ? 1 : 0 })` });

  test("evaluates what is not saved, counts each variant once, and decides nothing", async () => {
    const project = makeProject({ [file]: text("1") });
    const { connection, ended } = serve(project);
    const preview = (threshold: string) =>
      connection.sendRequest(protocol.preview, { file, world: "sp500-trend", unsaved: { [file]: text(threshold) } });
    const first = await preview("1");
    const second = await preview("1.01");
    const third = await preview("1.02");
    expect([first, second, third].map(({ variants }) => variants)).toEqual([1, 2, 3]);
    expect(new Set([first, second, third].map(({ evalKey }) => evalKey)).size).toBe(3);
    // The mean is known from the first variant on.
    expect(first.known).toBeLessThan(second.known);
    expect(second.computed).toBeLessThan(first.computed);
    expect(third.equity).toHaveLength(third.times.length + 1);
    // Back to what was seen: no new variant, the same figures of its own.
    const again = await preview("1.01");
    expect(again).toMatchObject({ variants: 3, evalKey: second.evalKey, equity: second.equity });

    await connection.sendRequest(protocol.shutdown);
    await connection.sendNotification(protocol.exit);
    expect((await ended).code).toBe(0);
    const kinds = (await project.journal()).map(({ body }) => body as { kind: string; origin?: string });
    expect(kinds.filter(({ kind }) => kind !== "configured").map(({ kind, origin }) => `${kind} ${origin}`)).toEqual([
      "trial preview",
      "trial preview",
      "trial preview",
    ]);
    // The saved file is the first variant: the submission is no new trial, and has the figures of the preview.
    const { result } = await project.submit(file);
    expect(result.provenance?.trials).toBe(3);
    expect(result.provenance?.evalKey).toBe(first.evalKey);
    expect(result.metrics["sharpe"]).toBe(first.metrics["sharpe"]);
  });

  test("says what each node came to, and tells as many points as are asked for", async () => {
    const { connection } = serve(makeProject({ [file]: text("1") }));
    const preview = (more: object) => connection.sendRequest(protocol.preview, { file, world: "sp500-trend", ...more });
    const whole = await preview({});
    expect(whole.nodes).toBeUndefined();
    const { nodes = [], equity, times } = await preview({ nodes: true, points: 100 });
    expect(nodes.map(({ label }) => label)).toEqual(["sma(10)", "trend"]);
    const [weight] = nodes.at(-1)!.columns;
    expect(weight).toMatchObject({ column: "weight", dtype: "f64", least: 0, greatest: 1 });
    expect(weight!.mean).toBeGreaterThan(0);
    expect(weight!.mean).toBeLessThan(1);
    expect(equity.length).toBeLessThan(150);
    expect(equity).toHaveLength(times.length + 1);
    // The first and last point, and no peak is lost.
    expect([equity[0], equity.at(-1), Math.max(...equity), Math.min(...equity)]).toEqual([
      whole.equity[0],
      whole.equity.at(-1),
      Math.max(...whole.equity),
      Math.min(...whole.equity),
    ]);
    expect(times.at(-1)).toBe(whole.times.at(-1));
  });

  test("writes its trials when the editor goes away without a word", async () => {
    const project = makeProject({ [file]: text("1") });
    const { connection, process, ended } = serve(project);
    await connection.sendRequest(protocol.preview, { file, world: "sp500-trend" });
    process.stdin!.end();
    expect((await ended).code).toBe(0);
    const kinds = (await project.journal()).map(({ body }) => (body as { kind: string }).kind);
    expect(kinds.filter((kind) => kind === "trial")).toHaveLength(1);
  });

  test("writes many trials without waiting for a rest", async () => {
    const project = makeProject({ [file]: text("1") });
    const { connection } = serve(project);
    const preview = (threshold: number) =>
      connection.sendRequest(protocol.preview, {
        file,
        world: "sp500-trend",
        unsaved: { [file]: text(String(threshold)) },
      });
    for (let k = 0; k < 16; k++) await preview(1 + k / 1000);
    // Nobody rests: what was seen before is looked at again and again, which is no new trial.
    const written = async () => {
      await preview(1);
      return (await project.journal()).filter(({ body }) => (body as { kind: string }).kind === "trial").length;
    };
    await expect.poll(written, { timeout: 20_000, interval: 100 }).toBe(16);
  });

  test("says what is wrong with the code, at its line, and goes on with the next", async () => {
    const project = makeProject({ [file]: text("1") });
    const { connection } = serve(project);
    const preview = (unsaved: string) =>
      connection.sendRequest(protocol.preview, { file, world: "sp500-trend", unsaved: { [file]: unsaved } });
    const broken = text("1").replace("({ close, mean }) =>", "({ close, mean }) => {");
    await expect(preview(broken)).rejects.toMatchObject({ data: { code: "strategy.syntax", place: { file } } });
    const thrown = strategyText({ name: "mine", compute: '() => { throw new Error("no") }' });
    await expect(preview(thrown)).rejects.toMatchObject({ data: { code: "engine.compute-failed", place: { file } } });
    expect((await preview(text("1"))).variants).toBe(1);
  });

  test("that never ends is ended when it is taken back, and the next one works", async () => {
    const project = makeProject({ [file]: text("1") });
    const { connection } = serve(project);
    const source = new CancellationTokenSource();
    const endless = strategyText({ name: "mine", compute: "() => { for (;;) {} }" });
    const going = connection.sendRequest(
      protocol.preview,
      { file, world: "sp500-trend", unsaved: { [file]: endless } },
      source.token,
    );
    // Behind it in the queue, so it is under way when this is answered.
    await connection.sendRequest(protocol.worlds);
    source.cancel();
    await expect(going).rejects.toMatchObject({ code: -32_800 });
    expect((await connection.sendRequest(protocol.preview, { file, world: "sp500-trend" })).variants).toBe(1);
  });
});
