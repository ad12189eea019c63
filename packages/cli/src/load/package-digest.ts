import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Metafile } from "esbuild";

/**
 * The digest of a package as one import sees it: all files that its entry imports, by their path below `node_modules`, their
 * content, and which imports which. Where `node_modules` stands and how packages are nested does not count.
 */
export async function packageDigest(entry: string, root: string, inputs: Metafile["inputs"]): Promise<string> {
  const order = new Map<string, number>();
  const queue = [entry];
  const hash = createHash("sha256").update("package/1\n");
  const numberOf = (file: string): number => {
    const known = order.get(file) ?? order.size;
    if (!order.has(file)) queue.push(file);
    order.set(file, known);
    return known;
  };
  order.set(entry, 0);
  for (const file of queue) {
    const content = createHash("sha256").update(await readFile(path.join(root, file)));
    // The bundler names its own helpers like a module.
    const real = (inputs[file]?.imports ?? []).filter((one) => one.path !== "<runtime>");
    const imports = real.map((one) => (one.external === true ? one.path : `${one.kind} ${numberOf(one.path)}`));
    hash.update(`${JSON.stringify([belowModules(file), content.digest("hex"), imports])}\n`);
  }
  return hash.digest("hex");
}

function belowModules(file: string): string {
  const slashed = file.replaceAll("\\", "/");
  return slashed.slice(slashed.lastIndexOf("node_modules/") + "node_modules/".length);
}
