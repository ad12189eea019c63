import {
  checkManifest,
  type LocatedMistake,
  MANIFEST_FILE,
  type ManifestPlugin,
  type PluginKind,
  type PluginManifest,
} from "@qmtl/core/static";
import { type ConfigFacts, type ConfigPlugin, packageOf } from "../facts/index.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";

/** A plugin of the project, with what its manifest says of it. */
export interface ProjectPlugin {
  readonly used: ConfigPlugin;
  readonly described: ManifestPlugin;
}

/** The plugins that the configuration uses. */
export interface ProjectPlugins {
  readonly known: readonly ProjectPlugin[];
  /** Used, and not described: no manifest, or one that does not name this export. */
  readonly undescribed: readonly ConfigPlugin[];
  /** False where nothing may be said about a plugin that is not among these. */
  readonly complete: boolean;
  /** The manifests that were read, by the package. */
  readonly manifests: ReadonlyMap<string, PluginManifest>;
}

export function readPlugins(files: WorkspaceFiles, config: ConfigFacts): ProjectPlugins {
  const manifests = new Map<string, PluginManifest>();
  const known: ProjectPlugin[] = [];
  const undescribed: ConfigPlugin[] = [];
  for (const used of config.plugins) {
    const name = packageOf(used.specifier);
    const manifest = manifests.get(name) ?? readManifest(files, manifestPath(name))?.manifest;
    if (manifest !== undefined) manifests.set(name, manifest);
    const described = manifest?.plugins.find((plugin) => plugin.export === used.export);
    if (described === undefined) undescribed.push(used);
    else known.push({ used, described });
  }
  return { known, undescribed, complete: config.complete && undescribed.length === 0, manifests };
}

/** A manifest of the project's own or of a package; undefined where there is no such file. */
export function readManifest(
  files: WorkspaceFiles,
  path: string,
): { readonly manifest?: PluginManifest; readonly mistakes: readonly LocatedMistake[] } | undefined {
  const text = files.read(path);
  return text === undefined ? undefined : checkManifest(text);
}

/** The plugin of a kind by the word that world files know it by. */
export function pluginNamed({ known }: ProjectPlugins, kind: PluginKind, word: string): ProjectPlugin | undefined {
  return known.find(({ described }) => described.kind === kind && described.use === word);
}

/** The words of all plugins of a kind. */
export function wordsOf({ known }: ProjectPlugins, kind: PluginKind): readonly string[] {
  return known.filter(({ described }) => described.kind === kind).map(({ described }) => described.use);
}

function manifestPath(name: string): string {
  return `node_modules/${name}/${MANIFEST_FILE}`;
}
