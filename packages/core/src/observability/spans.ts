/** Names of the spans that QMTL opens around its own work. */
export const SPANS = {
  submit: "qmtl.submit",
  load: "qmtl.load",
  data: "qmtl.data",
  run: "qmtl.run",
  evaluate: "qmtl.evaluate",
  decide: "qmtl.decide",
  apply: "qmtl.apply",
  allocate: "qmtl.allocate",
  pluginSetup: "qmtl.plugin.setup",
  pluginCall: "qmtl.plugin.call",
} as const;

export type SpanName = (typeof SPANS)[keyof typeof SPANS];
