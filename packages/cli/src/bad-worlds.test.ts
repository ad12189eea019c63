import { describe, expect, test } from "vitest";
import { makeProject } from "./project.test.kit.ts";

const WORLD = "worlds/sp500-trend.yml";

interface Bad {
  readonly change: (world: string) => string;
  readonly args?: readonly string[];
  /** The rule of `qmtl check` where the text tells it; the rest is found out by the runner. */
  readonly code: string;
  /** `line:column sentence` of every mistake, in order. */
  readonly details?: readonly RegExp[];
  readonly message?: RegExp;
  readonly next?: RegExp;
}

const instead = (from: string, to: string) => (world: string) => {
  expect(world).toContain(from);
  return world.replace(from, to);
};

const CASES: Readonly<Record<string, Bad>> = {
  "is not there": {
    change: (world) => world,
    args: ["--world", "sp500-trnd"],
    code: "world.unknown",
    next: /There is sp500-trend/,
  },
  "calls itself something else": {
    change: instead("id: sp500-trend", "id: other"),
    code: "P701",
  },
  "is no YAML": {
    change: instead("min_dwell: 3 }", "min_dwell: 3"),
    code: "P701",
    details: [/^\d+:\d+ .*YAML/],
  },
  "has three mistakes": {
    change: (world) =>
      instead(
        "equity: 1000000,",
        "equity: -1,",
      )(
        instead(
          "fill: next-open",
          "fill: yesterday",
        )(instead("max_mode: compute-only", "max_mod: compute-only")(world)),
      ),
    code: "P701",
    details: [/^4:\d+ .*account\.equity/, /^14:\d+ .*next-open/, /^22:1 .*max_mod/],
  },
  "gates a metric that nobody gives": {
    change: instead('"num_trades >= 10.0"', '"num_tradse >= 10.0"'),
    code: "P701",
    details: [/^16:\d+ .*num_tradse.*num_trades/],
  },
  "scores by an expression that is none": {
    change: instead('"sharpe - 0.2 * ulcer_index"', '"sharpe -"'),
    code: "P701",
    details: [/^17:\d+ /],
  },
  "names an allocator that is not configured": {
    change: instead("use: equal", "use: best"),
    code: "P701",
    message: /allocator "best"/,
    next: /equal/,
  },
  "names a provider that is not configured": {
    change: instead("samples.sp500", "bloomberg.sp500"),
    code: "P701",
    message: /bloomberg/,
    next: /samples/,
  },
  "names a preset that its provider lacks": {
    change: instead("samples.sp500", "samples.sp5000"),
    code: "P701",
    next: /samples\.sp500/,
  },
  "names a symbol that its preset lacks": {
    change: instead("id: SPX", "id: SPY"),
    code: "P701",
    message: /SPY/,
    next: /SPX/,
  },
  "has another interval than its preset": {
    change: instead("interval: 1d", "interval: 1h"),
    code: "P701",
    message: /1h/,
    next: /1d/,
  },
  "does not declare the preset that was asked for": {
    change: (world) => world,
    args: ["--data-preset", "hourly"],
    code: "data.undeclared-preset",
    next: /daily/,
  },
  "wants more history than there is": {
    change: instead("min_history: 1000", "min_history: 100000"),
    code: "data.short-history",
    message: /5105/,
  },
};

describe("a world that", () => {
  for (const [what, { change, args = [], code, details = [], message = /./, next = /\w/ }] of Object.entries(CASES))
    test(what, async () => {
      const project = makeProject();
      const asMade = project.read(WORLD);
      project.write(WORLD, change(asMade));
      const { code: exitCode, stderr, error } = await project.submit("strategies/sma-cross.ts", ...args);
      expect({ exitCode, error }, `${stderr}${error?.message}`).toMatchObject({ exitCode: 2, error: { code } });
      expect(error.message).toMatch(message);
      expect(error.next).toMatch(next);
      const found = (error.details ?? (details.length > 0 ? [error] : [])).map(
        ({ place, message: sentence, next: advice }) => {
          expect(place?.file).toBe(WORLD);
          return `${place?.line}:${place?.column} ${sentence} ${advice}`;
        },
      );
      expect(found).toEqual(details.map((pattern) => expect.stringMatching(pattern)));
      // What people read names the same places.
      for (const { place } of error.details ?? [error])
        if (place?.line !== undefined) expect(stderr).toContain(`${WORLD}:${place?.line}:${place?.column}`);
      project.write(WORLD, asMade);
      expect(await project.journal()).toEqual([]);
    });
});
