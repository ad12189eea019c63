import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type RunManifest, runManifestPath } from "@qmtl/core";
import { contentDigest } from "../load/content-digest.ts";

/** SHA-256 of files below a folder, by their paths; those that can't be read are left out. */
export async function digestFiles(root: string, files: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const digests = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file)).catch(() => undefined);
      return text === undefined ? [] : [[file, contentDigest(text)] as const];
    }),
  );
  return Object.fromEntries(digests.flat());
}

/** Keeps what a run came to for the editor. A folder that can't be written costs the editor that, and nobody else anything. */
export async function writeRunManifest(root: string, file: string, manifest: RunManifest): Promise<void> {
  const path = join(root, runManifestPath(file));
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, JSON.stringify(manifest));
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
