import { QmtlError } from "../../schema/error.ts";
import type { Brings, ManifestNode, ManifestPlugin, PluginManifest } from "../contract/manifest.ts";
import { nodeDescriptionOf } from "../contract/node-builder.ts";
import type { Plugin, PluginInstances, SetupContext } from "../contract/plugin.ts";
import { checkManifest } from "../manifest/check-manifest.ts";
import { bootPlugins } from "./boot.ts";
import { checkDescriptor } from "./descriptor.ts";
import { isRecord } from "./guard.ts";

export interface DescribeOptions {
  /** Name and version of the package. */
  readonly name: string;
  readonly version: string;
  /** What the package exports, by name. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** A folder in which the plugins may be set up. */
  readonly root: string;
  readonly clock: () => number;
  readonly log: SetupContext["log"];
}

/**
 * The manifest of a package: its plugins are set up with nothing configured, and asked what they bring. What depends on a configuration
 * is left out. What its node builders make is what was said of them.
 *
 * @throws `plugin.none` for a package without either; `plugin.bad-description`; what {@link checkDescriptor} throws
 */
export async function describePlugins(options: DescribeOptions): Promise<PluginManifest> {
  const { name, version, exports } = options;
  const found = Object.entries(exports).filter(([, value]) => isPlugin(value));
  const nodes = Object.entries(exports)
    .flatMap(([exported, value]): ManifestNode[] => {
      const described = nodeDescriptionOf(value);
      return described === undefined ? [] : [{ module: name, export: exported, ...described }];
    })
    .sort((a, b) => (a.export < b.export ? -1 : 1));
  if (found.length === 0 && nodes.length === 0)
    throw new QmtlError({
      code: "plugin.none",
      message: `${name} exports no plugin and no node builder`,
      place: { plugin: name },
      next: "Export what definePlugin({ … }) or nodeBuilder(…) returned.",
    });
  const plugins: ManifestPlugin[] = [];
  for (const [exported, value] of found.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const plugin = checkDescriptor(value, `export ${exported}`);
    const { kind, name: own, use, api, description } = plugin;
    const config = plugin.config["~standard"].jsonSchema?.input({ target: "draft-2020-12" });
    const brings = await bringsOf(plugin, options);
    plugins.push({
      export: exported,
      kind,
      name: own,
      use,
      api,
      description,
      ...(config !== undefined && { config }),
      ...(brings !== undefined && { brings }),
    });
  }
  const manifest: PluginManifest = { format: 1, package: name, version, plugins, nodes };
  const [mistake] = checkManifest(JSON.stringify(manifest)).mistakes;
  if (mistake !== undefined)
    throw new QmtlError({
      code: "plugin.bad-description",
      message: `${name} describes itself wrongly at ${mistake.path}: ${mistake.message}`,
      place: { plugin: name },
      next: mistake.next,
    });
  return manifest;
}

function isPlugin(value: unknown): boolean {
  return isRecord(value) && "setup" in value && "kind" in value && "use" in value;
}

/** Undefined for a plugin that does not start without a configuration. */
async function bringsOf(plugin: Plugin, { root, clock, log }: DescribeOptions): Promise<Brings | undefined> {
  const host = await bootPlugins({ uses: [{ plugin, config: {} }], root, clock, log, onFailure: "report" });
  try {
    const [entry] = host.report.plugins;
    if (entry?.status !== "ready") return undefined;
    const { capabilities } = entry;
    switch (capabilities.kind) {
      case "data-provider": {
        const provider: PluginInstances["data-provider"] = host.get("data-provider", plugin.use);
        return { ...capabilities, presets: provider.presets() };
      }
      case "evaluator":
        return { kind: capabilities.kind, metrics: host.get("evaluator", plugin.use).metrics };
      default:
        return capabilities;
    }
  } finally {
    await host.close();
  }
}
