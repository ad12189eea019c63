import { test, expect } from "vitest";
import { createProvider } from "./provider.ts";
import { samplesConfig } from "./config.ts";
test("x", async () => {
  const p = createProvider(samplesConfig.parse(undefined));
  for (const [preset, interval] of [["panel","1h"],["panel","1d"],["panel","1w"],["panel","1mo"],["panel-xnys","1h"],["panel-xnys","1d"],["panel-xnys","1w"],["panel-xnys","1m"],["panel","1m"],["panel","1s"],["panel","100ms"],["book","1s"]] as const) {
    const t0 = performance.now();
    let n = 0, first = "", last = "";
    const s = new AbortController().signal;
    let sample: unknown;
    for await (const b of p.read({ preset, symbol: "BTC", interval, range: { from: -8.64e15, to: 8.64e15 }, asOf: 8.64e15 }, { signal: s })) { n += b.time.length; first ||= new Date(b.time[0]!).toISOString(); last = new Date(b.time.at(-1)!).toISOString(); sample = Object.fromEntries(Object.entries(b.columns).map(([k, v]) => [k, v[v.length - 1]])); }
    console.log(preset, interval, n, first, last, JSON.stringify(sample), Math.round(performance.now() - t0));
  }
});
