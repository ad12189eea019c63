import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { worldText } from "./commands/init.ts";
import { makeProject, strategyText, type TestProject } from "./project.test.kit.ts";

interface Report {
  readonly schema: string;
  readonly strategy: string;
  readonly world: string;
  readonly evalKey: string;
  readonly version: string;
  readonly command: string;
  readonly trials: number;
  readonly params: Readonly<Record<string, number>>;
  readonly dataset: { readonly fingerprint: string; readonly commit: string };
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly formula?: string }[];
  readonly months: readonly { readonly year: number; readonly total: number }[];
  readonly drawdowns: readonly { readonly depth: number; readonly peak: string; readonly recovered: boolean }[];
  readonly costs: { readonly fees: number; readonly years: readonly { readonly fees: number }[] };
  readonly trades: readonly { readonly entryTime: string }[];
  readonly decision: {
    readonly verdict: string;
    readonly gates: readonly { readonly comparisons: readonly object[] }[];
  };
  readonly series: {
    readonly times: readonly string[];
    readonly equity: readonly number[];
    readonly prices: readonly { readonly symbol: string; readonly closes: readonly number[] }[];
  };
}

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly next: string;
    readonly details: readonly { readonly place: object }[];
  };
}

const report = async (project: TestProject, ...args: readonly string[]): Promise<Report> => {
  const { code, stdout, stderr } = await project.qmtl("report", ...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Report;
};
const refusal = async (
  project: TestProject,
  ...args: readonly string[]
): Promise<Refusal["error"] & { code: string; exit: number | null }> => {
  const { code, stdout } = await project.qmtl("report", ...args, "--json");
  return { ...(JSON.parse(stdout) as Refusal).error, exit: code };
};
const value = ({ metrics }: Report, name: string): number => metrics.find((one) => one.name === name)?.value as number;

describe("qmtl report", () => {
  let project: TestProject;
  let first: Awaited<ReturnType<TestProject["submit"]>>["result"];
  let second: typeof first;
  beforeAll(async () => {
    project = makeProject({
      "worlds/other.yml": worldText({ id: "other" }).replace("percent: 0.0002", "percent: 0.001"),
    });
    first = (await project.submit("strategies/sma-cross.ts")).result;
    second = (await project.submit("strategies/sma-cross.ts", "--param", "fast=20")).result;
    expect([first.status, second.status]).toEqual(["active", "active"]);
  });

  test("agrees with what the submission said, and adds up", async () => {
    const found = await report(project, first.provenance?.evalKey.slice(0, 12) ?? "");
    expect(found).toMatchObject({
      schema: "qmtl.report/1",
      strategy: "sma-cross",
      world: "sp500-trend",
      evalKey: first.provenance?.evalKey,
      version: first.provenance?.version,
      params: { fast: 10, slow: 30 },
      command: "qmtl submit strategies/sma-cross.ts --world sp500-trend",
      trials: 2,
      dataset: { fingerprint: first.dataset?.fingerprint, commit: first.dataset?.commit },
      decision: { verdict: "selected" },
    });
    for (const name of ["sharpe", "max_drawdown", "total_return"]) expect(value(found, name)).toBe(first.metrics[name]);
    expect(found.drawdowns[0]?.depth).toBeCloseTo(first.metrics["max_drawdown"] as number, 12);
    const growth = found.months.reduce((so, { total }) => so * (1 + total), 1);
    expect(growth - 1).toBeCloseTo(first.metrics["total_return"] as number, 9);
    expect(found.costs.fees).toBe(first.backtest?.fees);
    expect(found.costs.years.reduce((sum, { fees }) => sum + fees, 0)).toBeCloseTo(found.costs.fees, 6);
    expect(found.trades).toHaveLength(first.backtest?.trades ?? 0);
    expect(found.series.equity).toHaveLength(found.series.times.length + 1);
    const [price] = found.series.prices;
    expect(price).toMatchObject({ symbol: "SPX" });
    expect(price?.closes).toHaveLength(found.series.times.length);
    // The S&P 500 on 17 April 2020.
    expect(price?.closes.at(-1)).toBeCloseTo(2874.56, 2);
    expect(found.decision.gates.map(({ comparisons }) => comparisons)).toEqual([
      [expect.objectContaining({ metric: "num_trades", operator: ">=", bound: 10, holds: true })],
      [expect.objectContaining({ metric: "max_drawdown", operator: "<=", bound: 0.4, holds: true })],
    ]);
  });

  test("takes a strategy's name and a version for their newest evaluation", async () => {
    const newest = second.provenance?.evalKey;
    expect((await report(project, "sma-cross")).evalKey).toBe(newest);
    expect((await report(project, second.provenance?.version ?? "", "--world", "sp500-trend")).evalKey).toBe(newest);
  });

  test("prints what a person looks for first", async () => {
    const { code, stdout } = await project.qmtl("report", "sma-cross");
    expect(code).toBe(0);
    for (const part of [
      "sma-cross in world sp500-trend: selected",
      "Monthly returns",
      "Worst drawdowns",
      "Costs",
      "Gates",
      "to spare",
      "next: qmtl report",
    ])
      expect(stdout).toContain(part);
    expect(stdout).toMatch(/^2019( +-?\d+\.\d){13}$/m);
    expect(stdout).not.toMatch(/-0\.0\b|NaN|undefined|\d\.\d{9,}/);
  });

  test("writes the same bytes for the same run, in this project and in another", async () => {
    const write = async (of: TestProject, file: string): Promise<string> => {
      const { code, stdout } = await of.qmtl("report", first.provenance?.evalKey ?? "", "--html", file);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^wrote .*\.html \(\d+ kB\)/) });
      return of.read(file);
    };
    const page = await write(project, "one.html");
    expect(await write(project, "two.html")).toBe(page);
    const elsewhere = makeProject();
    await elsewhere.submit("strategies/sma-cross.ts");
    await elsewhere.submit("strategies/sma-cross.ts", "--param", "fast=20");
    expect(await write(elsewhere, "three.html")).toBe(page);
    expect(page).toContain("<h1>sma-cross");
  });

  test("keeps what it wrote to itself with --json", async () => {
    const { code, stdout } = await project.qmtl("report", "sma-cross", "--html", "report.html", "--json");
    expect({ code, printed: JSON.parse(stdout) }).toEqual({
      code: 0,
      printed: {
        file: "report.html",
        bytes: Buffer.byteLength(project.read("report.html")),
        strategy: "sma-cross",
        world: "sp500-trend",
        evalKey: second.provenance?.evalKey,
      },
    });
  });

  test("names what there is when nothing fits", async () => {
    const found = await refusal(project, "momentum");
    expect(found).toMatchObject({ exit: 2, code: "report.unknown-run", message: 'There is no run "momentum"' });
    expect(found.details.map(({ place }) => place)).toEqual(
      Array.from({ length: 2 }, () => ({ world: "sp500-trend", strategy: "sma-cross" })),
    );
    expect(await refusal(project, "sma-cross", "--world", "other")).toMatchObject({
      exit: 2,
      code: "report.unknown-run",
      next: expect.stringContaining("Nothing was submitted yet"),
    });
    expect(await refusal(project, "sma-cross", "--world", "nowhere")).toMatchObject({ exit: 2, code: "world.unknown" });
  });

  test("says which folder is missing", async () => {
    expect(await refusal(project, "sma-cross", "--html", "no/such/report.html")).toMatchObject({
      exit: 2,
      code: "report.unwritable",
      message: "no/such/report.html can't be written: its folder is not there",
    });
    expect(await refusal(project, "sma-cross", "--html", "strategies")).toMatchObject({
      exit: 2,
      message: "strategies can't be written: it is a folder",
    });
  });

  test("shows a strategy that a gate turned away, with the distance", async () => {
    project.write("strategies/rival.ts", strategyText({ name: "rival", compute: "() => ({ weight: 1 })" }));
    await project.submit("strategies/rival.ts");
    const { code, stdout } = await project.qmtl("report", "rival");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trades +failed +num_trades >= 10 +0 +10 short$/m);
  });

  test("asks which world where several have such a run, and hides no run behind a world that is broken", async () => {
    const shared = makeProject({
      "worlds/other.yml": worldText({ id: "other" }).replace("percent: 0.0002", "percent: 0.001"),
      "worlds/broken.yml": "id: broken\n",
    });
    await shared.submit("strategies/sma-cross.ts");
    expect((await report(shared, "sma-cross")).world).toBe("sp500-trend");
    const unknown = await refusal(shared, "nothing");
    expect(JSON.stringify(unknown.details)).toContain('world \\"broken\\" could not be read');
    await shared.submit("strategies/sma-cross.ts", "--world", "other");
    expect(await refusal(shared, "sma-cross")).toMatchObject({
      exit: 2,
      code: "report.ambiguous-run",
      next: expect.stringMatching(/^Say which world: --world (other|sp500-trend)\.$/),
    });
    expect((await report(shared, "sma-cross", "--world", "other")).world).toBe("other");
  });
});

test("a run whose stored object is gone is said to be, and is there again after a submission", async () => {
  const project = makeProject();
  await project.submit("strategies/sma-cross.ts");
  const bodies = (await project.journal()).map(({ body }) => body as { readonly objects?: { readonly run: string } });
  const digest = bodies.find(({ objects }) => objects !== undefined)?.objects?.run ?? "";
  rmSync(join(project.root, ".qmtl/objects", digest.slice(0, 2), digest));
  expect(await refusal(project, "sma-cross")).toMatchObject({
    exit: 3,
    code: "runner.lost-run",
    next: "Submit sma-cross again: it is computed anew.",
  });
  await project.submit("strategies/sma-cross.ts");
  expect((await report(project, "sma-cross")).strategy).toBe("sma-cross");
});
