import vm from "node:vm";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { createIdentityRegistry, hookName, type IdentityRegistry, type SdkModule } from "@qmtl/core/static";
import { createSourceReader, type SourceReader } from "./source-place.ts";
import { type StrategyBundle, scriptName } from "./strategy-bundle.ts";

export interface EvaluateOptions<S> {
  /** The modules that strategies import from `@qmtl/*`. */
  readonly sdk: readonly SdkModule[];
  readonly runId: string;
  readonly isStrategy: (value: unknown) => value is S;
  /** True for a stream, column or node. */
  readonly isHandle: (value: unknown) => boolean;
}

export interface EvaluatedBundle<S> {
  readonly strategy: S;
  /** Still open: close it when `graph()` has returned, then ask for identities. */
  readonly registry: IdentityRegistry;
  /** Turns what the strategy throws later into the author's file and line. */
  readonly source: SourceReader;
}

const knownOptions = new Set(["sdk", "runId", "isStrategy", "isHandle"]);

/**
 * Runs the modules of a bundle, in strict mode and in this realm, and hands out the strategy that the entry exports by default.
 *
 * @throws QmtlError `strategy.unknown-module`, `strategy.threw`, `strategy.no-default-export`, `strategy.not-a-strategy`; errors
 *   that the SDK throws get the author's file and line
 */
export function evaluateBundle<S>(bundle: StrategyBundle, options: EvaluateOptions<S>): EvaluatedBundle<S> {
  const unknown = Object.keys(options).find((key) => !knownOptions.has(key));
  if (unknown !== undefined) {
    throw new QmtlError({
      code: "strategy.unknown-option",
      message: `evaluateBundle has no option ${unknown}.`,
      next: `Use ${[...knownOptions].join(", ")}.`,
    });
  }
  const { sdk, runId, isStrategy, isHandle } = options;
  const modules = provideModules(bundle, sdk);
  const { functions, packages } = bundle;
  const registry = createIdentityRegistry({ runId, functions, packages, sdk, isHandle });
  const source = createSourceReader(bundle);
  const exported = run(bundle, modules, registry, source);
  const strategy = exported.default;
  if (strategy === undefined) {
    throw new QmtlError({
      code: "strategy.no-default-export",
      message: `${bundle.entry} has no default export.`,
      place: { file: bundle.entry },
      next: "Write export default strategy({ … }).",
    });
  }
  if (!isStrategy(strategy)) {
    throw new QmtlError({
      code: "strategy.not-a-strategy",
      message: `The default export of ${bundle.entry} is not a strategy.`,
      place: { file: bundle.entry },
      next: "Export what strategy() from @qmtl/core/strategy returned.",
    });
  }
  return { strategy, registry, source };
}

function provideModules(bundle: StrategyBundle, sdk: readonly SdkModule[]): ReadonlyMap<string, SdkModule["exports"]> {
  const modules = new Map(sdk.map(({ specifier, exports }) => [specifier, exports]));
  for (const { specifier, file, line } of bundle.provided) {
    if (modules.has(specifier)) continue;
    throw new QmtlError({
      code: "strategy.unknown-module",
      message: `A strategy cannot import ${specifier}.`,
      place: { file, ...(line !== undefined && { line }) },
      next: `Import from ${[...modules.keys()].sort().join(", ")}.`,
    });
  }
  return modules;
}

function run(
  bundle: StrategyBundle,
  modules: ReadonlyMap<string, SdkModule["exports"]>,
  registry: IdentityRegistry,
  source: SourceReader,
): { readonly default?: unknown } {
  const module = { exports: {} };
  try {
    const script = vm.compileFunction(bundle.code, ["require", "module", "exports", hookName], {
      filename: scriptName,
    });
    script.call(undefined, (specifier: string) => modules.get(specifier), module, module.exports, registry.hooks);
  } catch (thrown) {
    throw located(thrown, bundle, source);
  }
  return module.exports;
}

function located(thrown: unknown, bundle: StrategyBundle, source: SourceReader): QmtlError {
  const place = source.place(thrown) ?? { file: bundle.entry };
  if (isQmtlError(thrown)) {
    const { next, ...fields } = thrown.toJSON();
    return new QmtlError({
      ...fields,
      ...(next !== undefined && { next }),
      place: { ...place, ...thrown.place },
      cause: thrown,
    });
  }
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new QmtlError({
    code: "strategy.threw",
    message: `The strategy threw while its modules were loaded: ${message}`,
    place,
    next: "Correct the line; code at the top of a module runs once, before the graph is built.",
    class: "rejected",
    cause: thrown,
  });
}
