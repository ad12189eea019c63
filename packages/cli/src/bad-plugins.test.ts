import { describe, expect, test } from "vitest";
import { configText, makeProject } from "./project.test.kit.ts";

const STANDARD = ["use(dataSamples)", "use(evaluatorStandard)", "use(allocatorEqual)", "use(storageSqlite)"];

interface Bad {
  /** The module `plugins/odd.ts`; it is listed behind the standard plugins. */
  readonly odd?: string;
  readonly config?: string;
  /** Changes to the world, text for text. */
  readonly world?: readonly (readonly [from: string, to: string])[];
  readonly exit: 2 | 3;
  readonly code: string;
  readonly message?: RegExp;
  readonly place?: Readonly<Record<string, unknown>>;
}

const plugin = (kind: string, fields: string, instance: string): string =>
  `import { definePlugin, emptyConfig } from "@qmtl/core/plugin";
import { ohlcv } from "@qmtl/core/schema";
${instance}
export default definePlugin({
  kind: "${kind}", name: "odd-plugin", version: "1.2.3", api: 1, use: "odd", description: "Made for a test", config: emptyConfig,
  ${fields}
} as never);
`;

const evaluator = (evaluate: string): Pick<Bad, "odd" | "world" | "place"> => ({
  odd: plugin(
    "evaluator",
    `setup: () => ({ metrics: [{ name: "oddity", formula: "none", unit: "ratio", better: "higher" }], evaluate })`,
    `const evaluate = (input: any): any => { ${evaluate} };`,
  ),
  world: [["allocator:", "evaluators: [{ use: standard }, { use: odd }]\nallocator:"]],
  place: { plugin: "odd-plugin", method: "evaluate" },
});

const allocator = (shares: string): Pick<Bad, "odd" | "world" | "place"> => ({
  odd: plugin("allocator", `setup: () => ({ allocate: ({ candidates }: any) => ${shares} })`, ""),
  world: [["use: equal", "use: odd"]],
  place: { plugin: "odd-plugin", method: "allocate" },
});

const provider = (read: string): Pick<Bad, "odd" | "world" | "place"> => ({
  odd: plugin(
    "data-provider",
    `setup: () => ({
      supports: { live: false, pointInTime: false },
      presets: () => [{ name: "days", description: "Days", schema: ohlcv, intervals: ["1d"], symbols: "any", stamp: "end", calendar: "24x7" }],
      coverage: async () => [],
      revision: async () => "1",
      read,
    })`,
    `const DAY = 86_400_000;
const batch = (from: number, rows: number, change = {}): any => {
  const ones = () => new Float64Array(rows).fill(1);
  const time = Float64Array.from({ length: rows }, (_, i) => (17_000 + from + i) * DAY);
  return { time, columns: { open: ones(), high: ones(), low: ones(), close: ones(), volume: ones(), ...change } };
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function* read(_query: unknown, { signal }: { signal: AbortSignal }) { ${read} }`,
  ),
  world: [
    ["preset: samples.sp500", "preset: odd.days"],
    ["calendar: XNYS", "calendar: 24x7"],
  ],
  place: { plugin: "odd-plugin", method: "read", symbol: "SPX" },
});

const RESULT = `{ metrics: { oddity: { kind: "value", value: 1 } }, checks: {} }`;

const CASES: Readonly<Record<string, Bad>> = {
  "an evaluator that never answers": {
    ...evaluator("for (;;);"),
    exit: 3,
    code: "isolation.deadline",
    message: /odd-plugin/,
  },
  "an evaluator that throws": {
    ...evaluator('throw new Error("no figures");'),
    exit: 3,
    code: "plugin.threw",
    message: /odd-plugin.*no figures/,
  },
  "an evaluator that gives NaN": {
    ...evaluator(`return { metrics: { oddity: { kind: "value", value: NaN } }, checks: {} };`),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /NaN for oddity/,
  },
  "an evaluator that misses its metric": {
    ...evaluator("return { metrics: {}, checks: {} };"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /oddity/,
  },
  "an evaluator that promises": {
    ...evaluator(`return Promise.resolve(${RESULT});`),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /promise/,
  },
  "an evaluator that changes its input": {
    ...evaluator(`input.trades.length = 0; return ${RESULT};`),
    exit: 3,
    code: "plugin.threw",
    message: /read only/,
  },
  "an evaluator that reads the clock": {
    ...evaluator(`return { metrics: { oddity: { kind: "value", value: Date.now() } }, checks: {} };`),
    exit: 3,
    code: "determinism.refused",
  },
  "an allocator that gives more than there is": {
    ...allocator("candidates.map(({ strategy }: any) => ({ strategy, share: 2 }))"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /share 2/,
  },
  "an allocator that gives less than nothing": {
    ...allocator("candidates.map(({ strategy }: any) => ({ strategy, share: -0.5 }))"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /-0\.5/,
  },
  "an allocator that gives NaN": {
    ...allocator("candidates.map(({ strategy }: any) => ({ strategy, share: 0 / 0 }))"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /NaN/,
  },
  "a provider that never answers": {
    ...provider("yield batch(0, 300); setInterval(() => {}, 1000); await new Promise(() => {});"),
    exit: 3,
    code: "plugin.deadline",
  },
  "a provider that answers after it was told to stop": {
    ...provider("signal.addEventListener('abort', () => {}); await wait(14_000); yield batch(0, 300);"),
    exit: 3,
    code: "plugin.deadline",
  },
  "a provider that throws in the middle": {
    ...provider("yield batch(0, 300); throw new Error('line cut');"),
    exit: 3,
    code: "plugin.threw",
    message: /line cut/,
  },
  "a provider with columns of unequal lengths": {
    ...provider("yield batch(0, 300, { close: new Float64Array(299) });"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /close has 299/,
  },
  "a provider without a column": {
    ...provider("yield batch(0, 300, { volume: undefined });"),
    exit: 3,
    code: "plugin.invalid-answer",
    message: /volume/,
  },
  "a plugin whose setup throws": {
    odd: plugin("allocator", `setup: () => { throw new Error("no start"); }`, ""),
    exit: 3,
    code: "plugin.threw",
    message: /odd-plugin.*no start/,
    place: { plugin: "odd-plugin", method: "setup" },
  },
  "a plugin of another api generation": {
    odd: plugin("allocator", "setup: () => ({ allocate: () => [] })", "").replace("api: 1", "api: 2"),
    exit: 2,
    code: "plugin.api-generation",
    place: { plugin: "odd-plugin" },
  },
  "a plugin that is listed twice": {
    config: configText({ plugins: [...STANDARD, "use(allocatorEqual)"] }),
    exit: 2,
    code: "plugin.duplicate-name",
    place: { plugin: "@qmtl/allocator-equal" },
  },
  "a plugin with a configuration that it does not know": {
    config: configText({ plugins: [...STANDARD.slice(0, 3), 'use(storageSqlite, { folder: "x" } as never)'] }),
    exit: 2,
    code: "plugin.invalid-config",
    message: /folder/,
    place: { plugin: "@qmtl/storage-sqlite" },
  },
  "no storage": {
    config: configText({ plugins: STANDARD.slice(0, 3) }),
    exit: 2,
    code: "runner.no-storage",
  },
  "no evaluator": {
    config: configText({ plugins: [STANDARD[0]!, STANDARD[2]!, STANDARD[3]!] }),
    exit: 2,
    code: "plugin.unknown-use",
    message: /standard/,
  },
  "a configuration with an unknown key": {
    config: configText({ more: "storages: 1," }),
    exit: 2,
    code: "project.config-invalid",
    message: /storages/,
    place: { file: "qmtl.config.ts" },
  },
  "a configuration that is no TypeScript": {
    config: "export default {",
    exit: 2,
    code: "project.config-broken",
    place: { file: "qmtl.config.ts", line: 1 },
  },
  "a configuration that throws": {
    config: 'throw new Error("not configured");\nexport default {};',
    exit: 2,
    code: "project.config-broken",
    message: /not configured/,
    place: { file: "qmtl.config.ts" },
  },
  "a configuration with a package that is not installed": {
    config: configText({ imports: { odd: "odd-package-that-is-not-there" } }).replace("export", "odd;\nexport"),
    exit: 2,
    code: "project.config-broken",
    message: /odd-package-that-is-not-there is not installed/,
  },
};

describe("a project with", () => {
  for (const [what, { odd, config, world = [], exit, code, message = /./, place = {} }] of Object.entries(CASES))
    test(what, async () => {
      const project = makeProject();
      const listed = configText({
        limits: { seconds: 12 },
        imports: { odd: "./plugins/odd.ts" },
        plugins: [...STANDARD, "use(odd)"],
      });
      if (odd !== undefined) project.write("plugins/odd.ts", odd);
      project.write("qmtl.config.ts", config ?? (odd === undefined ? configText({}) : listed));
      const asMade = project.read("worlds/sp500-trend.yml");
      const changed = world.reduce((text, [from, to]) => {
        expect(text).toContain(from);
        return text.replace(from, to);
      }, asMade);
      project.write("worlds/sp500-trend.yml", changed);

      const { code: exitCode, stderr, error } = await project.submit("strategies/sma-cross.ts");
      expect({ exitCode, error }, `${stderr}${error?.message}`).toMatchObject({ exitCode: exit, error: { code } });
      expect(error.place ?? {}).toMatchObject(place);
      expect(error.message).toMatch(message);
      expect(error.next).toMatch(/\w/);

      project.write("qmtl.config.ts", configText({}));
      project.write("worlds/sp500-trend.yml", asMade);
      expect(await project.journal()).toEqual([]);
    });
});
