import { describeRule } from "../rule.test.kit.ts";

const text = (use: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(${use}, quantity));`;

describeRule("W503", {
  flagged: {
    "a window of no bars": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const n = node({ name: "n", inputs: { w: window(bars.close, 0) }, output: { q: quantity }, warmup: -1, state: () => ({}), compute: ({ w }) => ({ q: w.newest }) });
//                                                          ^ W503
//                                                                                                 ^^ W503 warmup
return targetPositions(n.q);`,
    "a default outside of its range": `import { quantity, ohlcv } from "@qmtl/core/schema";
import { cast, param, strategy, stream, targetPositions } from "@qmtl/core/strategy";
export default strategy({
  name: "s",
  params: { a: param.int(1, { min: 2, max: 9 }), b: param.choice("x", ["y"]), c: param.float(1, { min: 3, max: 2 }) },
  //                     ^ W503 outside of 2 to 9
  //                                                             ^^^ W503 not among its choices
  //                                                                                                           ^ W503 before its start
  graph: () => targetPositions(cast(stream({ schema: ohlcv, tags: ["x"], interval: "1d" }).close, quantity)),
});`,
  },
  clean: { "what is not known": text('sma(bars.close, Number("x"))') },
  fixed: {
    "by clamping": [text("sma(bars.close, 0)"), text("sma(bars.close, 1)")],
    "by the nearest interval": [text("bars.close").replace('"1d"', '"1dd"'), text("bars.close")],
  },
});
