import { QmtlError } from "@qmtl/core/schema";

export function invalidActions(message: string, file: string, line: number, next: string): QmtlError {
  return new QmtlError({ code: "files.invalid-actions", message, place: { file, line }, next, class: "failed" });
}
