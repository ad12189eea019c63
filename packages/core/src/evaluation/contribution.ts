import type { Figure } from "../plugin/contract/evaluator.ts";
import { QmtlError } from "../schema/error.ts";
import { commonWindow, MIN_OVERLAP, type ReturnSeries } from "./common-window.ts";
import { moments } from "./moments.ts";

/** One strategy of the world's portfolio. */
export interface PortfolioMember extends ReturnSeries {
  readonly strategy: string;
  /** Fraction of the world's equity. Default: all members the same. Give it for all members or for none. */
  readonly share?: number;
}

/**
 * What a strategy adds to its world: the Sharpe ratio of the portfolio with it, minus the one without it, over the periods that all
 * members have. The portfolio is rebalanced to its shares every period; without the strategy the others keep theirs in proportion.
 * Sample standard deviation (ddof 1), annualised by the root of `periodsPerYear`.
 *
 * @throws `evaluation.unknown-member`, `evaluation.partial-shares`
 */
export function contribution(of: {
  readonly strategy: string;
  readonly members: readonly PortfolioMember[];
  readonly periodsPerYear: number;
}): Figure {
  const { strategy, members, periodsPerYear } = of;
  const own = members.findIndex((member) => member.strategy === strategy);
  if (own === -1)
    throw new QmtlError({
      code: "evaluation.unknown-member",
      message: `${strategy} is not among the members of the portfolio`,
      place: { strategy },
      next: `Members are ${members.map((member) => member.strategy).join(", ") || "none"}.`,
      class: "failed",
    });
  const shared = members.filter(({ share }) => share !== undefined).length;
  if (shared !== 0 && shared !== members.length)
    throw new QmtlError({
      code: "evaluation.partial-shares",
      message: `${shared} of ${members.length} members have a share`,
      place: { strategy },
      next: "Give a share to every member, or to none.",
      class: "failed",
    });
  if (members.length === 1) return { kind: "undefined", because: "it is the only strategy of its world" };
  const columns = commonWindow(members);
  const periods = columns[0]!.length;
  if (periods < MIN_OVERLAP)
    return {
      kind: "undefined",
      because: `the strategies of the world share ${periods} periods, and it takes ${MIN_OVERLAP}`,
    };
  const shares = members.map(({ share }) => share ?? 1 / members.length);
  const withIt = portfolioSharpe(columns, shares);
  if (withIt === undefined) return { kind: "undefined", because: "the portfolio with it does not vary" };
  const withoutIt = portfolioSharpe(
    columns,
    shares.map((share, i) => (i === own ? 0 : share)),
  );
  if (withoutIt === undefined) return { kind: "undefined", because: "the portfolio without it does not vary" };
  return { kind: "value", value: (withIt - withoutIt) * Math.sqrt(periodsPerYear) };
}

/** Per period. */
function portfolioSharpe(columns: readonly Float64Array[], shares: readonly number[]): number | undefined {
  const returns = columns[0]!.map((_, period) =>
    columns.reduce((sum, column, member) => sum + shares[member]! * column[period]!, 0),
  );
  const { mean, deviation, varies } = moments(returns);
  const sharpe = mean / deviation;
  return varies && Number.isFinite(sharpe) ? sharpe : undefined;
}
