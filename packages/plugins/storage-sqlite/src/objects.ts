import { createHash, randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectStorage } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import { closedFailure, codeOf, type Doing, storageFailure } from "./failure.ts";
import { makeFolder, syncFolder } from "./folder.ts";
import { checkDigest } from "./names.ts";
import { cancelled } from "./retry.ts";

/** Objects as content-addressed files, `<folder>/ab/<digest>`: written beside, synced, then renamed. */
export interface ObjectFiles extends Pick<ObjectStorage, "put" | "get" | "has"> {
  close(): void;
}

/** Milliseconds after which a file that a dead writer left half written is removed. */
const ABANDONED = 24 * 3_600_000;

/** @throws `storage.read-only`, `storage.not-a-folder`, `storage.full` */
export async function openObjects(folder: string, now: number): Promise<ObjectFiles> {
  const unfinished = join(folder, "tmp");
  const opening: Doing = { what: "open the objects", file: folder };
  await coded(opening, async () => {
    await makeFolder(unfinished);
    await sweep(unfinished, now);
  });
  let open = true;
  // Who writes to a folder that another one is making waits until its name is durable too.
  const making = new Map<string, Promise<void>>();
  const make = (path: string): Promise<void> => {
    const made = making.get(path) ?? makeFolder(path).finally(() => making.delete(path));
    making.set(path, made);
    return made;
  };
  const pathOf = (digest: string): string => join(folder, digest.slice(0, 2), digest);
  const begin = (doing: Doing, signal: AbortSignal): void => {
    if (!open) throw closedFailure(doing);
    if (signal.aborted) throw cancelled(doing, signal);
  };

  return {
    put: async (bytes, { signal }) => {
      const digest = sha256(bytes);
      const path = pathOf(digest);
      const doing = { what: "write an object", file: path };
      begin(doing, signal);
      await coded(doing, async () => {
        // A damaged file is no reason to keep it: it is written again.
        if ((await readIfThere(path, digest)) !== "intact") {
          await make(dirname(path));
          await write(path, join(unfinished, randomUUID()), bytes);
        }
        // Also after finding it there: who wrote it may not have come to this line.
        await syncFolder(dirname(path));
      });
      return digest;
    },

    get: async (digest, { signal }) => {
      checkDigest(digest);
      const path = pathOf(digest);
      const doing = { what: "read an object", file: path };
      begin(doing, signal);
      return coded(doing, async () => {
        const bytes = await readFile(path).catch(absent);
        if (bytes === undefined) return undefined;
        if (sha256(bytes) !== digest) throw corrupt(path);
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      });
    },

    has: async (digest, { signal }) => {
      checkDigest(digest);
      const path = pathOf(digest);
      const doing = { what: "look for an object", file: path };
      begin(doing, signal);
      return coded(doing, async () => (await stat(path).catch(absent))?.isFile() === true);
    },

    close: () => {
      open = false;
    },
  };
}

async function coded<T>(doing: Doing, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error, doing);
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}

async function readIfThere(path: string, digest: string): Promise<"absent" | "intact" | "damaged"> {
  const bytes = await readFile(path).catch(absent);
  if (bytes === undefined) return "absent";
  return sha256(bytes) === digest ? "intact" : "damaged";
}

async function write(path: string, unfinished: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(unfinished, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(absent);
    if (info !== undefined && now - info.mtimeMs > ABANDONED) await rm(path, { force: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function corrupt(file: string): QmtlError {
  return new QmtlError({
    code: "storage.corrupt-object",
    message: `The object ${file} is damaged: its bytes are not those of its digest`,
    place: { file },
    next: "Delete the file and repeat what made it (an import, a submission); the disk may be failing.",
    class: "failed",
  });
}
