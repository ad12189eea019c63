import { beforeAll, expect, test } from "vitest";
import { configText, makeProject, type TestProject } from "./project.test.kit.ts";

const FIRST = Date.parse("2022-01-01T00:00:00Z");

/** A day of the index, as its feed appends it: waves around a slow rise. */
function row(day: number): string {
  const close = (100 + day / 20 + 10 * Math.sin(day / 12)).toFixed(2);
  return `${new Date(FIRST + day * 86_400_000).toISOString()},${close},${close},${close},${close},1000`;
}

let project: TestProject;
beforeAll(async () => {
  project = makeProject({
    "qmtl.config.ts": configText({
      plugins: [
        `use(dataFiles, { presets: { daily: { path: "bars.csv", symbol: "SPX", format: "csv", stamp: "end", time: { column: "time" }, interval: "1d", calendar: "24x7", grows: true } } })`,
        "use(evaluatorStandard)",
        "use(allocatorEqual)",
        "use(storageSqlite)",
      ],
    }),
    "bars.csv": ["time,open,high,low,close,volume", ...Array.from({ length: 1500 }, (_, day) => row(day)), ""].join(
      "\n",
    ),
  });
  const text = project.read("worlds/sp500-trend.yml");
  project.write(
    "worlds/going-live.yml",
    `${text
      .replace("id: sp500-trend", "id: going-live")
      .replace("preset: samples.sp500", "preset: files.daily")
      .replace("calendar: XNYS", "calendar: 24x7")
      .replace("as_of: 2020-04-17", "follow: { max_lag: 36400d }")
      .replace("max_mode: compute-only", "max_mode: live\nallow_live: true")
      .replace("max_drawdown <= 0.4", "max_drawdown <= 1.0")
      .replace("enter: 0.2, exit: 0.1", "enter: -100, exit: -200")}
campaign: { paper: { min_samples: 5 }, canary: { scale: 0.5, periods: 10 } }
`,
  );
  const { result } = await project.submit("strategies/sma-cross.ts", "--world", "going-live");
  expect(result).toMatchObject({ status: "active", mode: "paper", domain: "dryrun" });
});

async function json(...args: readonly string[]) {
  const { code, stdout } = await project.qmtl(...args, "--json");
  return { code, printed: JSON.parse(stdout) };
}

test("a tick judges in a process of its own, plans what it would do, and says nothing twice", async () => {
  const { code, printed } = await json("world", "tick", "going-live", "--plan");
  expect(code).toBe(0);
  expect(printed).toMatchObject({
    schema: "qmtl.tick/1",
    planned: true,
    committed: false,
    apply: "applied",
    strategies: [
      {
        strategy: "sma-cross",
        from: "paper",
        to: "paper",
        policy: "selected",
        mode: "paper",
        hold: null,
      },
    ],
  });
  const before = (await project.journal("going-live")).length;
  expect((await json("world", "tick", "going-live")).printed).toEqual({ ...printed, planned: false });
  expect(await project.journal("going-live")).toHaveLength(before);
  const { stdout } = await project.qmtl("world", "tick", "going-live");
  expect(stdout).toMatch(/^World going-live, period .*: nothing is new, activation applied/);
  expect(stdout).toContain("sma-cross");
});

test("nobody goes live without evidence, an actor and a comment", async () => {
  const ruling = ["--actor", "kim", "--comment", "looks fine"];
  const early = await json("world", "approve", "going-live", "sma-cross", ...ruling);
  expect(early).toMatchObject({ code: 2, printed: { error: { code: "world.nothing-to-approve" } } });
  const rejected = await json("world", "reject", "going-live", "sma-cross", ...ruling);
  expect(rejected).toMatchObject({ code: 2, printed: { error: { code: "world.nothing-to-reject" } } });
  const silent = await json("world", "approve", "going-live", "sma-cross", "--actor", "kim");
  expect(silent).toMatchObject({ code: 2, printed: { error: { code: "cli.usage" } } });
  expect((await project.qmtl("world", "status", "going-live")).stdout).toMatch(/sma-cross .* paper +paper /);
});
