import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { QmtlError } from "@qmtl/core/schema";
import { type CsvOptions, type CsvRecord, createDecoder, createParser, isSystemError, unreadable } from "./csv.ts";

/** Between two looks at a file that has not grown. */
const POLL_MS = 50;
const CHUNK = 262_144;
/** Of what was read last: it has to be there still when more is read. */
const KEPT = 4096;

/**
 * The records of a CSV file that grows, from its first line on, in groups as their lines are complete. It ends when it is cancelled.
 *
 * @throws as `readCsv`; `files.truncated`, `files.replaced`, `files.rewritten` when the file is no longer the one that was read
 */
export async function* followCsv(
  file: string,
  { delimiter, signal }: Pick<CsvOptions, "delimiter" | "signal">,
): AsyncGenerator<CsvRecord[]> {
  const parser = createParser(file, delimiter);
  const decode = createDecoder(file, parser);
  const buffer = Buffer.alloc(CHUNK);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { ino, dev } = await handle.stat();
    let offset = 0;
    let kept: Buffer = Buffer.alloc(0);
    let ended = { size: -1, mtimeMs: -1 };
    for (;;) {
      signal.throwIfAborted();
      const now = await stat(file);
      if (now.ino !== ino || now.dev !== dev) throw changed(file, "replaced", "The file was replaced by another");
      if (now.size < offset)
        throw changed(file, "truncated", `The file lost ${offset - now.size} bytes that were read`);
      if (now.size === ended.size && now.mtimeMs === ended.mtimeMs) {
        await setTimeout(POLL_MS, undefined, { signal });
        continue;
      }
      const again = Buffer.alloc(kept.length);
      await handle.read(again, 0, kept.length, offset - kept.length);
      if (!again.equals(kept)) throw changed(file, "rewritten", "Lines that were read stand no longer in the file");
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, offset);
      if (bytesRead === 0) {
        ended = now;
        continue;
      }
      const bytes = buffer.subarray(0, bytesRead);
      offset += bytesRead;
      kept = Buffer.concat([kept, bytes]).subarray(-KEPT);
      const records = parser.push(decode(bytes));
      if (records.length > 0) yield records;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw isSystemError(error) ? unreadable(file, error) : error;
  } finally {
    await handle?.close();
  }
}

function changed(file: string, how: "truncated" | "replaced" | "rewritten", message: string): QmtlError {
  return new QmtlError({
    code: `files.${how}`,
    message: `${message} while it was followed`,
    place: { file },
    next: "Append to a file that is followed, and change nothing else. Start again to read it anew.",
    class: "failed",
  });
}
