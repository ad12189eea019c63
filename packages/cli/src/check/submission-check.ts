import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { QMTL_VERSION } from "@qmtl/core";
import { QmtlError, type QmtlErrorJson } from "@qmtl/core/schema";
import type { Finding, Submission } from "@qmtl/lsp";
import { contentDigest } from "../load/content-digest.ts";
import { diskFiles } from "./disk-files.ts";

/** What a check came to, and the texts that it read: while they are the same, so is it. */
interface KeptCheck {
  readonly qmtl: string;
  /** By path; `null` for a file that was looked for and is not there. */
  readonly read: Readonly<Record<string, string | null>>;
  readonly error: QmtlErrorJson | null;
}

/**
 * Checks a strategy file, its world and how the one fits the other by the rules of the editor, before anything of it runs or is read.
 *
 * What does not parse is left to the bundler.
 *
 * @param root absolute @param file below it, with `/` @param cache a folder of what may be thrown away
 * @returns the first error, all of them in its details, each with the code of its rule and its place: of class `usage` where the world
 *   is wrong, which is configuration, and `rejected` where the strategy is
 */
export async function checkSubmission(
  root: string,
  file: string,
  cache: string,
  submission: Submission,
): Promise<QmtlError | undefined> {
  const files = diskFiles(root);
  const kept = join(
    cache,
    "checks",
    `${contentDigest(JSON.stringify([file, submission.world, submission.params ?? {}]))}.json`,
  );
  const known = await readKept(kept);
  const isCurrent =
    known?.qmtl === QMTL_VERSION &&
    Object.entries(known.read).every(([path, digest]) => textDigest(files.read(path)) === digest);
  const error = isCurrent ? known.error : await check(kept);
  return error === null ? undefined : new QmtlError(error);

  async function check(place: string): Promise<QmtlErrorJson | null> {
    const { checkFile } = await import("./analysis.ts");
    const read: Record<string, string | null> = {};
    const recording = {
      read(path: string): string | undefined {
        const text = files.read(path);
        read[path] = textDigest(text);
        return text;
      },
    };
    const found = checkFile(recording, file, submission);
    const refused = found.filter(
      ({ severity, suppressed, code }) => severity === "error" && suppressed === undefined && code !== "X904",
    );
    const ofWorld = refused.filter(({ place: { file: at } }) => at.endsWith(".yml"));
    const error =
      ofWorld.length > 0 ? refusal(ofWorld, "usage") : refused.length > 0 ? refusal(refused, "rejected") : null;
    await keep(place, { qmtl: QMTL_VERSION, read, error });
    return error;
  }
}

function refusal(findings: readonly Finding[], kind: "usage" | "rejected"): QmtlErrorJson {
  const details = findings.map(errorOf);
  const [first] = details as [QmtlErrorJson, ...QmtlErrorJson[]];
  const more = details.length - 1;
  return {
    ...first,
    message: more === 0 ? first.message : `${first.message} (and ${more} more ${more === 1 ? "error" : "errors"})`,
    class: kind,
    ...(more > 0 && { details }),
  };
}

function errorOf({ code, message, next, place }: Finding): QmtlErrorJson {
  return {
    code,
    message,
    place: { file: place.file, line: place.start.line, column: place.start.column },
    next: next ?? `qmtl check --explain ${code}`,
  };
}

async function readKept(file: string): Promise<KeptCheck | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as KeptCheck;
  } catch {
    // Missing or damaged: it is checked anew.
    return undefined;
  }
}

async function keep(file: string, kept: KeptCheck): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(kept));
  } catch {
    // A folder that can't be written costs time, never a submission.
  }
}

function textDigest(text: string | undefined): string | null {
  return text === undefined ? null : contentDigest(text);
}
