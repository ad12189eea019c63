import type { RiskLimits } from "../backtest/risk-limits.ts";
import { parseInstant } from "../data/instant.ts";
import type { DataPreset, FxPreset } from "../data/preset.ts";
import type { Policy } from "../policy/policy.ts";
import { POLICY_PRESETS } from "../policy/presets.ts";
import { brokerageOf } from "./brokerage-file.ts";
import type { CampaignConfig, RealisedRules } from "./campaign/campaign.ts";
import type { PluginChoice, WorldConfig } from "./config.ts";
import { crossCheck } from "./cross-check.ts";
import { invalidWorld, type LocatedMistake, linesOf, locate, type Mistake } from "./mistake.ts";
import { type Placed, schemaMistakes, valueAt } from "./schema-mistakes.ts";
import { parseDuration, type WorldFile, worldFile } from "./world-file.ts";
import { offsetInSource, pathText, readYaml, type YamlDocument, type YamlPath } from "./yaml-document.ts";

export interface WorldText {
  /** For messages. */
  readonly file: string;
  readonly text: string;
  /** Compiles gates and the score; without it they are taken as they are. */
  readonly checkExpression?: CheckExpression;
}

export interface PolicyExpression {
  readonly kind: "gate" | "score";
  /** Of the gate. */
  readonly name?: string;
  readonly text: string;
}

export interface ExpressionProblem {
  readonly message: string;
  /** In the expression's text, UTF-16 code units from 0. */
  readonly offset: number;
  readonly length?: number;
  readonly next?: string;
}

export type CheckExpression = (expression: PolicyExpression) => readonly ExpressionProblem[];

/** 1-based lines and columns; the end is exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where each entry of the file stands, by its path: `data.presets[0].interval`. */
export type WorldPositions = Readonly<Record<string, { readonly key?: TextRange; readonly value: TextRange }>>;

export interface ParsedWorld {
  readonly config: WorldConfig;
  readonly positions: WorldPositions;
  /**
   * Compiles gates and the score of the text that was read, once it is known what metrics there are.
   *
   * @throws `world.invalid`
   */
  checkExpressions(check: CheckExpression): void;
}

export interface CheckedWorld {
  /** Every mistake, in the order of the text. Unreadable YAML has only its own mistakes. */
  readonly mistakes: readonly LocatedMistake[];
  /** Present when there is no mistake. */
  readonly config?: WorldConfig;
  /** What was written, as plain data; absent when the text is no YAML. */
  readonly value?: unknown;
  readonly positions: WorldPositions;
}

/**
 * A world from the text of its file.
 *
 * @throws `world.invalid`, whose details are every mistake of the file with its line and column
 */
export function parseWorld(input: WorldText): ParsedWorld {
  const document = readYaml(input.text);
  const { mistakes, config, positions } = checkDocument(document, input);
  if (config === undefined) throw invalidWorld(input.file, mistakes);
  const checkExpressions = (check: CheckExpression): void => {
    const found = expressionMistakes(document, input.text, check);
    if (found.length > 0) throw invalidWorld(input.file, locate(found, linesOf(input.text)));
  };
  return { config, positions, checkExpressions };
}

/** The same for an editor: never throws, and says what it could read. */
export function checkWorld(input: WorldText): CheckedWorld {
  return checkDocument(readYaml(input.text), input);
}

function checkDocument(document: YamlDocument, { text, checkExpression }: WorldText): CheckedWorld {
  const lines = linesOf(text);
  const rangeOf = ({ from, to }: { readonly from: number; readonly to: number }): TextRange => {
    const end = lines.at(to);
    return { ...lines.at(from), endLine: end.line, endColumn: end.column };
  };
  const positions = Object.fromEntries(
    [...document.entries].map(([path, { key, value }]) => [
      path,
      { ...(key && { key: rangeOf(key) }), value: rangeOf(value) },
    ]),
  );
  if (document.value === undefined) return { mistakes: locate(document.mistakes, lines), positions };
  const known = new Set(document.mistakes.map(({ path }) => path));
  const mistakes = [
    ...document.mistakes,
    ...schemaMistakes(worldFile, document).filter(({ path }) => !known.has(path)),
    ...crossCheck(document),
    ...(checkExpression === undefined ? [] : expressionMistakes(document, text, checkExpression)),
  ];
  const read = { value: document.value, positions };
  if (mistakes.length > 0) return { ...read, mistakes: locate(mistakes, lines) };
  return { ...read, mistakes: [], config: configOf(worldFile.parse(document.value)) };
}

function expressionMistakes(document: Placed, text: string, check: CheckExpression): readonly Mistake[] {
  const gates = valueAt(document.value, ["policy", "gates"]);
  const expressions: { readonly kind: "gate" | "score"; readonly name?: string; readonly path: YamlPath }[] = [];
  if (typeof gates === "object" && gates !== null && !Array.isArray(gates))
    for (const name of Object.keys(gates)) expressions.push({ kind: "gate", name, path: ["policy", "gates", name] });
  expressions.push({ kind: "score", path: ["policy", "score"] });
  return expressions.flatMap(({ path, ...expression }) => {
    const value = valueAt(document.value, path);
    const entry = document.entries.get(pathText(path));
    if (typeof value !== "string" || value.trim() === "" || entry === undefined) return [];
    const source = text.slice(entry.value.from, entry.value.to);
    const lead = value.length - value.trimStart().length;
    return check({ ...expression, text: value.trim() }).map((problem): Mistake => {
      const start = lead + problem.offset;
      const from = entry.value.from + offsetInSource(source, value, start);
      const to = entry.value.from + offsetInSource(source, value, start + (problem.length ?? 1));
      return {
        code: "world.expression",
        message: `\`${pathText(path)}\`: ${problem.message}`,
        path: pathText(path),
        from,
        to: Math.max(from, to),
        next: problem.next ?? "Correct the expression.",
      };
    });
  });
}

function configOf(file: WorldFile): WorldConfig {
  const maxLag = file.follow === undefined ? undefined : parseDuration(file.follow.max_lag);
  const knowledge: WorldConfig["knowledge"] =
    maxLag === undefined ? { kind: "pinned", asOf: parseInstant(file.as_of) } : { kind: "following", maxLag };
  return {
    id: file.id,
    knowledge,
    account: file.account,
    presets: file.data.presets.map(presetOf),
    ...(file.data.fx !== undefined && { fx: file.data.fx.map((one) => fxOf(one, file.account.currency)) }),
    brokerage: brokerageOf(file.brokerage),
    policy: policyOf(file.policy, maxLag),
    evaluators: file.evaluators as readonly PluginChoice[],
    allocator: file.allocator as PluginChoice,
    ...(file.risk !== undefined && { risk: riskOf(file.risk) }),
    maxMode: file.max_mode ?? (knowledge.kind === "pinned" ? "compute-only" : "paper"),
    allowLive: file.allow_live,
    apply: file.apply,
    campaign: campaignOf(file.campaign),
    runners: {
      gateTtl: required(parseDuration(file.runners.gate_ttl)),
      freezeTimeout: file.runners.freeze_timeout_ms,
    },
    edges: { openAfterApply: file.edges.open_after_apply },
  };
}

function campaignOf(file: WorldFile["campaign"]): CampaignConfig {
  const { backtest, paper, live, bounds, canary, cooldown } = file;
  return {
    backtest: { minSamples: backtest.min_samples },
    paper: realisedOf(paper),
    live: realisedOf(live),
    bounds: {
      minRatio: bounds.min_ratio,
      maxShortfall: bounds.max_shortfall,
      ...(bounds.max_drawdown !== undefined && { maxDrawdown: bounds.max_drawdown }),
    },
    promoteAfter: file.promote_after,
    demoteAfter: file.demote_after,
    minDwell: file.min_dwell,
    cooldown: cooldown === undefined ? 0 : required(parseDuration(cooldown)),
    ...(canary !== undefined && { canary }),
  };
}

function realisedOf({ window, min_samples, slots }: WorldFile["campaign"]["paper"]): RealisedRules {
  return { window, minSamples: min_samples, ...(slots !== undefined && { slots }) };
}

function riskOf({ position_value, ...limits }: NonNullable<WorldFile["risk"]>): RiskLimits {
  const given = { ...limits, ...(position_value !== undefined && { positionValue: position_value }) };
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined));
}

function fxOf(
  { currency, column, symbol, ...series }: NonNullable<WorldFile["data"]["fx"]>[number],
  account: string,
): FxPreset {
  const universe = { symbols: [{ id: symbol, tags: [], currency: account }] };
  return { currency, column, series: { id: `fx.${currency}`, ...series, universe } };
}

function presetOf({ universe, window, ...preset }: WorldFile["data"]["presets"][number]): DataPreset {
  return {
    ...preset,
    universe: {
      symbols: universe.symbols.map(({ lot, tick, shortable, borrow_rate, ...symbol }) => ({
        ...symbol,
        ...(lot !== undefined && { lot }),
        ...(tick !== undefined && { tick }),
        ...(shortable !== undefined && { shortable }),
        ...(borrow_rate !== undefined && { borrow_rate }),
      })),
    },
    ...(window !== undefined && {
      window: {
        ...(window.warmup_bars !== undefined && { warmup_bars: window.warmup_bars }),
        ...(window.min_history !== undefined && { min_history: window.min_history }),
      },
    }),
  };
}

const MIN_PERIODS = 20;

/**
 * The file's policy over its preset's: gates join by name (the file's win), numbers replace one by one. Without a preset a gate
 * list may be empty, and `promote_after`, `demote_after` are 1, `min_dwell` is 0, `min_periods` is 20.
 */
function policyOf(file: WorldFile["policy"], maxLag: number | undefined): Policy {
  const preset: Policy | undefined = file.preset === undefined ? undefined : POLICY_PRESETS[file.preset];
  const { enter, exit, promote_after, demote_after, min_dwell } = file.hysteresis ?? {};
  const correlation = file.constraints?.correlation;
  return {
    gates: { ...preset?.gates, ...trimmed(file.gates ?? {}) },
    score: file.score?.trim() ?? required(preset?.score),
    constraints: {
      ...preset?.constraints,
      ...(correlation !== undefined && { correlation: { maxPairwise: correlation.max_pairwise } }),
    },
    topK: { total: file.top_k?.total ?? required(preset?.topK.total) },
    hysteresis: {
      enter: enter ?? required(preset?.hysteresis.enter),
      exit: exit ?? required(preset?.hysteresis.exit),
      promoteAfter: promote_after ?? preset?.hysteresis.promoteAfter ?? 1,
      demoteAfter: demote_after ?? preset?.hysteresis.demoteAfter ?? 1,
      minDwell: min_dwell ?? preset?.hysteresis.minDwell ?? 0,
    },
    minPeriods: file.min_periods ?? preset?.minPeriods ?? MIN_PERIODS,
    ...(maxLag !== undefined && { maxLag }),
  };
}

function trimmed(gates: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(gates).map(([name, text]) => [name, text.trim()]));
}

/** The cross-check has refused a policy that lacks it. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a policy without a preset reached its conversion incomplete");
  return value;
}
