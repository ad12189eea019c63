import type { Interval } from "@qmtl/core/static";
import type { ModuleReading, NamedRead, Place, StrategyFacts } from "../../facts/index.ts";
import { importEdits } from "../edits.ts";
import { constants, isNodeRead, labelOf, readsOf, resultReads } from "../graph-reads.ts";
import type { Draft, Rule, StrategyContext } from "../rule.ts";

export const graphIntervalMismatch: Rule = {
  code: "G304",
  slug: "graph-interval-mismatch",
  title: "Inputs of different intervals are joined",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    const { strategy } = context;
    for (const fact of strategy.nodes) if (fact.kind !== "align") checkJoin(context, labelOf(fact), readsOf(fact));
    const { result } = strategy;
    if (result.kind !== "unknown")
      checkJoin(context, result.kind === "dataset" ? "the dataset" : `${result.kind}()`, resultReads(result));
  },
  checkTypes({ problems, reading, report }) {
    for (const problem of problems)
      if (problem.kind === "mixed-intervals") report(draftOf(reading, problem.place, problem));
  },
};

function checkJoin(context: StrategyContext, who: string, reads: readonly NamedRead[]): void {
  const { strategy, placeOf, reading, report } = context;
  const clocked = reads.flatMap(({ read }) => {
    const interval = intervalOf(strategy, read);
    return interval === undefined ? [] : [{ read, interval }];
  });
  const [first] = clocked;
  if (first === undefined) return;
  for (const { read, interval } of clocked) {
    if (interval === first.interval) continue;
    const resamples = read.kind === "column" || read.kind === "panel";
    report({
      ...draftOf(reading, placeOf(read.at), { who, from: first.interval, to: interval, resamples }),
      related: [{ message: `This is ${first.interval}`, place: placeOf(first.read.at) }],
    });
  }
}

interface Mixed {
  readonly who: string;
  /** The clock of the others. */
  readonly from: string;
  readonly to: string;
  /** `resample()` takes it. */
  readonly resamples: boolean;
}

function draftOf(reading: () => ModuleReading, at: Place, { who, from, to, resamples }: Mixed): Draft {
  const edits = () => [
    { place: { ...at, end: at.start }, text: "resample(" },
    { place: { ...at, start: at.end }, text: `, "${from}")` },
    ...importEdits(reading(), at.file, "@qmtl/core/strategy", "resample"),
  ];
  return {
    at,
    message: `${who} joins ${from} with ${to}`,
    next: "resample() one of them.",
    fixes: resamples ? [{ title: `Resample it to ${from}`, edits: edits(), isSafe: false }] : [],
    data: { from, to },
  };
}

function intervalOf(strategy: StrategyFacts, read: NamedRead["read"]): Interval | undefined {
  const fact = isNodeRead(read) ? strategy.nodes[read.node] : undefined;
  return fact === undefined ? undefined : constants(strategy).interval(fact.interval);
}
