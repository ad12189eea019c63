import type { Brokerage } from "../backtest/brokerage.ts";
import type { FeeModel } from "../backtest/fee.ts";
import type { SlippageModel } from "../backtest/slippage.ts";
import type { WorldFile } from "./world-file.ts";

type BrokerageFile = WorldFile["brokerage"];

/** The brokerage as its section of the world file says it. */
export function brokerageOf(file: BrokerageFile): Brokerage {
  const { act, time_in_force, path, volume_cap, margin, settlement, borrow, interest } = file;
  return {
    fee: feeOf(file.fee),
    slippage: slippageOf(file.slippage),
    fill: file.fill,
    act:
      "band" in act
        ? { kind: "band", fraction: act.band }
        : "change" in act
          ? { kind: "change" }
          : { kind: "every-bar" },
    maxStale: file.max_stale,
    ...(time_in_force !== undefined && { timeInForce: time_in_force }),
    ...(path !== undefined && { path }),
    ...(volume_cap !== undefined && { volumeCap: present(volume_cap) }),
    ...(margin !== undefined && {
      margin: {
        long: margin.long,
        short: margin.short,
        ...(margin.leverage !== undefined && { leverage: margin.leverage }),
      },
    }),
    ...(settlement !== undefined && { settlement }),
    ...(borrow !== undefined && { borrow }),
    ...(interest !== undefined && { interest }),
  };
}

function feeOf(fee: BrokerageFile["fee"]): FeeModel {
  if ("percent" in fee) return { kind: "percent", fraction: fee.percent };
  if ("per_notional" in fee) {
    const { fraction, ...bounds } = fee.per_notional;
    return { kind: "percent", fraction, ...present(bounds) };
  }
  if ("per_share" in fee) {
    const { amount, ...bounds } = fee.per_share;
    return { kind: "per-share", amount, ...present(bounds) };
  }
  if ("maker_taker" in fee) {
    const { maker, taker, ...bounds } = fee.maker_taker;
    return { kind: "maker-taker", maker, taker, ...present(bounds) };
  }
  if ("none" in fee) return { kind: "none" };
  const { of, over, maker, taker, tiers, ...bounds } = fee.tiered;
  return {
    kind: "tiered",
    of,
    over,
    maker,
    taker,
    tiers: tiers.map(({ up_to, rate }) => ({ upTo: up_to ?? Number.MAX_VALUE, rate })),
    ...present(bounds),
  };
}

function slippageOf(slippage: BrokerageFile["slippage"]): SlippageModel {
  if ("percent" in slippage) return { kind: "percent", fraction: slippage.percent };
  if ("spread" in slippage) return { kind: "spread", ...slippage.spread };
  if ("volume_share" in slippage) return { kind: "volume-share", ...slippage.volume_share };
  return "square_root" in slippage ? { kind: "square-root", ...slippage.square_root } : { kind: "none" };
}

/** Without the fields that the file leaves out. */
function present<T extends Readonly<Record<string, number | undefined>>>(of: T): { [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: number;
  };
}
