import type { PluginUse } from "./plugin.ts";

/** `qmtl.config.ts`: the plugins of a project, and the capital that its worlds share. */
export interface ProjectConfig {
  readonly plugins: readonly PluginUse[];
  /** The word of the storage plugin (default: the only one that is configured). */
  readonly storage?: string;
  /** Folder of the world files, from the config's folder. Default `"worlds"`. */
  readonly worlds?: string;
}

/** Types the project's configuration. It adds nothing. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
