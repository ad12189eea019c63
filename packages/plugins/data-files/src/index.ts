import { definePlugin, type Plugin } from "@qmtl/core/plugin";
import { type FilesConfig, filesConfig } from "./config.ts";
import { createProvider } from "./provider.ts";

/**
 * CSV and Parquet files as market data. Each preset says where its files lie, what their times mean, and which header holds which column; `{symbol}` in a
 * path makes every fitting file a symbol.
 *
 * @example
 * use(dataFiles, {
 *   presets: {
 *     minutes: {
 *       path: "data/{symbol}.csv",
 *       format: "csv",
 *       columns: { close: "Close" },
 *       stamp: "start",
 *       zone: "America/New_York",
 *       time: { column: "Date", format: "M/D/YYYY H:mm" },
 *       interval: "1m",
 *       calendar: "XNYS",
 *     },
 *   },
 * })
 */
const dataFiles: Plugin<"data-provider", FilesConfig> = definePlugin({
  kind: "data-provider",
  name: "@qmtl/data-files",
  version: "0.1.0",
  api: 1,
  use: "files",
  description: "CSV and Parquet files",
  config: filesConfig,
  setup: ({ root }, config) => createProvider(root, config),
});

export default dataFiles;
