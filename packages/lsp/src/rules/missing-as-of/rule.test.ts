import { describeRule } from "../rule.test.kit.ts";

const REST = `account: { equity: 1000, currency: USD }
data: { presets: [{ id: d, preset: x.y, interval: 1d, calendar: XNYS, universe: { symbols: [{ id: A, currency: USD }] } }] }
brokerage: { fee: { none: {} }, slippage: { none: {} } }
policy: { preset: moderate }
allocator: { use: equal }
max_mode: compute-only
`;

const OTHERS = `//- worlds/a.yml
id: a
as_of: 2020-04-17
${REST}//- worlds/b.yml
id: b
as_of: 2021-02-03T20:00:00Z
${REST}`;

describeRule("D108", {
  options: { lastDay: () => "2026-03-31" },
  flagged: {
    "a world that says neither": `//- worlds/w.yml
id: w
#< D108 neither
account: { equity: 1000, currency: USD }
`,
  },
  fixed: {
    "a world that says neither, by the last day that is over": [
      `//- worlds/w.yml
id: w # of the desk
${REST}`,
      `//- worlds/w.yml
id: w # of the desk
as_of: 2026-03-31
${REST}`,
    ],
    "a world that follows and only replays, as another world is pinned": [
      `${OTHERS}//- worlds/w.yml
id: w
follow:
  max_lag: 4d
${REST}`,
      `${OTHERS}//- worlds/w.yml
id: w
as_of: 2021-02-03T20:00:00Z
${REST}`,
    ],
  },
});
