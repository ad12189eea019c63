/** A strategy around the lines of its graph, which ends in `held.weight`. */
export function strategyText(name: string, graph: string, { imports = "", schema = "fraction, ohlcv" } = {}): string {
  return `import { type Decision, node, strategy, stream, targetWeights${imports} } from "@qmtl/core/strategy";
import { ${schema} } from "@qmtl/core/schema";

export default strategy({
  name: "${name}",
  graph(): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
${graph
  .trim()
  .split("\n")
  .map((text) => `    ${text}`)
  .join("\n")}
    return targetWeights(held.weight);
  },
});
`;
}

const held = (inputs: string, compute: string, more = "") => `
const held = node({
  name: "held",
  inputs: { ${inputs} },
  output: { weight: fraction },${more}
  compute: ${compute},
});`;

/** One file for each family of findings, and what becomes of its line once it is fixed. */
export interface Flaw {
  readonly code: string;
  readonly file: string;
  readonly text: string;
  /** Where the finding is: the caret goes there. */
  readonly at: string;
  readonly fix: string;
  /** What stands there afterwards. */
  readonly fixed: string;
}

export const FLAWS: readonly Flaw[] = [
  {
    code: "D110",
    file: "strategies/d-domain.ts",
    text: strategyText(
      "d-domain",
      held(
        "close: bars.close",
        "({ close }) => ({ weight: close > 0 ? 1 : 0 })",
        '\n  domains: ["backtest", "paper"],',
      ),
    ),
    at: '"paper"',
    fix: 'Change to "dryrun"',
    fixed: 'domains: ["backtest", "dryrun"]',
  },
  {
    code: "C405",
    file: "strategies/c-causality.ts",
    text: strategyText(
      "c-causality",
      held(
        "recent: window(bars.close, 5)",
        "({ recent }) => ({ weight: Number(recent.sort()[2]) > recent.newest ? 1 : 0 })",
      ),
      { imports: ", window" },
    ),
    at: "recent.sort",
    fix: "Change a copy",
    fixed: "recent.copy().sort()[2]",
  },
  {
    code: "S208",
    file: "strategies/s-schema.ts",
    text: strategyText(
      "s-schema",
      held("time: barTime(bars)", "({ time }) => ({ weight: Math.floor(time / 86_400_000) % 7 === 0 ? 1 : 0 })"),
      { imports: ", barTime" },
    ),
    at: "86_400_000",
    fix: "Change to 86400",
    fixed: "Math.floor(time / 86400)",
  },
  {
    code: "W501",
    file: "strategies/w-window.ts",
    text: strategyText(
      "w-window",
      held("recent: window(bars.close, 20)", "({ recent }) => ({ weight: recent.newest > recent.at(-50) ? 1 : 0 })"),
      { imports: ", window" },
    ),
    at: "-50",
    fix: "Widen the window to 50",
    fixed: "window(bars.close, 50)",
  },
  {
    code: "G302",
    file: "strategies/g-graph.ts",
    text: strategyText(
      "g-graph",
      `const unread = resample(bars, "1w");\n${held("close: bars.close", "({ close }) => ({ weight: close > 0 ? 1 : 0 })").trim()}`,
      { imports: ", resample" },
    ),
    at: "unread",
    fix: "Remove unread",
    fixed: 'interval: "1d" });\n    const held',
  },
  {
    code: "N601",
    file: "strategies/n-names.ts",
    text: strategyText(
      "n-names",
      `${held("close: bars.close", "({ close }) => ({ weight: close > 0 ? 1 : 0 })").replace("const held", "const first").trim()}
${held("weight: first.weight", "({ weight }) => ({ weight })").trim()}`,
    ),
    at: '"held",\n      inputs: { weight',
    fix: "Rename to held-2",
    fixed: 'name: "held-2"',
  },
];

/** A world whose gate names no metric; the fix knows what was meant. */
export const MISTAKEN_WORLD = {
  file: "worlds/mistaken.yml",
  at: "max_drawdwn",
  fix: "Change to max_drawdown",
  fixed: "max_drawdown <= 0.4",
} as const;

/** TypeScript reports it; the fix is ours. */
export const MISSPELT_COLUMN: Flaw = {
  code: "S201",
  file: "strategies/s-types.ts",
  text: strategyText("s-types", held("close: bars.clsoe", "({ close }) => ({ weight: close > 0 ? 1 : 0 })")),
  at: "clsoe",
  fix: "Change to close",
  fixed: "close: bars.close",
};
