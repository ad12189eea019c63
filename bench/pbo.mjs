// Probability of backtest overfitting of 200 trials over ten years of sessions: 16 blocks, every one of the 12,870 splits. Through the
// evaluator, as a world calls it; milliseconds of CPU, the median of several calls.
import { pbo } from "@qmtl/evaluator-overfitting";

const TRIALS = 200;
const PERIODS = 2520;
const ROUNDS = 7;

let state = 1;
const draw = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296 - 0.5;
};
const times = Float64Array.from({ length: PERIODS }, (_, i) => (i + 1) * 86_400_000);
const rows = Array.from({ length: TRIALS }, () => times.map(() => 0.02 * (draw() + draw() + draw())));
const equity = new Float64Array(PERIODS + 1).fill(1);
rows[0].forEach((value, i) => {
  equity[i + 1] = equity[i] * (1 + value);
});
const input = {
  times,
  equity,
  returns: rows[0],
  exposure: new Float64Array(PERIODS).fill(1),
  turnover: 1,
  trades: [],
  periodsPerYear: 252,
  trials: [],
  self: "0",
  minTrialPeriods: 20,
  evidence: "backtest",
  trialReturns: {
    scope: "strategy",
    times,
    trials: rows.map((returns, i) => ({ evalKey: String(i), strategy: "tried", returns })),
    leftOut: { declared: 0, lost: 0, apart: 0, capped: 0 },
  },
};
const evaluator = pbo.setup({}, { blocks: 16, minTrials: 10, minBlockPeriods: 8, of: "strategy" });
const taken = [];
let result;
for (let round = 0; round < ROUNDS; round++) {
  const since = process.cpuUsage();
  result = evaluator.evaluate(input);
  const { user, system } = process.cpuUsage(since);
  taken.push((user + system) / 1000);
}
console.log(
  JSON.stringify({
    pbo_ms: Math.round(taken.sort((a, b) => a - b)[ROUNDS >> 1]),
    trials: TRIALS,
    periods: PERIODS,
    pbo: result.metrics.pbo.value,
  }),
);
