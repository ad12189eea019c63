import { definePlugin, type Plugin } from "@qmtl/core/plugin";
import { type SamplesConfig, samplesConfig } from "./config.ts";
import { createProvider } from "./provider.ts";

/**
 * Sample data: the real daily bars of the S&P 500 (`samples.sp500`), and seeded panels for any symbol (`samples.panel` around the clock,
 * `samples.panel-xnys` in the sessions of New York, `samples.book`), and rates to convert by (`samples.fx`).
 *
 * Seeded bars end at 2025-01-01T00:00Z, those of New York with the session of 2020-04-17 (the last of the real bars), and reach back ten years (`1h` and longer), 180 days (`1m` to `30m`), two days (`1s` to `30s`)
 * or two hours (`100ms`), `samples.book` one day, unless the configuration says otherwise. Equal configuration gives equal bits on
 * every machine.
 *
 * @example
 * use(dataSamples, { seed: 7, panel: { start: "2015-01-01", listings: { XLC: { from: "2018-06-18" } } } })
 */
const dataSamples: Plugin<"data-provider", SamplesConfig> = definePlugin({
  kind: "data-provider",
  name: "@qmtl/data-samples",
  version: "0.1.0",
  api: 1,
  use: "samples",
  description: "Real S&P 500 daily bars and seeded synthetic panels",
  config: samplesConfig,
  setup: (_context, config) => createProvider(config),
});

export default dataSamples;
