import type { SyntaxApi } from "@qmtl/core/static";
import * as esbuild from "esbuild";
import { bundleStrategy } from "./bundle-strategy.ts";
import type { StrategyBundle } from "./strategy-bundle.ts";
import type { TransformCache } from "./transform-cache.ts";

export interface LoadOptions {
  /** The directory that strategies and their helpers live in; files outside of it are refused. */
  readonly workspaceRoot: string;
  readonly cache?: TransformCache;
  /** Texts that stand for files, by absolute path: what an editor holds and has not saved. The files must be there all the same. */
  readonly overlay?: ReadonlyMap<string, string>;
}

/**
 * Bundles a strategy file with everything that it imports, tagged for code identity.
 *
 * Files of the workspace are transformed; packages are bundled as they are and known by digest; `@qmtl/*` stays outside, for
 * whoever evaluates the bundle to provide.
 *
 * @throws QmtlError with file and line: `strategy.not-found`, `strategy.syntax`, `strategy.builtin-import`,
 *   `strategy.unknown-import`, `strategy.outside-workspace`, `strategy.file-type`, `strategy.exported-reassigned`,
 *   `strategy.reserved-name`, `strategy.commonjs`, `identity.nesting`
 * @example
 * const bundle = await loadStrategyBundle("strategies/sma-cross.ts", { workspaceRoot: process.cwd() });
 */
export function loadStrategyBundle(path: string, options: LoadOptions): Promise<StrategyBundle> {
  return bundleStrategy(path, options, { esbuild, syntax: loadSyntax });
}

/** Loaded on the first file that no cache knows. */
async function loadSyntax(): Promise<SyntaxApi> {
  return (await import("../check/analysis.ts")).syntax;
}
