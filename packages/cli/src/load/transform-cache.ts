import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { codeScheme, type IdentifiedCode } from "@qmtl/core/static";
import { contentDigest } from "./content-digest.ts";

/** Keeps what `identifyCode` found, by content. Without a hit the TypeScript parser has to be loaded, which takes longest. */
export interface TransformCache {
  get(key: string): Promise<IdentifiedCode | undefined>;
  set(key: string, found: IdentifiedCode): Promise<void>;
}

/** Raised whenever the form of an entry or of a tag changes. */
const format = "1";

export function transformKey(extension: string, source: string): string {
  return contentDigest(JSON.stringify([codeScheme, format, extension, source]));
}

export function memoryCache(): TransformCache {
  const entries = new Map<string, IdentifiedCode>();
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, found) {
      entries.set(key, found);
      return Promise.resolve();
    },
  };
}

/**
 * A cache in a directory, which is made when needed. Entries carry a checksum: one that is damaged is as good as missing and
 * is written anew. A directory that cannot be written costs time, never a submission.
 */
export function diskCache(directory: string): TransformCache {
  const memory = memoryCache();
  const fileOf = (key: string): string => path.join(directory, key.slice(0, 2), `${key}.json`);
  return {
    async get(key) {
      const known = await memory.get(key);
      if (known !== undefined) return known;
      const found = parseEntry(await readFile(fileOf(key), "utf8").catch(() => ""));
      if (found !== undefined) await memory.set(key, found);
      return found;
    },
    async set(key, found) {
      await memory.set(key, found);
      const body = JSON.stringify(found);
      const file = fileOf(key);
      const draft = `${file}.${randomUUID()}`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(draft, `${contentDigest(body)}\n${body}`);
        await rename(draft, file);
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

function parseEntry(text: string): IdentifiedCode | undefined {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === contentDigest(body) ? (JSON.parse(body) as IdentifiedCode) : undefined;
}
