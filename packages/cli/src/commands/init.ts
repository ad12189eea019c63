import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { QMTL_VERSION } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { EXIT } from "../terminal/error.ts";

export function initCommand(program: Command, register: Register): void {
  register(
    program.command("init <dir>").description("make a project that submits offline, on the bundled S&P 500 bars"),
    (_context, dir: string) => {
      const made = initProject(dir, QMTL_VERSION);
      return {
        exitCode: EXIT.fine,
        json: made,
        text: (c) =>
          [
            `${c.green("made")} ${made.folder}: ${made.files.join(", ")}`,
            "",
            ...(made.folder === "." ? [] : [`  cd ${made.folder}`]),
            "  npm install",
            "  npx qmtl submit strategies/sma-cross.ts --world sp500-trend",
          ].join("\n"),
      };
    },
  );
}

/** What a new project holds: file to text. It submits offline, on the bundled S&P 500 bars. */
function template(name: string, version: string): Readonly<Record<string, string>> {
  const packages = [
    "@qmtl/core",
    "@qmtl/cli",
    "@qmtl/allocator-equal",
    "@qmtl/data-files",
    "@qmtl/data-samples",
    "@qmtl/evaluator-standard",
    "@qmtl/storage-sqlite",
  ];
  return {
    "package.json": `${JSON.stringify(
      {
        name,
        private: true,
        type: "module",
        scripts: { submit: "qmtl submit strategies/sma-cross.ts --world sp500-trend" },
        dependencies: Object.fromEntries(packages.sort().map((dependency) => [dependency, version])),
        devDependencies: { typescript: "6.0.3" },
      },
      null,
      2,
    )}\n`,
    "tsconfig.json": `${JSON.stringify(
      {
        compilerOptions: {
          target: "ES2022",
          lib: ["ES2023"],
          module: "NodeNext",
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
          allowImportingTsExtensions: true,
          skipLibCheck: true,
        },
        include: ["qmtl.config.ts", "strategies"],
      },
      null,
      2,
    )}\n`,
    ".gitignore": "node_modules/\n.qmtl/\n",
    "qmtl.config.ts": `import allocatorEqual from "@qmtl/allocator-equal";
import { defineConfig, use } from "@qmtl/core/plugin";
import dataFiles from "@qmtl/data-files";
import dataSamples from "@qmtl/data-samples";
import evaluatorStandard from "@qmtl/evaluator-standard";
import storageSqlite from "@qmtl/storage-sqlite";

export default defineConfig({
  plugins: [
    use(dataSamples),
    // Your own CSV and Parquet files: name presets here, then use them in worlds as files.<name>.
    use(dataFiles, { presets: {} }),
    use(evaluatorStandard),
    use(allocatorEqual),
    use(storageSqlite),
  ],
});
`,
    "worlds/sp500-trend.yml": worldText({ id: "sp500-trend" }),
    "strategies/sma-cross.ts": `import { type Decision, node, param, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { sma } from "@qmtl/core/indicators";

/** Holds the index while the fast mean is above the slow one and the last month rose. */
export default strategy({
  name: "sma-cross",
  params: { fast: param.int(10, { min: 2, max: 200 }), slow: param.int(30, { min: 3, max: 400 }) },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const fast = sma(bars.close, params.fast);
    const slow = sma(bars.close, params.slow);
    const trend = node({
      name: "trend",
      inputs: { fast, slow, recent: window(bars.close, 20) },
      output: { weight: fraction },
      compute: ({ fast, slow, recent }) => ({ weight: fast > slow && recent.newest > recent.oldest ? 1 : 0 }),
    });
    return targetWeights(trend.weight);
  },
});
`,
    "README.md": `# ${name}

    npm install
    npx qmtl submit strategies/sma-cross.ts --world sp500-trend

A strategy is a graph in \`strategies/\`; a world in \`worlds/\` declares the data, the costs and the policy that judges it.
`,
  };
}

/** A world on the bundled S&P 500 bars. */
export function worldText({ id }: { readonly id: string }): string {
  return `# What strategies submitted here are judged on. Every field works or is refused.
id: ${id}
as_of: 2020-04-17
account: { equity: 1000000, currency: USD }
data:
  presets:
    - id: daily
      preset: samples.sp500
      interval: 1d
      calendar: XNYS
      universe: { symbols: [{ id: SPX, tags: [us-index], currency: USD, lot: 0.0001, tick: 0.01 }] }
      window: { warmup_bars: 400, min_history: 1000 }
      gaps: mark
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} }, fill: next-open }
policy:
  gates: { trades: "num_trades >= 10.0", drawdown: "max_drawdown <= 0.4" }
  score: "sharpe - 0.2 * ulcer_index"
  constraints: { correlation: { max_pairwise: 0.8 } }
  top_k: { total: 3 }
  hysteresis: { enter: 0.2, exit: 0.1, promote_after: 1, demote_after: 2, min_dwell: 3 }
allocator: { use: equal }
max_mode: compute-only
`;
}

/**
 * Writes a new project. Nothing is written when the folder holds anything already.
 *
 * @throws `init.not-empty`, `init.unwritable`
 */
export function initProject(
  folder: string,
  version: string,
): { readonly folder: string; readonly files: readonly string[] } {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new QmtlError({
      code: "init.not-empty",
      message: `${folder} is not empty`,
      next: "Name a new folder.",
    });
  const name =
    target
      .split(/[\\/]/)
      .at(-1)
      ?.toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-") || "strategies";
  const files = template(name, version);
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(target, file)), { recursive: true });
      writeFileSync(join(target, file), text, { flag: "wx" });
    }
  } catch (error) {
    throw new QmtlError({
      code: "init.unwritable",
      message: `${folder} can't be written: ${error instanceof Error ? error.message : String(error)}`,
      next: "Choose a folder that this user may write.",
      class: "failed",
      cause: error,
    });
  }
  return { folder: relative(process.cwd(), target) || ".", files: Object.keys(files).sort() };
}
