export { fitOf, needsOf, offerOf, type PartialNeeds, tagsOf, type WorldFit, worldFits } from "./fit.ts";
export { type ConfigMistake, configMistakes, type JsonSchema } from "./json-schema.ts";
export { metricsOf } from "./metrics.ts";
export {
  type ProjectPlugin,
  type ProjectPlugins,
  pluginNamed,
  readManifest,
  wordsOf,
} from "./plugins.ts";
export { type FileRole, type Project, readProject, roleOf } from "./project.ts";
export { CONFIG_FILE, type WorkspaceFiles } from "./workspace-files.ts";
export { type ProjectWorld, readWorld } from "./world.ts";
