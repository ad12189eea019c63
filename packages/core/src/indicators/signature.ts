import { aboveSignature } from "./above.ts";
import { anchoredVwapSignature } from "./anchored-vwap.ts";
import { atrSignature } from "./atr.ts";
import { belowSignature } from "./below.ts";
import { bollingerSignature } from "./bollinger.ts";
import { normalizeSignature } from "./cross-normalize.ts";
import { crossOverSignature } from "./cross-over.ts";
import { rankSignature } from "./cross-rank.ts";
import { topSignature } from "./cross-top.ts";
import { crossUnderSignature } from "./cross-under.ts";
import { crossZscoreSignature } from "./cross-zscore.ts";
import { emaSignature } from "./ema.ts";
import { highestSignature } from "./highest.ts";
import { imbalanceSignature } from "./imbalance.ts";
import type { IndicatorSignature } from "./indicator.ts";
import { kalmanSignature } from "./kalman.ts";
import { lagSignature } from "./lag.ts";
import { lowestSignature } from "./lowest.ts";
import { returnsSignature } from "./returns.ts";
import { rsiSignature } from "./rsi.ts";
import { smaSignature } from "./sma.ts";
import { stddevSignature } from "./stddev.ts";
import { twapSignature } from "./twap.ts";
import { vwapSignature } from "./vwap.ts";
import { whenSignature } from "./when.ts";
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
];

/** Every builder of `@qmtl/core/indicators`, by the name under which it is called (`sma`, `cross.rank`). */
export const indicatorSignatures: Readonly<Record<string, IndicatorSignature>> = Object.freeze(
  Object.fromEntries(ALL.map((of) => [of.name, of])),
);
