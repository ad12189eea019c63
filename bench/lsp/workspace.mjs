import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));
const qmtl = fileURLToPath(new URL("../../packages/cli/bin/qmtl.js", import.meta.url));

/**
 * A project of `qmtl init` with so many strategies more, each about a hundred lines long, in folders of fifty; every tenth shares a module with the
 * others of its folder. The same on every machine.
 */
export function generateWorkspace(strategies) {
  const folder = mkdtempSync(join(tmpdir(), "qmtl-lsp-bench-"));
  const { status, stderr } = spawnSync(process.execPath, [qmtl, "init", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`qmtl init ended with ${status}: ${stderr}`);
  symlinkSync(packages, join(folder, "node_modules"));
  const write = (path, text) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const files = [];
  for (let i = 0; i < strategies; i++) {
    const team = `strategies/team-${Math.floor(i / 50)}`;
    if (i % 50 === 0) write(`${team}/shared.ts`, SHARED);
    const path = `${team}/strategy-${i}.ts`;
    write(path, strategyText(i));
    files.push(path);
  }
  return { folder, files };
}

const SHARED = `import { f64 } from "@qmtl/core/schema";

/** Bars of a month. */
export const MONTH = 21;
export const SCORE = f64;

export function clamp(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
`;

function strategyText(i) {
  const factors = Array.from({ length: 6 }, (_, k) => factorText(i, k)).join("");
  return `import { bollinger, ema, returns, rsi, sma, stddev } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
import { clamp, MONTH, SCORE } from "./shared.ts";

/** Number ${i}: six factors, weighted and cut. */
export default strategy({
  name: "strategy-${i}",
  params: {
    fast: param.int(${5 + (i % 20)}, { min: 2, max: 100 }),
    slow: param.int(${60 + (i % 40)}, { min: 20, max: 200 }),
    cut: param.float(1.5, { min: 0.1, max: 4 }),
  },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const bands = bollinger(bars.close, 20, 2);
    const trend = node({
      name: "trend",
      inputs: { fast: ema(bars.close, params.fast), slow: sma(bars.close, params.slow), upper: bands.upper },
      output: { score: SCORE, stretched: SCORE },
      compute: ({ fast, slow, upper }) => {
        const score = (fast - slow) / slow;
        return { score, stretched: fast > upper ? 1 : 0 };
      },
    });
${factors}    const book = node({
      name: "book",
      inputs: {
        trend: trend.score,
${Array.from({ length: 6 }, (_, k) => `        factor${k}: factor${k}.score,\n`).join("")}        cut: params.cut,
      },
      output: { weight: fraction },
      compute: ({ trend, factor0, factor1, factor2, factor3, factor4, factor5, cut }) => {
        const sum = trend + factor0 + factor1 + factor2 + factor3 + factor4 + factor5;
        return { weight: clamp(sum / cut, 1) };
      },
    });
    return targetWeights(book.weight);
  },
});
`;
}

function factorText(i, k) {
  return `    const factor${k} = node({
      name: "factor-${k}",
      inputs: {
        strength: rsi(bars.close, ${7 + ((i + k) % 14)}),
        move: returns(bars.close, ${1 + k}),
        spread: stddev(bars.close, ${10 + k}),
        recent: window(bars.close, MONTH),
      },
      output: { score: SCORE },
      compute: ({ strength, move, spread, recent }) => {
        const tilt = (strength - 50) / 50;
        const drift = recent.newest - recent.oldest;
        if (spread <= 0) return { score: 0 };
        return { score: clamp(tilt + move + drift / spread, ${1 + (k % 3)}) };
      },
    });
`;
}
