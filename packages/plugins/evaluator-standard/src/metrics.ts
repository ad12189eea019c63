import type { Figure, MetricDescription } from "@qmtl/core/plugin";
import { meanExposure, yearlyTurnover } from "./activity.ts";
import { type Deflation, deflatedSharpe } from "./deflated-sharpe.ts";
import { maxDrawdown, timeUnderWater, ulcerIndex } from "./drawdown.ts";
import { equityLinearityV2 } from "./equity-linearity.ts";
import { figure, missing } from "./figure.ts";
import { gainToPain } from "./gain-to-pain.ts";
import { cagr, calmar, totalReturn } from "./growth.ts";
import { minTrackRecordLength, probabilisticSharpe, type SharpeEstimate } from "./probabilistic-sharpe.ts";
import type { Sample } from "./sample.ts";
import { halves, sharpe, sortino, volatility } from "./sharpe.ts";
import { expectedShortfall, TAIL, valueAtRisk } from "./tail.ts";
import { profitFactor, tradeCount, winRate } from "./trades.ts";

/** A metric and how it is had from a sample. */
export interface StandardMetric extends MetricDescription {
  readonly of: (sample: Sample) => Figure;
}

const CONFIDENCE = 0.95;
const DECLARED = "declared returns come without positions";

/** Trades and positions are known of a backtest only. */
function traded(of: (sample: Sample) => Figure): (sample: Sample) => Figure {
  return (sample) => (sample.input.evidence === "declared" ? missing(DECLARED) : of(sample));
}

function estimated(of: (estimate: SharpeEstimate, sample: Sample) => Figure): (sample: Sample) => Figure {
  return (sample) => (typeof sample.estimate === "string" ? missing(sample.estimate) : of(sample.estimate, sample));
}

function deflated(of: (deflation: Deflation) => number): (sample: Sample) => Figure {
  return ({ deflation }) => (typeof deflation === "string" ? missing(deflation) : figure(of(deflation)));
}

/** Every metric of the standard evaluator. A period is one session; r are its net returns, E its equity, T the number of periods, P the periods of a year. */
export const STANDARD_METRICS: readonly StandardMetric[] = [
  {
    name: "sharpe",
    formula: "mean(r) / sd(r) * sqrt(P), sample sd (ddof 1), no risk-free rate",
    unit: "ratio per year",
    better: "higher",
    source: "Sharpe (1994), The Sharpe Ratio",
    of: ({ input }) => sharpe(input.returns, input.periodsPerYear),
  },
  {
    name: "sortino",
    formula: "mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(P), target 0, mean over all periods",
    unit: "ratio per year",
    better: "higher",
    source: "Sortino & Price (1994), Performance Measurement in a Downside Risk Framework",
    of: ({ input }) => sortino(input.returns, input.periodsPerYear),
  },
  {
    name: "calmar",
    formula: "cagr / max_drawdown, both over the whole run",
    unit: "ratio per year",
    better: "higher",
    source: "Young (1991), Calmar Ratio: A Smoother Tool",
    of: ({ input }) => calmar(input.equity, input.periodsPerYear),
  },
  {
    name: "cagr",
    formula: "(E[T] / E[0])^(P / T) - 1",
    unit: "fraction per year",
    better: "higher",
    of: ({ input }) => cagr(input.equity, input.periodsPerYear),
  },
  {
    name: "volatility",
    formula: "sd(r) * sqrt(P), sample sd (ddof 1)",
    unit: "fraction per year",
    better: "lower",
    of: ({ input }) => volatility(input.returns, input.periodsPerYear),
  },
  {
    name: "total_return",
    formula: "E[T] / E[0] - 1",
    unit: "fraction",
    better: "higher",
    of: ({ input }) => totalReturn(input.equity),
  },
  {
    name: "max_drawdown",
    formula: "max over t of 1 - E[t] / max(E[0..t]); positive",
    unit: "fraction",
    better: "lower",
    of: ({ input }) => maxDrawdown(input.equity),
  },
  {
    name: "ulcer_index",
    formula: "sqrt(mean((1 - E[t] / max(E[0..t]))^2)) over t = 1..T",
    unit: "fraction",
    better: "lower",
    source: "Martin & McCann (1989), The Investor's Guide to Fidelity Funds; there in percent",
    of: ({ input }) => ulcerIndex(input.equity),
  },
  {
    name: "time_under_water",
    formula: "count(E[t] < max(E[0..t])) / T",
    unit: "fraction",
    better: "lower",
    of: ({ input }) => timeUnderWater(input.equity),
  },
  {
    name: "equity_linearity",
    formula:
      "harmonic mean of sqrt(R^2 * max(0, Spearman)) over time, |net| / total variation, 1 - time under water, 1 / (1 + drawdown / |net|)",
    unit: "score from 0 to 1",
    better: "higher",
    of: ({ input }) =>
      input.equity.length < 3
        ? missing(`${input.equity.length} equity values make no curve`)
        : figure(equityLinearityV2(input.equity).score),
  },
  {
    name: "win_rate",
    formula: "closed trades with profit > 0 / closed trades, after costs",
    unit: "fraction",
    better: "higher",
    of: traded(({ input }) => winRate(input.trades)),
  },
  {
    name: "profit_factor",
    formula: "sum of profits / |sum of losses| of closed trades, after costs",
    unit: "ratio",
    better: "higher",
    of: traded(({ input }) => profitFactor(input.trades)),
  },
  {
    name: "gain_to_pain",
    formula: "sum(r) / |sum(min(r, 0))|",
    unit: "ratio",
    better: "higher",
    source: "Schwager (2012), Hedge Fund Market Wizards, appendix A; there over months",
    of: ({ input }) => gainToPain(input.returns),
  },
  {
    name: "num_trades",
    formula: "closed trades",
    unit: "count",
    better: "neither",
    of: traded(({ input }) => tradeCount(input.trades)),
  },
  {
    name: "turnover",
    formula: "traded notional / mean equity * P / T",
    unit: "multiple of equity per year",
    better: "lower",
    of: traded(({ input }) => yearlyTurnover(input.turnover, input.returns.length, input.periodsPerYear)),
  },
  {
    name: "exposure",
    formula: "mean over t of sum |position value| / E[t]",
    unit: "multiple of equity",
    better: "neither",
    of: traded(({ input }) => meanExposure(input.exposure)),
  },
  {
    name: "var_95",
    formula: "-quantile(r, 0.05), historical, linear interpolation (Hyndman & Fan type 7); positive is a loss",
    unit: "fraction per period",
    better: "lower",
    source: "Hyndman & Fan (1996), Sample Quantiles in Statistical Packages",
    of: ({ input }) => valueAtRisk(input.returns, TAIL),
  },
  {
    name: "es_95",
    formula: "-mean of the worst 5% of r, historical, the edge return counted in part; positive is a loss",
    unit: "fraction per period",
    better: "lower",
    source: "Acerbi & Tasche (2002), On the coherence of expected shortfall, equation 4.1",
    of: ({ input }) => expectedShortfall(input.returns, TAIL),
  },
  {
    name: "psr",
    formula: "Phi(SR * sqrt(T - 1) / sqrt(1 - skew * SR + (kurtosis - 1) / 4 * SR^2)), SR = mean(r) / sd(r) per period",
    unit: "probability",
    better: "higher",
    source: "Bailey & Lopez de Prado (2012), The Sharpe Ratio Efficient Frontier, equation 8",
    of: estimated((estimate, { moments }) => probabilisticSharpe(estimate, { periods: moments.count, benchmark: 0 })),
  },
  {
    name: "deflated_sharpe",
    ledger: true,
    formula:
      "psr against SR0 = sqrt(V) * ((1 - g) * Phi^-1(1 - 1/N) + g * Phi^-1(1 - 1/(N e))), g = 0.5772…, N = trials, V = trials_variance",
    unit: "probability",
    better: "higher",
    source: "Bailey & Lopez de Prado (2014), The Deflated Sharpe Ratio",
    of: estimated((estimate, { moments, deflation }) => deflatedSharpe(estimate, moments.count, deflation)),
  },
  {
    name: "trials",
    ledger: true,
    formula: "N: trials of the world's ledger with enough periods, this one included; at least 1",
    unit: "count",
    better: "neither",
    of: deflated(({ trials }) => trials),
  },
  {
    name: "trials_variance",
    ledger: true,
    formula:
      "V: sample variance of the trials' per-period Sharpe ratios; of the estimator itself when fewer than two trials have one",
    unit: "squared ratio per period",
    better: "neither",
    of: deflated(({ variance }) => variance),
  },
  {
    name: "min_track_record_length",
    formula: "1 + (1 - skew * SR + (kurtosis - 1) / 4 * SR^2) * (Phi^-1(0.95) / SR)^2, SR per period",
    unit: "periods",
    better: "lower",
    source: "Bailey & Lopez de Prado (2012), The Sharpe Ratio Efficient Frontier, equation 11",
    of: estimated((estimate) => minTrackRecordLength(estimate, { benchmark: 0, confidence: CONFIDENCE })),
  },
  {
    name: "periods",
    formula: "T",
    unit: "count",
    better: "higher",
    of: ({ input }) => figure(input.returns.length),
  },
  {
    name: "years",
    formula: "T / P",
    unit: "years",
    better: "higher",
    of: ({ input }) => figure(input.returns.length / input.periodsPerYear),
  },
  {
    name: "skew",
    formula: "m3 / m2^(3/2), population moments of r",
    unit: "ratio",
    better: "higher",
    of: estimated(({ skew }) => figure(skew)),
  },
  {
    name: "kurtosis",
    formula: "m4 / m2^2, population moments of r; raw, 3 for a normal distribution",
    unit: "ratio",
    better: "lower",
    of: estimated(({ kurtosis }) => figure(kurtosis)),
  },
  {
    name: "sharpe_first_half",
    formula: "sharpe of the first floor(T / 2) periods",
    unit: "ratio per year",
    better: "higher",
    of: ({ input }) => sharpe(halves(input.returns)[0], input.periodsPerYear),
  },
  {
    name: "sharpe_second_half",
    formula: "sharpe of the periods after the first floor(T / 2)",
    unit: "ratio per year",
    better: "higher",
    of: ({ input }) => sharpe(halves(input.returns)[1], input.periodsPerYear),
  },
];
