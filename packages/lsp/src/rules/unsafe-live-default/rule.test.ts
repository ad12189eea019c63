import { describeRule } from "../rule.test.kit.ts";

const text = (above: string): string => `${above}
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`;

describeRule("D109", {
  flagged: {
    "a default parameter": text(`export const f = (mode = "live") => mode;
//                       ^^^^^^ D109`),
    "a last branch": text(`export const domain = Math.PI > 3 ? "backtest" : "live";
//                                               ^^^^^^ D109`),
    "an else": text(`export function f(x) { if (x) return "backtest"; else return "live"; }
//                                                           ^^^^^^ D109`),
    "a default clause": text(`export function f(x) { switch (x) { case 1: return "paper"; default: return "prod"; } }
//                                                                          ^^^^^^ D109`),
  },
  clean: {
    "a choice that asks for live": text('export const domain = Math.PI > 3 ? "live" : "backtest";'),
    "a word of something else": text('export const feed = Math.PI > 3 ? "delayed" : "live";'),
  },
  fixed: {
    "to backtest": [
      text('export const m = globalThis.m || "live";'),
      text('export const m = globalThis.m || "backtest";'),
    ],
  },
});
