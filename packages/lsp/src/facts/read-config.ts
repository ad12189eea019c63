import { ts } from "../syntax/index.ts";
import { constancyOf } from "./constancy.ts";
import type { Place } from "./facts.ts";
import { type Linked, link } from "./link.ts";
import { looseEvaluation } from "./loose-evaluation.ts";
import { type ParseSource, parseSource, placeOf, unwrap } from "./source.ts";
import { dataOfValue } from "./value.ts";
import type { VirtualFiles } from "./virtual-files.ts";

/** A plugin that `qmtl.config.ts` uses. */
export interface ConfigPlugin {
  /** As it is imported. */
  readonly specifier: string;
  /** The name under which the package exports it. */
  readonly export: string;
  readonly at: Place;
  /** What it is configured with; absent where this can't be told. */
  readonly config?: { readonly data: unknown };
}

/** What `qmtl.config.ts` says, as far as its text tells it. Nothing of it is run. */
export interface ConfigFacts {
  readonly plugins: readonly ConfigPlugin[];
  /** False where there may be plugins that are not listed here. */
  readonly complete: boolean;
  /** Folder of the world files, from the folder of the configuration; absent where this can't be told. */
  readonly worlds?: string;
}

/** Reads the configuration of a project. A file that is missing or can't be read gives an incomplete one. */
export function readConfig(files: VirtualFiles, path: string, parse: ParseSource = parseSource): ConfigFacts {
  const linked = link(files, path, parse);
  const evaluation = looseEvaluation(linked, constancyOf(linked));
  const spec = specOf(linked);
  if (spec === undefined) return { plugins: [], complete: false };
  let complete = spec.properties.every((property) => !ts.isSpreadAssignment(property));
  const plugins: ConfigPlugin[] = [];
  const list = optionOf(spec, "plugins");
  if (list === undefined || !ts.isArrayLiteralExpression(list)) complete = false;
  else
    for (const element of list.elements) {
      const one = pluginOf(linked, evaluation.evaluate, element);
      if (one === undefined) complete = false;
      else plugins.push(one);
    }
  const worlds = optionOf(spec, "worlds");
  const folder = worlds === undefined ? undefined : evaluation.evaluate(worlds);
  const written = folder?.kind === "literal" && typeof folder.value === "string" ? folder.value : undefined;
  return {
    plugins,
    complete,
    ...(worlds === undefined ? complete && { worlds: "worlds" } : written !== undefined && { worlds: plain(written) }),
  };
}

function plain(folder: string): string {
  return folder.replace(/^\.\//, "").replace(/\/+$/, "");
}

function specOf(linked: Linked): ts.ObjectLiteralExpression | undefined {
  const binding = linked.exportOf(linked.entry, "default");
  let node: ts.Expression | undefined;
  if (binding.kind !== "declaration") return undefined;
  if (ts.isExportAssignment(binding.node)) node = binding.node.expression;
  else if (ts.isVariableDeclaration(binding.node)) node = binding.node.initializer;
  for (let steps = 0; node !== undefined && steps < 10; steps++) {
    const inner = unwrap(node);
    if (ts.isObjectLiteralExpression(inner)) return inner;
    if (ts.isCallExpression(inner) && isExport(linked, inner.expression, "defineConfig")) node = inner.arguments[0];
    else node = ts.isIdentifier(inner) ? initializerOf(linked, inner) : undefined;
  }
  return undefined;
}

function initializerOf(linked: Linked, name: ts.Identifier): ts.Expression | undefined {
  const binding = linked.bindingOf(name);
  return binding.kind === "declaration" && ts.isVariableDeclaration(binding.node)
    ? binding.node.initializer
    : undefined;
}

function optionOf(spec: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of spec.properties)
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) && property.name.text === name)
      return unwrap(property.initializer);
  return undefined;
}

function isExport(linked: Linked, callee: ts.Expression, name: string): boolean {
  const inner = unwrap(callee);
  if (!ts.isIdentifier(inner)) return false;
  const binding = linked.bindingOf(inner);
  return binding.kind === "package" && binding.specifier === "@qmtl/core/plugin" && binding.name === name;
}

function pluginOf(
  linked: Linked,
  evaluate: ReturnType<typeof looseEvaluation>["evaluate"],
  element: ts.Expression,
): ConfigPlugin | undefined {
  const call = unwrap(element);
  if (!ts.isCallExpression(call) || !isExport(linked, call.expression, "use")) return undefined;
  const [plugin, config] = call.arguments;
  if (plugin === undefined) return undefined;
  const value = evaluate(plugin);
  if (value.kind !== "package") return undefined;
  const data = config === undefined ? { data: {} } : dataOfValue(evaluate(config));
  return {
    specifier: value.specifier,
    export: value.name,
    at: placeOf(plugin),
    ...("data" in data && { config: data }),
  };
}
