import { createInterface } from "node:readline";
import type { RunEvent } from "@qmtl/core";
import { makeProject, type Ran, type Started, strategyText, type TestProject } from "../project.test.kit.ts";

/** A world that follows the sample bars, lets strategies trade on paper, and never finds its data too old. */
export function paperWorld(of: {
  readonly id: string;
  readonly preset?: string;
  readonly more?: string;
  readonly gate?: string;
}): string {
  const { id, gate = "max_drawdown <= 1.0", more = "" } = of;
  const preset =
    of.preset ??
    `{ id: daily, preset: samples.sp500, interval: 1d, calendar: XNYS, gaps: mark,
        universe: { symbols: [{ id: SPX, tags: [us-index], currency: USD, lot: 0.0001, tick: 0.01 }] } }`;
  return `id: ${id}
follow: { max_lag: 36500d }
account: { equity: 1000000, currency: USD }
data:
  presets:
    - ${preset}
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} }, fill: next-open }
policy:
  gates: { only: "${gate}" }
  score: "total_return"
  top_k: { total: 3 }
  hysteresis: { enter: -100.0, exit: -100.0, promote_after: 1, demote_after: 1, min_dwell: 1 }
allocator: { use: equal }
max_mode: paper
${more}`;
}

/** A project with a paper world and strategies that were submitted to it. */
export async function paperProject(
  files: Readonly<Record<string, string>>,
  submit: readonly string[],
  world = "paper",
): Promise<TestProject> {
  const project = makeProject({ "worlds/paper.yml": paperWorld({ id: "paper" }), ...files });
  for (const file of submit) {
    const { result, stderr } = await project.submit(file, "--world", world);
    if (result.status !== "active") throw new Error(`${file} is ${result.status}: ${result.reason ?? stderr}`);
  }
  return project;
}

export const crossText = (name: string, compute?: string): string =>
  strategyText({ name, ...(compute !== undefined && { compute }) });

/** A `qmtl run --json` under way. */
export interface Runner extends Started {
  readonly events: readonly RunEvent[];
  /** The first event that fits, of those that were told and those to come. */
  seen(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  /** The lines of its `/metrics`; it has to be started with `--metrics-port 0`. */
  metrics(): Promise<readonly string[]>;
}

/** A runner that says nothing for so long hangs. */
const PATIENCE_MS = 60_000;

const running = new Set<Runner>();

export function startRunner(project: TestProject, file: string, ...args: readonly string[]): Runner {
  const started = project.start(["run", file, "--json", ...args]);
  const events: RunEvent[] = [];
  let told = (): void => {};
  let url: string | undefined;
  createInterface({ input: started.process.stderr! }).on("line", (line) => {
    url ??= /^metrics: (.+)$/.exec(line)?.[1];
  });
  const lines = createInterface({ input: started.process.stdout! });
  lines.on("line", (line) => {
    events.push(JSON.parse(line) as RunEvent);
    told();
  });
  let over: Ran | undefined;
  const ended = started.ended.then((ran) => {
    over = ran;
    running.delete(runner);
    told();
    return ran;
  });
  const runner: Runner = {
    process: started.process,
    ended,
    events,
    async metrics() {
      if (url === undefined) throw new Error("The runner has named no address of its metrics");
      return (await (await fetch(url)).text()).split("\n");
    },
    async seen(fits) {
      for (let at = 0; ; ) {
        for (; at < events.length; at++) if (fits(events[at]!)) return events[at]!;
        if (over !== undefined) throw new Error(`The runner ended (${over.code}): ${over.stderr}`);
        await new Promise<void>((resolve, reject) => {
          const patience = setTimeout(
            () => reject(new Error(`Nothing fits of ${JSON.stringify(events.slice(-3))}`)),
            PATIENCE_MS,
          );
          told = () => {
            clearTimeout(patience);
            resolve();
          };
        });
      }
    },
  };
  running.add(runner);
  return runner;
}

/** Ends what a test left behind: its own processes, by their ids. */
export async function endRunners(): Promise<void> {
  for (const runner of [...running]) {
    runner.process.kill("SIGKILL");
    await runner.ended;
  }
}

export const isBars = (event: RunEvent): event is Extract<RunEvent, { kind: "bars" }> => event.kind === "bars";
export const isOpen = (event: RunEvent): boolean => event.kind === "gate" && event.gate === "open";
