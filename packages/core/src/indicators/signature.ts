import { aboveSignature } from "./above.ts";
import { accumulationSignature } from "./accumulation.ts";
import { adoscSignature } from "./adosc.ts";
import { adxSignature } from "./adx.ts";
import { almaSignature } from "./alma.ts";
import { anchoredVwapSignature } from "./anchored-vwap.ts";
import { aroonSignature } from "./aroon.ts";
import { atrSignature } from "./atr.ts";
import { autocorrelationSignature } from "./autocorrelation.ts";
import { awesomeOscillatorSignature } from "./awesome-oscillator.ts";
import { balanceOfPowerSignature } from "./balance-of-power.ts";
import { barsSinceHighestSignature } from "./bars-since-highest.ts";
import { barsSinceLowestSignature } from "./bars-since-lowest.ts";
import { belowSignature } from "./below.ts";
import { betaSignature } from "./beta.ts";
import { bollingerSignature } from "./bollinger.ts";
import { cciSignature } from "./cci.ts";
import { chaikinVolatilitySignature } from "./chaikin-volatility.ts";
import { choppinessSignature } from "./choppiness.ts";
import { cmfSignature } from "./cmf.ts";
import { cmoSignature } from "./cmo.ts";
import { correlationSignature } from "./correlation.ts";
import { covarianceSignature } from "./covariance.ts";
import { bucketSignature } from "./cross-bucket.ts";
import { demeanSignature } from "./cross-demean.ts";
import { neutralizeSignature } from "./cross-neutralize.ts";
import { normalizeSignature } from "./cross-normalize.ts";
import { crossOverSignature } from "./cross-over.ts";
import { rankSignature } from "./cross-rank.ts";
import { topSignature } from "./cross-top.ts";
import { crossUnderSignature } from "./cross-under.ts";
import { winsorizeSignature } from "./cross-winsorize.ts";
import { crossZscoreSignature } from "./cross-zscore.ts";
import { demaSignature } from "./dema.ts";
import { directionalSignature } from "./directional.ts";
import { dojiSignature } from "./doji.ts";
import { donchianSignature } from "./donchian.ts";
import { dpoSignature } from "./dpo.ts";
import { easeOfMovementSignature } from "./ease-of-movement.ts";
import { emaSignature } from "./ema.ts";
import { engulfingSignature } from "./engulfing.ts";
import { eveningStarSignature } from "./evening-star.ts";
import { forceIndexSignature } from "./force-index.ts";
import { garmanKlassSignature } from "./garman-klass.ts";
import { hammerSignature } from "./hammer.ts";
import { haramiSignature } from "./harami.ts";
import { highestSignature } from "./highest.ts";
import { historicalVolatilitySignature } from "./historical-volatility.ts";
import { hmaSignature } from "./hma.ts";
import { hysteresisSignature } from "./hysteresis.ts";
import { imbalanceSignature } from "./imbalance.ts";
import type { IndicatorSignature } from "./indicator.ts";
import { kalmanSignature } from "./kalman.ts";
import { kamaSignature } from "./kama.ts";
import { keltnerSignature } from "./keltner.ts";
import { kurtosisSignature } from "./kurtosis.ts";
import { lagSignature } from "./lag.ts";
import { lowestSignature } from "./lowest.ts";
import { macdSignature } from "./macd.ts";
import { madSignature } from "./mad.ts";
import { marubozuSignature } from "./marubozu.ts";
import { meanDeviationSignature } from "./mean-deviation.ts";
import { medianSignature } from "./median.ts";
import { mfiSignature } from "./mfi.ts";
import { momentumSignature } from "./momentum.ts";
import { morningStarSignature } from "./morning-star.ts";
import { natrSignature } from "./natr.ts";
import { nviSignature } from "./nvi.ts";
import { obvSignature } from "./obv.ts";
import { orderFlowSignature } from "./order-flow.ts";
import { parabolicSarSignature } from "./parabolic-sar.ts";
import { parkinsonSignature } from "./parkinson.ts";
import { percentRankSignature } from "./percent-rank.ts";
import { piercingSignature } from "./piercing.ts";
import { ppoSignature } from "./ppo.ts";
import { pviSignature } from "./pvi.ts";
import { quantileSignature } from "./quantile.ts";
import { realizedVolatilitySignature } from "./realized-volatility.ts";
import { regressionSignature } from "./regression.ts";
import { relativeSpreadSignature } from "./relative-spread.ts";
import { returnsSignature } from "./returns.ts";
import { rmaSignature } from "./rma.ts";
import { rogersSatchellSignature } from "./rogers-satchell.ts";
import { rsiSignature } from "./rsi.ts";
import { shootingStarSignature } from "./shooting-star.ts";
import { skewnessSignature } from "./skewness.ts";
import { smaSignature } from "./sma.ts";
import { stddevSignature } from "./stddev.ts";
import { stochRsiSignature } from "./stoch-rsi.ts";
import { stochasticSignature } from "./stochastic.ts";
import { sumSignature } from "./sum.ts";
import { supertrendSignature } from "./supertrend.ts";
import { t3Signature } from "./t3.ts";
import { temaSignature } from "./tema.ts";
import { threeSoldiersSignature } from "./three-soldiers.ts";
import { thresholdSignature } from "./threshold.ts";
import { trimaSignature } from "./trima.ts";
import { trixSignature } from "./trix.ts";
import { trueRangeSignature } from "./true-range.ts";
import { tsiSignature } from "./tsi.ts";
import { twapSignature } from "./twap.ts";
import { typicalPriceSignature } from "./typical-price.ts";
import { ulcerIndexSignature } from "./ulcer-index.ts";
import { ultimateOscillatorSignature } from "./ultimate-oscillator.ts";
import { varianceSignature } from "./variance.ts";
import { vortexSignature } from "./vortex.ts";
import { vptSignature } from "./vpt.ts";
import { vwapSignature } from "./vwap.ts";
import { weightedMidSignature } from "./weighted-mid.ts";
import { whenSignature } from "./when.ts";
import { williamsRSignature } from "./williams-r.ts";
import { wmaSignature } from "./wma.ts";
import { yangZhangSignature } from "./yang-zhang.ts";
import { zlemaSignature } from "./zlema.ts";
import { zscoreSignature } from "./zscore.ts";

export type { IndicatorArgument, IndicatorOutput, IndicatorSignature } from "./indicator.ts";
export { firstValidOf, outputsOf, paramsOf, settleOf } from "./indicator.ts";

const ALL: readonly IndicatorSignature[] = [
  lagSignature,
  smaSignature,
  emaSignature,
  stddevSignature,
  highestSignature,
  lowestSignature,
  zscoreSignature,
  returnsSignature,
  rsiSignature,
  atrSignature,
  bollingerSignature,
  kalmanSignature,
  vwapSignature,
  twapSignature,
  anchoredVwapSignature,
  crossOverSignature,
  crossUnderSignature,
  aboveSignature,
  belowSignature,
  whenSignature,
  imbalanceSignature,
  rankSignature,
  crossZscoreSignature,
  topSignature,
  normalizeSignature,
  accumulationSignature,
  adoscSignature,
  adxSignature,
  almaSignature,
  aroonSignature,
  autocorrelationSignature,
  awesomeOscillatorSignature,
  balanceOfPowerSignature,
  barsSinceHighestSignature,
  barsSinceLowestSignature,
  betaSignature,
  cciSignature,
  chaikinVolatilitySignature,
  choppinessSignature,
  cmfSignature,
  cmoSignature,
  correlationSignature,
  covarianceSignature,
  bucketSignature,
  demeanSignature,
  neutralizeSignature,
  winsorizeSignature,
  demaSignature,
  directionalSignature,
  dojiSignature,
  donchianSignature,
  dpoSignature,
  easeOfMovementSignature,
  engulfingSignature,
  eveningStarSignature,
  forceIndexSignature,
  garmanKlassSignature,
  hammerSignature,
  haramiSignature,
  historicalVolatilitySignature,
  hmaSignature,
  thresholdSignature,
  hysteresisSignature,
  kamaSignature,
  keltnerSignature,
  kurtosisSignature,
  macdSignature,
  madSignature,
  marubozuSignature,
  meanDeviationSignature,
  medianSignature,
  mfiSignature,
  momentumSignature,
  morningStarSignature,
  natrSignature,
  nviSignature,
  obvSignature,
  orderFlowSignature,
  parabolicSarSignature,
  parkinsonSignature,
  percentRankSignature,
  piercingSignature,
  ppoSignature,
  pviSignature,
  quantileSignature,
  realizedVolatilitySignature,
  regressionSignature,
  relativeSpreadSignature,
  rmaSignature,
  rogersSatchellSignature,
  shootingStarSignature,
  skewnessSignature,
  stochRsiSignature,
  stochasticSignature,
  sumSignature,
  supertrendSignature,
  t3Signature,
  temaSignature,
  threeSoldiersSignature,
  trimaSignature,
  trixSignature,
  trueRangeSignature,
  tsiSignature,
  typicalPriceSignature,
  ulcerIndexSignature,
  ultimateOscillatorSignature,
  varianceSignature,
  vortexSignature,
  vptSignature,
  weightedMidSignature,
  williamsRSignature,
  wmaSignature,
  yangZhangSignature,
  zlemaSignature,
];

/** Every builder of `@qmtl/core/indicators`, by the name under which it is called (`sma`, `cross.rank`). */
export const indicatorSignatures: Readonly<Record<string, IndicatorSignature>> = Object.freeze(
  Object.fromEntries(ALL.map((of) => [of.name, of])),
);
