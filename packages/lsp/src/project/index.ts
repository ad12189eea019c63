export { metricsOf } from "./metrics.ts";
export {
  type ProjectPlugin,
  type ProjectPlugins,
  packageOf,
  pluginNamed,
  readManifest,
  wordsOf,
} from "./plugins.ts";
export { type FileRole, type Project, readProject, roleOf } from "./project.ts";
export { CONFIG_FILE, type WorkspaceFiles } from "./workspace-files.ts";
export { type ProjectWorld, readWorld } from "./world.ts";
