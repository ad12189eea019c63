import type { Commands } from "../cli.ts";

export const COMMANDS: Commands = {
  check: async () => (await import("./check.ts")).checkCommand,
  submit: async () => (await import("./submit.ts")).submitCommand,
  run: async () => (await import("./run.ts")).runCommand,
  sweep: async () => (await import("./sweep.ts")).sweepCommand,
  dataset: async () => (await import("./dataset.ts")).datasetCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  world: async () => (await import("./world.ts")).worldCommands,
  edges: async () => (await import("./edges.ts")).edgesCommands,
  data: async () => (await import("./data.ts")).dataCommands,
  plugin: async () => (await import("./plugin.ts")).pluginCommands,
  lsp: async () => (await import("./lsp.ts")).lspCommand,
  init: async () => (await import("./init.ts")).initCommand,
};
