import type { PresetDescription } from "./data-provider.ts";
import type { MetricDescription } from "./evaluator.ts";
import type { NodeDescription } from "./node-builder.ts";
import type { PluginKind } from "./plugin.ts";

/** The name of the file, beside a package's `package.json`. */
export const MANIFEST_FILE = "qmtl.plugin.json";

/**
 * What a package's plugins and node builders are, as data: what an editor reads instead of running them. `qmtl plugin build` writes it.
 */
export interface PluginManifest {
  readonly format: 1;
  readonly package: string;
  readonly version: string;
  readonly plugins: readonly ManifestPlugin[];
  /** Functions of the package that make nodes. */
  readonly nodes: readonly ManifestNode[];
}

export interface ManifestPlugin {
  /** The name under which the package exports it. */
  readonly export: string;
  readonly kind: PluginKind;
  readonly name: string;
  readonly use: string;
  readonly api: number;
  readonly description: string;
  /** JSON Schema (2020-12) of what `use(plugin, config)` takes; absent where its validator has none. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Absent where it depends on the configuration. */
  readonly brings?: Brings;
}

/** What a plugin brings when it is configured by nothing. */
export type Brings =
  | {
      readonly kind: "data-provider";
      readonly live: boolean;
      readonly pointInTime: boolean;
      readonly presets: readonly PresetDescription[];
    }
  | { readonly kind: "evaluator"; readonly metrics: readonly MetricDescription[] }
  | { readonly kind: "allocator" }
  | { readonly kind: "storage"; readonly contracts: readonly ("state" | "objects")[] };

/** A node builder on the axes by which rules judge nodes without knowing their code. */
export interface ManifestNode extends NodeDescription {
  /** The module that exports it, as strategies import it. */
  readonly module: string;
  readonly export: string;
}
