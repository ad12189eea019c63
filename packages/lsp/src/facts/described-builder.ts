import { checkManifest, MANIFEST_FILE, type ManifestNode } from "@qmtl/core/static";
import type { VirtualFiles } from "./virtual-files.ts";

interface ReadManifest {
  readonly text: string | undefined;
  readonly nodes: readonly ManifestNode[];
}

/** By the text that was read: a manifest is long, and stays as it is while somebody types. */
const manifests = new WeakMap<VirtualFiles, Map<string, ReadManifest>>();

/** What the manifest of a package says of a node builder that it exports; undefined where it says nothing that can be read. */
export function describedBuilder(files: VirtualFiles, specifier: string, name: string): ManifestNode | undefined {
  if (specifier.startsWith("node:") || /^@qmtl\/core(\/|$)/.test(specifier)) return undefined;
  return nodesOf(files, packageOf(specifier)).find((node) => node.module === specifier && node.export === name);
}

function nodesOf(files: VirtualFiles, name: string): readonly ManifestNode[] {
  const path = `node_modules/${name}/${MANIFEST_FILE}`;
  const known = manifests.get(files) ?? new Map<string, ReadManifest>();
  manifests.set(files, known);
  const text = files.read(path);
  const before = known.get(path);
  if (before !== undefined && before.text === text) return before.nodes;
  const nodes = text === undefined ? [] : (checkManifest(text).manifest?.nodes ?? []);
  known.set(path, { text, nodes });
  return nodes;
}

/** The package that a module belongs to. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
