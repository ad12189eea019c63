import { describeRule } from "../rule.test.kit.ts";

const text = (
  target: string,
  imports = "node, strategy, stream, targetWeights",
): string => `import { f64, fraction, ohlcv } from "@qmtl/core/schema";
import { ${imports} } from "@qmtl/core/strategy";
export default strategy({
  name: "s",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const n = node({ name: "n", inputs: { c: bars.close }, output: { w: f64, f: fraction }, compute: ({ c }) => ({ w: c, f: c }) });
    return targetWeights(${target});
  },
});
`;

describeRule("S202", {
  flagged: {
    "words where an indicator takes numbers": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const mood = node({ name: "mood", inputs: { c: bars.close }, output: { tone: categorical(["hot", "cold"]) }, compute: ({ c }) => ({ tone: c > 1 ? "hot" : "cold" }) });
const mean = sma(mood.tone, 3);
//               ^^^^^^^^^ S202 sma() needs f64 or i32
return targetWeights(mean);
//                   ^^^^ S202`,
    "an entry that is no condition": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return orders({ long: { enter: bars.close, size: 0.1, stop: bars.volume } });
//                             ^^^^^^^^^^ S202 orders().long.enter needs bool
//                                                          ^^^^^^^^^^^ S202 orders().long.stop needs price`,
  },
  clean: {
    "sizes in units as well as fractions": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const n = node({ name: "n", inputs: { c: bars.close }, output: { go: bool, size: quantity }, compute: ({ c }) => ({ go: c > 1, size: 2 }) });
return orders({ long: { enter: n.go, size: n.size, stop: bars.low } });`,
  },
  fixed: {
    "by a cast, with its import": [
      text("n.w"),
      `//- strategies/example.ts\n${text("cast(n.w, fraction)", "node, strategy, stream, targetWeights, cast")}`,
    ],
  },
});
