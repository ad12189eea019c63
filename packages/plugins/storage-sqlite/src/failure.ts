import { isQmtlError, QmtlError } from "@qmtl/core/schema";

/** What was being done, and to which file: what every error of this adapter says. */
export interface Doing {
  /** As in "can't …": `append to the journal`. */
  readonly what: string;
  readonly file: string;
}

const FULL = /^(SQLITE_FULL|ENOSPC|EDQUOT)/;
const READ_ONLY = /^(SQLITE_READONLY|SQLITE_PERM|EROFS|EACCES|EPERM)/;
const CORRUPT = /^(SQLITE_NOTADB|SQLITE_CORRUPT)/;
const NO_FOLDER = /^(ENOTDIR|EEXIST|SQLITE_CANTOPEN_ISDIR|EISDIR)/;
const BUSY = /^(SQLITE_BUSY|SQLITE_LOCKED)/;

/** The code of an error of SQLite (`SQLITE_FULL`) or of the file system (`ENOSPC`). */
export function codeOf(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** Another connection holds the lock: trying again may help. */
export function isBusy(error: unknown): boolean {
  return BUSY.test(codeOf(error));
}

/** An error that names the file and the next step. A `QmtlError` stays as it is. */
export function storageFailure(error: unknown, { what, file: intended }: Doing): QmtlError {
  if (isQmtlError(error)) return error;
  const code = codeOf(error);
  // The file system names the path that failed, which may be a folder above.
  const path: unknown = (error as { readonly path?: unknown } | null)?.path;
  const file = typeof path === "string" ? path : intended;
  const fields = { place: { file }, class: "failed", cause: error } as const;
  if (FULL.test(code))
    return new QmtlError({
      ...fields,
      code: "storage.full",
      message: `The disk is full: can't ${what} in ${file}`,
      next: "Free space on that disk and try again. Nothing was half recorded; what was acknowledged before is intact.",
    });
  if (READ_ONLY.test(code))
    return new QmtlError({
      ...fields,
      code: "storage.read-only",
      message: `Can't ${what}: ${file} may not be written (${code})`,
      next: "Give this user the right to write to the file and its folder, or configure another path.",
    });
  if (CORRUPT.test(code))
    return new QmtlError({
      ...fields,
      code: "storage.corrupt",
      message: `Can't ${what}: ${file} is damaged or not a SQLite database (${code})`,
      next: "Move the file and its -wal and -shm files away, and put a good copy in its place.",
    });
  if (NO_FOLDER.test(code))
    return new QmtlError({
      ...fields,
      code: "storage.not-a-folder",
      message: `Can't ${what}: ${file} is in the way (${code})`,
      next: "Configure a path whose last part is a folder, or does not exist yet.",
    });
  return new QmtlError({
    ...fields,
    code: "storage.failed",
    message: `Can't ${what} in ${file}: ${error instanceof Error ? error.message : String(error)}`,
    next: "Check the disk and the file, then try again.",
  });
}

export function closedFailure({ what, file }: Doing): QmtlError {
  return new QmtlError({
    code: "storage.closed",
    message: `Can't ${what}: ${file} was closed`,
    place: { file },
    next: "Close the storage after the last call.",
    class: "failed",
  });
}
