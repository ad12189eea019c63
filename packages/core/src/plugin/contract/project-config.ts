import type { PluginUse } from "./plugin.ts";

/** `qmtl.config.ts`: the plugins of a project, and how its strategies may run. */
export interface ProjectConfig {
  readonly plugins: readonly PluginUse[];
  /** The word of the storage plugin (default: the only one that is configured). */
  readonly storage?: string;
  /** Folder of the world files, from the config's folder. Default `"worlds"`. */
  readonly worlds?: string;
  /**
   * The equity that the project's worlds share, in the currency of their accounts. Worlds hold fractions of it that sum to at most 1; one
   * that is not named holds none. Without it each world has the equity of its own file.
   */
  readonly equity?: {
    readonly total: number;
    readonly currency: string;
    /** Fraction of the total by world. */
    readonly worlds: Readonly<Record<string, number>>;
  };
  /**
   * What one isolated call may take: wall-clock seconds (default 300) and resident memory in MB (default 2048). One batch of data
   * gets the same seconds, and at most 60.
   */
  readonly limits?: { readonly seconds?: number; readonly memoryMb?: number };
}

/**
 * Types the project's configuration. It adds nothing.
 *
 * @example
 * export default defineConfig({ plugins: [use(dataSamples), use(storageSqlite)] });
 */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
