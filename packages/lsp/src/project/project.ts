import { MANIFEST_FILE } from "@qmtl/core/static";
import { type ConfigFacts, type ParseSource, readConfig } from "../facts/index.ts";
import { type ProjectPlugins, readPlugins } from "./plugins.ts";
import { CONFIG_FILE, type WorkspaceFiles } from "./workspace-files.ts";
import { type ProjectWorld, readWorld } from "./world.ts";

/** What stands around the strategies of one project: its configuration, plugins and worlds. Plain data. */
export interface Project {
  readonly config: ConfigFacts;
  readonly plugins: ProjectPlugins;
  readonly worlds: readonly ProjectWorld[];
}

/** Reads it from text alone. Worlds whose text and plugins are those of `before` are taken from there. */
export function readProject(files: WorkspaceFiles, parse: ParseSource, before?: Project): Project {
  const config = readConfig(files, CONFIG_FILE, parse);
  const plugins = readPlugins(files, config);
  const isSame = before !== undefined && JSON.stringify(before.plugins.known) === JSON.stringify(plugins.known);
  const worlds = files
    .list()
    .filter((path) => isWorldFile(path, config))
    .toSorted()
    .flatMap((path): ProjectWorld[] => {
      const text = files.read(path);
      if (text === undefined) return [];
      const known = before?.worlds.find((world) => world.path === path);
      return [isSame && known?.text === text ? known : readWorld(path, text, plugins)];
    });
  return { config, plugins, worlds };
}

/** What role a file has in a project. */
export type FileRole = "world" | "config" | "manifest" | "module" | "other";

export function roleOf(path: string, config: ConfigFacts): FileRole {
  if (path === CONFIG_FILE) return "config";
  if (isWorldFile(path, config)) return "world";
  if (path === MANIFEST_FILE || path.endsWith(`/${MANIFEST_FILE}`)) return "manifest";
  return /\.(m?ts|m?js)$/.test(path) && !path.endsWith(".d.ts") ? "module" : "other";
}

function isWorldFile(path: string, { worlds = "worlds" }: ConfigFacts): boolean {
  const folder = worlds === "" || worlds === "." ? "" : `${worlds}/`;
  return path.startsWith(folder) && path.endsWith(".yml") && !path.slice(folder.length).includes("/");
}
