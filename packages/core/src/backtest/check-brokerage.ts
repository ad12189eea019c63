import { QmtlError } from "../schema/error.ts";
import type { Brokerage } from "./brokerage.ts";
import type { FeeModel } from "./fee.ts";
import type { Interest } from "./interest.ts";
import type { Margin, MarginRates } from "./margin.ts";
import type { SlippageModel } from "./slippage.ts";
import type { VolumeCap } from "./volume-cap.ts";

/**
 * Numbers that an account can be kept by. A fee or rate below zero is one where money comes back: a maker's rebate, nothing else.
 *
 * @throws `backtest.invalid-option`
 */
export function requireBrokerage(brokerage: Brokerage): void {
  const { fee, slippage, act, maxStale, volumeCap, margin, settlement, borrow, interest } = brokerage;
  requireFee(fee);
  requireSlippage(slippage);
  if (act.kind === "band") requireNumber("band fraction", act.fraction, act.fraction >= 0);
  requireNumber("maxStale", maxStale, maxStale >= 0);
  if (volumeCap !== undefined) requireCap(volumeCap);
  if (margin !== undefined) requireMargin(margin);
  if (settlement !== undefined)
    requireNumber("settlement", settlement.sessions, settlement.sessions >= 0 && Number.isInteger(settlement.sessions));
  if (margin !== undefined && settlement !== undefined)
    refuse(
      "Proceeds that settle later are of a cash account, and this one has margin",
      "Declare margin or settlement.",
    );
  if (borrow !== undefined) requireNumber("borrow rate", borrow.rate, borrow.rate >= 0);
  if (interest !== undefined) requireInterest(interest);
}

function requireFee(fee: FeeModel): void {
  if (fee.kind === "none") return;
  const { minimum = 0, maximum } = fee;
  requireNumber("fee minimum", minimum, minimum >= 0);
  if (maximum !== undefined) requireNumber("fee maximum", maximum, maximum >= minimum);
  switch (fee.kind) {
    case "percent":
      requireNumber("fee fraction", fee.fraction, fee.fraction >= 0);
      break;
    case "per-share":
      requireNumber("fee amount", fee.amount, fee.amount >= 0);
      break;
    case "maker-taker":
      requireNumber("maker fee", fee.maker, fee.maker > -1 && fee.maker <= 1);
      requireNumber("taker fee", fee.taker, fee.taker >= 0);
      break;
    case "tiered":
      if (fee.tiers.length === 0) refuse("The fee has no tier", "Declare one; the last reaches beyond its bound.");
      fee.tiers.forEach(({ upTo, rate }, i) => {
        requireNumber("fee rate", rate, rate >= 0);
        const below = fee.tiers[i - 1]?.upTo ?? 0;
        if (!(upTo > below))
          refuse(`Tier ${i + 1} of the fee ends at ${upTo}, not above ${below}`, "Write tiers by ascending bounds.");
      });
      requireNumber("taker's part of the fee", fee.taker, fee.taker >= 0);
      requireNumber("maker's part of the fee", fee.maker, Math.abs(fee.maker) < 1 || fee.of === "shares");
      break;
  }
}

function requireSlippage(slippage: SlippageModel): void {
  switch (slippage.kind) {
    case "none":
      return;
    case "percent":
      requireNumber("slippage fraction", slippage.fraction, slippage.fraction >= 0 && slippage.fraction < 1);
      return;
    case "spread":
      requireNumber("spread", slippage.width, slippage.width >= 0);
      requireNumber("part of the spread", slippage.part, slippage.part >= 0 && slippage.part <= 1);
      return;
    case "square-root":
      requireNumber("volatility window", slippage.window, Number.isInteger(slippage.window) && slippage.window >= 3);
      break;
    case "volume-share":
      break;
  }
  requireNumber("slippage coefficient", slippage.coefficient, slippage.coefficient >= 0);
  requireNumber("slippage fallback", slippage.fallback, slippage.fallback >= 0 && slippage.fallback < 1);
}

function requireCap({ share, units }: VolumeCap): void {
  if (share === undefined && units === undefined) refuse("The volume cap caps nothing", "Give a share, or units.");
  if (share !== undefined) requireNumber("share of the volume", share, share > 0 && share <= 1);
  if (units !== undefined) requireNumber("units of the volume cap", units, units > 0);
}

function requireMargin({ long, short, leverage }: Margin): void {
  for (const [side, { initial, maintenance }] of Object.entries({ long, short }) as [string, MarginRates][]) {
    requireNumber(`initial margin of ${side}s`, initial, initial > 0);
    requireNumber(`maintenance margin of ${side}s`, maintenance, maintenance >= 0);
    if (maintenance > initial)
      refuse(
        `The maintenance margin of ${side}s (${maintenance}) is above the initial one (${initial}), so opening would be called at once`,
        "Write a maintenance margin that is at most the initial one.",
      );
  }
  if (leverage !== undefined) requireNumber("leverage", leverage, leverage > 0);
}

function requireInterest({ credit, debit }: Interest): void {
  requireNumber("debit interest", debit, debit >= 0);
  credit.forEach(({ from, rate }, i) => {
    requireNumber("credit interest", rate, rate >= 0);
    const below = credit[i - 1]?.from;
    if (below !== undefined && !(from > below))
      refuse(`Credit tier ${i + 1} begins at ${from}, not above ${below}`, "Write tiers by ascending balances.");
  });
}

export function requireNumber(name: string, value: number, fits: boolean): void {
  if (fits && Number.isFinite(value)) return;
  refuse(
    `The ${name} is ${value}`,
    "Give a finite number in its range: not negative, equity above 0, fractions at most 1, a slippage below 1.",
  );
}

function refuse(message: string, next: string): never {
  throw new QmtlError({ code: "backtest.invalid-option", message, next });
}
