import type { Interval } from "@qmtl/core/static";
import type { NamedRead, StrategyFacts } from "../../facts/index.ts";
import { importEdits } from "../edits.ts";
import { constants, isNodeRead, labelOf, readsOf, resultReads } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

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
};

function checkJoin(context: StrategyContext, who: string, reads: readonly NamedRead[]): void {
  const { strategy, placeOf, report } = context;
  const clocked = reads.flatMap(({ read }) => {
    const interval = intervalOf(strategy, read);
    return interval === undefined ? [] : [{ read, interval }];
  });
  const [first] = clocked;
  if (first === undefined) return;
  for (const { read, interval } of clocked) {
    if (interval === first.interval) continue;
    const at = placeOf(read.at);
    report({
      at,
      message: `${who} joins ${first.interval} with ${interval}`,
      next: "resample() one of them.",
      related: [{ message: `This is ${first.interval}`, place: placeOf(first.read.at) }],
      fixes:
        read.kind === "column" || read.kind === "panel"
          ? [
              {
                title: `Resample it to ${first.interval}`,
                edits: [
                  { place: { ...at, end: at.start }, text: "resample(" },
                  { place: { ...at, start: at.end }, text: `, "${first.interval}")` },
                  ...importEdits(context.reading(), at.file, "@qmtl/core/strategy", "resample"),
                ],
                isSafe: false,
              },
            ]
          : [],
      data: { from: first.interval, to: interval },
    });
  }
}

function intervalOf(strategy: StrategyFacts, read: NamedRead["read"]): Interval | undefined {
  const fact = isNodeRead(read) ? strategy.nodes[read.node] : undefined;
  return fact === undefined ? undefined : constants(strategy).interval(fact.interval);
}
