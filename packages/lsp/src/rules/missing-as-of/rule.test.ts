import { describeRule } from "../rule.test.kit.ts";

describeRule("D108", {
  flagged: {
    "a world that says neither": `//- worlds/w.yml
id: w
#< D108 neither
account: { equity: 1000, currency: USD }
`,
  },
});
