import type { FunctionTable } from "@qmtl/core/static";

/** A strategy with all that it imports, as plain data: it can be cloned to a worker, stored, and hashed. */
export interface StrategyBundle {
  /** The strategy file, below the workspace root, with `/`. */
  readonly entry: string;
  /** One CommonJS script in strict mode. It takes `require`, `module`, `exports` and the identity hooks. */
  readonly code: string;
  /** Source map of {@link code} as JSON; sources are below the workspace root. */
  readonly map: string;
  /** The code and the packages it came from, 64 hexadecimal digits. Places and comments do not count. */
  readonly digest: string;
  /** Digests of what each package import brings in, by `module id|specifier`. */
  readonly packages: Readonly<Record<string, string>>;
  /** What the tags in {@link code} refer to. */
  readonly functions: FunctionTable;
  /** The workspace files inside, sorted, below the workspace root, with `/`. */
  readonly files: readonly string[];
  /** Modules that whoever evaluates the bundle provides, and where they are imported. */
  readonly provided: readonly ProvidedImport[];
}

export interface ProvidedImport {
  readonly specifier: string;
  readonly file: string;
  /** 1-based; absent inside a package. */
  readonly line?: number;
}

/** The name under which the script appears in stack traces. */
export const scriptName = "qmtl-strategy-bundle.cjs";
