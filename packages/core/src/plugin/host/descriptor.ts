import { QmtlError } from "../../schema/error.ts";
import { PLUGIN_API, PLUGIN_KINDS, type Plugin, type PluginKind } from "../contract/plugin.ts";

const KEYS: ReadonlySet<string> = new Set([
  "kind",
  "name",
  "version",
  "api",
  "use",
  "description",
  "hosts",
  "config",
  "setup",
]);
const USE = /^[a-z][a-z0-9-]*$/;
const VERSION = /^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;
/** An npm package name, and perhaps a part of it. */
const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/;
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

/**
 * Checks the plain object by which a plugin describes itself. `place` says where it stands, for example `plugins[2]`.
 *
 * @throws `plugin.invalid-descriptor`, `plugin.api-generation`
 */
export function checkDescriptor(value: unknown, path: string): Plugin {
  if (typeof value !== "object" || value === null)
    throw invalid(path, undefined, "is not a plugin", "Import the plugin's default export.");
  const plugin = value as Readonly<Record<string, unknown>>;
  const name = typeof plugin["name"] === "string" ? plugin["name"] : undefined;
  const refuse = (what: string, next: string): never => {
    throw invalid(path, name, what, next);
  };
  if (name === undefined || !NAME.test(name))
    refuse("has no package name", "Set name to the npm package, or package/part.");
  // Another generation may have another shape: its number is judged before the rest.
  if (plugin["api"] !== PLUGIN_API) throw otherGeneration(path, name ?? "", plugin["api"]);
  if (!PLUGIN_KINDS.includes(plugin["kind"] as PluginKind))
    refuse(`has the kind ${JSON.stringify(plugin["kind"]) ?? "undefined"}`, `Use one of ${PLUGIN_KINDS.join(", ")}.`);
  if (typeof plugin["version"] !== "string" || !VERSION.test(plugin["version"]))
    refuse(`has the version ${JSON.stringify(plugin["version"]) ?? "undefined"}`, "Write it as 1.2.3.");
  if (typeof plugin["use"] !== "string" || !USE.test(plugin["use"]))
    refuse(
      `has the word ${JSON.stringify(plugin["use"]) ?? "undefined"} as use`,
      "Use lower-case letters, digits and hyphens, beginning with a letter.",
    );
  if (typeof plugin["description"] !== "string" || plugin["description"].trim() === "")
    refuse("has no description", "Write one sentence.");
  if (plugin["hosts"] !== undefined && !(Array.isArray(plugin["hosts"]) && plugin["hosts"].every(isHost)))
    refuse("declares hosts that are not host names", 'Write host names in lower case, such as "api.example.com".');
  if (!isStandardSchema(plugin["config"]))
    refuse("has no config schema", "Set config to a Standard Schema, or to emptyConfig.");
  if (typeof plugin["setup"] !== "function") refuse("has no setup function", "Add setup(context, config).");
  for (const key of Object.keys(plugin))
    if (!KEYS.has(key)) refuse(`has the unknown field "${key}"`, `Known are ${[...KEYS].join(", ")}.`);
  return value as Plugin;
}

function isHost(value: unknown): boolean {
  return typeof value === "string" && HOST.test(value);
}

function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard = (value as Readonly<Record<string, unknown>>)["~standard"];
  if (typeof standard !== "object" || standard === null) return false;
  const { version, validate } = standard as { readonly version?: unknown; readonly validate?: unknown };
  return version === 1 && typeof validate === "function";
}

function invalid(path: string, name: string | undefined, what: string, next: string): QmtlError {
  return new QmtlError({
    code: "plugin.invalid-descriptor",
    message: name === undefined ? `The plugin at ${path} ${what}` : `The plugin ${name} at ${path} ${what}`,
    place: { path, ...(name !== undefined && { plugin: name }) },
    next,
  });
}

function otherGeneration(path: string, name: string, api: unknown): QmtlError {
  const newer = typeof api === "number" && api > PLUGIN_API;
  return new QmtlError({
    code: "plugin.api-generation",
    message: `The plugin ${name} speaks plugin api ${JSON.stringify(api) ?? "(none)"}, this QMTL speaks ${PLUGIN_API}`,
    place: { path, plugin: name },
    next: newer
      ? `Update @qmtl/core, or install a version of ${name} for api ${PLUGIN_API}.`
      : `Install a version of ${name} for api ${PLUGIN_API}.`,
  });
}
