import { closestName, INTERVALS, type IndicatorArgument } from "@qmtl/core/static";
import { type NodeFact, type Place, signatureOf, type Term } from "../../facts/index.ts";
import type { Fix } from "../finding.ts";
import { constants, labelOf, readsOf } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

const MOST_BARS = 10_000;

export const paramOutOfRange: Rule = {
  code: "W503",
  slug: "param-out-of-range",
  title: "A period, an interval, a lag or a bound is out of range",
  severity: "error",
  tier: 1,
  checkStrategy(context) {
    const { strategy } = context;
    for (const fact of strategy.nodes) {
      if (fact.kind === "stream" || fact.kind === "resample") checkInterval(context, fact.interval);
      checkNode(context, fact);
      for (const { read } of readsOf(fact))
        if (read.kind === "window" || read.kind === "window-panel")
          checkBars(context, read.bars, "The length of a window", 1);
    }
    const { result } = strategy;
    if (result.kind === "orders")
      for (const trade of [result.long, result.short])
        if (trade?.kind === "trade") checkBars(context, trade.expire, "expire", 1);
    checkParams(context);
  },
};

function checkNode(context: StrategyContext, fact: NodeFact): void {
  switch (fact.kind) {
    case "kernel":
    case "cross-kernel": {
      for (const argument of signatureOf(fact.builder)?.arguments ?? [])
        checkArgument(context, argument, fact.params, `"${argument.name}" of ${labelOf(fact)}`);
      return;
    }
    case "user":
      checkBars(context, fact.warmup, `The warmup of ${labelOf(fact)}`, 0);
      return;
    case "align":
      checkBars(context, fact.maxAge, "maxAge", 0);
      return;
    case "label":
      checkBars(
        context,
        fact.bars,
        `The horizon of ${fact.label === "triple-barrier" ? "tripleBarrier()" : "forwardReturn()"}`,
        1,
      );
      return;
  }
}

function checkArgument(
  context: StrategyContext,
  argument: IndicatorArgument,
  params: Readonly<Record<string, Term>>,
  what: string,
): void {
  const term = params[argument.name];
  if (term === undefined) return;
  if (argument.kind === "period") checkBars(context, term, what, argument.least);
  else if (argument.kind === "lag") checkLag(context, term, what);
  else if (argument.kind === "number") {
    const { least, most, above, notBelow } = argument;
    const { constant } = constants(context.strategy);
    const floor = notBelow === undefined ? undefined : constant(params[notBelow]);
    const value = constant(term);
    if (typeof value !== "number") return;
    if (least !== undefined && value < least)
      refuse(context, term, `${what} is ${value}`, `Use ${least} or more.`, least);
    else if (most !== undefined && value > most)
      refuse(context, term, `${what} is ${value}`, `Use ${most} or less.`, most);
    else if (above !== undefined && value <= above)
      refuse(context, term, `${what} is ${value}`, `Use a number above ${above}.`, undefined);
    else if (typeof floor === "number" && value < floor)
      refuse(
        context,
        term,
        `${what} is ${value}, below "${String(notBelow)}", which is ${floor}`,
        `Use ${floor} or more.`,
        floor,
      );
  }
}

/** A negative lag looks ahead, which another rule says. */
function checkLag(context: StrategyContext, term: Term, what: string): void {
  const value = constants(context.strategy).constant(term);
  if (typeof value === "number" && value >= 0) checkBars(context, term, what, 0);
}

function checkBars(context: StrategyContext, term: Term | undefined, what: string, least: number): void {
  const value = constants(context.strategy).constant(term);
  if (term === undefined || typeof value !== "number") return;
  if (Number.isInteger(value) && value >= least && value <= MOST_BARS) return;
  const clamped = Math.min(MOST_BARS, Math.max(least, Math.round(value)));
  const says = `${what} is ${value}, not a whole number of bars from ${least} to ${MOST_BARS.toLocaleString("en-US")}`;
  refuse(context, term, says, `Use ${clamped}.`, Number.isFinite(clamped) ? clamped : undefined);
}

function checkInterval(context: StrategyContext, term: Term): void {
  const value = constants(context.strategy).constant(term);
  if (value === undefined || (INTERVALS as readonly unknown[]).includes(value)) return;
  const meant = typeof value === "string" ? closestName(value, INTERVALS) : undefined;
  const at = context.placeOf(term.at);
  context.report({
    at,
    message: `${JSON.stringify(value)} is no interval; there are ${INTERVALS.join(", ")}`,
    next: meant === undefined ? `Use one of ${INTERVALS.join(", ")}.` : `Did you mean ${meant}?`,
    fixes: meant === undefined || term.kind !== "literal" ? [] : [fixTo(at, JSON.stringify(meant))],
  });
}

function checkParams(context: StrategyContext): void {
  const { params } = context.strategy;
  const { constant } = constants(context.strategy);
  if (params.kind !== "params") return;
  for (const param of params.params) {
    if (param.kind === "unknown") continue;
    const standard = constant(param.default);
    if (param.kind === "choice") {
      const words = param.of.kind === "list" ? param.of.items.map(constant) : [undefined];
      if (standard !== undefined && !words.includes(undefined) && !words.includes(standard))
        refuse(
          context,
          param.default,
          `The default of "${param.name}" is not among its choices`,
          `Use one of ${words.join(", ")}.`,
        );
      continue;
    }
    const [min, max, step] = [constant(param.min), constant(param.max), constant(param.step)];
    if (typeof min === "number" && typeof max === "number" && min > max)
      refuse(
        context,
        param.max,
        `The range of "${param.name}" ends at ${max}, before its start at ${min}`,
        "Give min <= max.",
      );
    else if (typeof standard === "number" && typeof min === "number" && typeof max === "number")
      if (standard < min || standard > max)
        refuse(
          context,
          param.default,
          `The default of "${param.name}" is ${standard}, outside of ${min} to ${max}`,
          "Choose one inside of the range, or widen the range.",
          Math.min(max, Math.max(min, standard)),
        );
    if (typeof step === "number" && step <= 0 && param.step !== undefined)
      refuse(context, param.step, `The step of "${param.name}" is ${step}`, "Use a step above 0.");
    if (param.kind === "int" && typeof standard === "number" && !Number.isInteger(standard))
      refuse(
        context,
        param.default,
        `The default of "${param.name}" is ${standard}, no whole number`,
        "Use a whole number.",
        Math.round(standard),
      );
  }
}

function refuse(context: StrategyContext, term: Term, message: string, next: string, clamped?: number): void {
  const at = context.placeOf(term.at);
  const isWritten = term.kind === "literal" || term.kind === "special";
  context.report({
    at,
    message,
    next,
    fixes: clamped === undefined || !isWritten ? [] : [fixTo(at, String(clamped))],
  });
}

function fixTo(place: Place, text: string): Fix {
  return { title: `Change to ${text}`, edits: [{ place, text }], isSafe: false };
}
