// The dependency law of ARCHITECTURE.md, over the real import graph. It fails when it saw too few modules: a cruiser that can't
// read TypeScript reports no violations at all.
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const ROOMS = [
  "strategy",
  "graph",
  "data",
  "engine",
  "indicators",
  "labels",
  "backtest",
  "guards",
  "evaluation",
  "policy",
  "world",
  "plugin/manifest",
  "allocation",
  "artifacts",
  "bus",
  "plugin/host",
  "plugin-testing",
  "runner",
];
const LEAVES = ["schema", "observability", "plugin/contract"];
/** Of packages/lsp/src. */
const LAYERS = ["syntax", "facts", "types", "project", "rules", "engine", "report", "features", "lsp"];
const src = "packages/core/src/";
const inRooms = (rooms) => `^${src}(${rooms.join("|")})/`;
const test = "\\.test\\.|/type-tests/";

const forbidden = [
  {
    name: "no-cycles",
    severity: "error",
    from: { pathNot: test },
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  ...ROOMS.map((room, i) => ({
    name: `${room} imports only rooms above it`,
    severity: "error",
    from: { path: inRooms([room]), pathNot: test },
    to: { path: inRooms(ROOMS.slice(i + 1)) },
  })),
  {
    name: "leaves import leaves",
    severity: "error",
    from: { path: inRooms(LEAVES), pathNot: test },
    to: { path: inRooms(ROOMS) },
  },
  {
    name: "only cli imports the runner",
    severity: "error",
    from: { path: `^${src}(?!runner/|index\\.ts)`, pathNot: test },
    to: { path: inRooms(["runner"]) },
  },
  {
    name: "static is pure",
    severity: "error",
    from: { path: `^${src}static\\.ts$` },
    to: { path: `^${src}(runner/|plugin/host/|data/seamless/|world/shell/|bus/relay)`, reachable: true },
  },
  {
    name: "lsp imports core through static",
    severity: "error",
    from: { path: "^packages/lsp/src", pathNot: test },
    to: { path: `^${src}(?!static\\.ts$)` },
  },
  {
    name: "one importer of the TypeScript parser",
    severity: "error",
    from: { path: "^packages/(?!lsp/src/syntax/)", pathNot: test },
    to: { path: "node_modules/typescript/" },
  },
  ...LAYERS.map((layer, i) => ({
    name: `${layer} of the lsp imports only layers before it`,
    severity: "error",
    from: { path: `^packages/lsp/src/${layer}/`, pathNot: test },
    to: { path: `^packages/lsp/src/(${LAYERS.slice(i + 1).join("|") || "-"})/` },
  })),
  {
    name: "types are checked by their worker alone: what it answers is plain data",
    severity: "error",
    from: { path: "^packages/(?!lsp/src/(types/|lsp/types-worker\\.ts$))", pathNot: test },
    to: { path: "^packages/lsp/src/types/(?!(problem|type-files)\\.ts$)" },
  },
  {
    name: "features judge nothing: they read facts, project, and what a finding is",
    severity: "error",
    from: { path: "^packages/lsp/src/features/", pathNot: test },
    to: { path: "^packages/lsp/src/(engine/|rules/(?!index\\.ts$))" },
  },
  {
    name: "one importer of the language server protocol",
    severity: "error",
    from: { path: "^packages/(?!lsp/src/lsp/)", pathNot: test },
    to: { path: "node_modules/vscode-languageserver" },
  },
  {
    name: "plugins import the contract, strategy, schema, indicators",
    severity: "error",
    from: { path: "^packages/plugins/", pathNot: test },
    to: {
      path: `^${src}(?!plugin/contract/(index|zod)\\.ts$|strategy/index\\.ts$|schema/index\\.ts$|indicators/index\\.ts$)`,
    },
  },
  {
    name: "plugins share the zod of core",
    severity: "error",
    from: { path: "^packages/plugins/", pathNot: test },
    to: { path: "node_modules/zod/" },
  },
  {
    name: "core knows no other package of ours",
    severity: "error",
    from: { path: "^packages/core/src", pathNot: test },
    to: { path: "^packages/(?!core/)" },
  },
];

const { output } = await cruise(
  ["packages"],
  {
    ruleSet: { forbidden },
    validate: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/|\\.test\\.|/type-tests/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ["@qmtl/source", "import", "default"], exportsFields: ["exports"] },
  },
  undefined,
  { tsConfig: extractTSConfig("tsconfig.base.json") },
);
const seen = output.modules.filter(({ source }) => /^packages\/[^/]+(\/[^/]+)?\/src\/.*\.ts$/.test(source)).length;
const rooms = new Set(
  output.modules.map(({ source }) => source.match(/^packages\/core\/src\/([^/]+)\//)?.[1]).filter(Boolean),
);
const problems = output.summary.violations.filter(({ rule }) => rule.severity === "error");
for (const { rule, from, to } of problems) console.log(`${rule.name}: ${from} -> ${to}`);
if (seen < 100 || rooms.size < 10) {
  console.log(
    `The check saw ${seen} modules in ${rooms.size} rooms of core: it can't see the code, so it proves nothing.`,
  );
  process.exit(1);
}
console.log(`${seen} modules, ${rooms.size} rooms of core, ${problems.length} violations`);
process.exit(problems.length === 0 ? 0 : 1);
