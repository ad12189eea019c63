import { describeRule } from "../rule.test.kit.ts";

const text = (schema: string, above: string): string => `${above}
---
const bars = stream({ schema: ${schema}, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`;

describeRule("S206", {
  fixed: {
    "a helper of one expression": [
      text('make("acme@1")', "const make = (id: string) => schema(id, { close: price });"),
      text('schema("acme@1", { close: price })', "const make = (id: string) => schema(id, { close: price });"),
    ],
    "a helper of one statement": [
      text("make({ close: price })", 'function make(columns) { return schema("acme@1", columns); }'),
      text('schema("acme@1", ({ close: price }))', 'function make(columns) { return schema("acme@1", columns); }'),
    ],
  },
});
