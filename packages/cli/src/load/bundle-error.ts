import path from "node:path";
import { type ErrorPlace, isQmtlError, QmtlError, type QmtlErrorJson } from "@qmtl/core/schema";
import type { Message } from "esbuild";

/** Why a strategy file cannot be loaded; travels through the bundler as the detail of its message. */
export interface Refusal {
  readonly code:
    | "not-found"
    | "syntax"
    | "builtin-import"
    | "unknown-import"
    | "outside-workspace"
    | "file-type"
    | "exported-reassigned"
    | "reserved-name"
    | "commonjs";
  readonly message: string;
  readonly next: string;
}

export function refusalToError({ code, message, next }: Refusal, place: ErrorPlace): QmtlError {
  return new QmtlError({ code: `strategy.${code}`, message, place, next });
}

/** One error for everything that the bundler found wrong, the first finding in front. */
export function toQmtlError(failure: unknown, root: string): QmtlError {
  const thrown = failure as { readonly errors?: readonly Message[] };
  const messages = thrown.errors ?? [];
  const errors = messages.map((one) => messageToError(one, root));
  const [first, ...others] = errors;
  if (first === undefined) {
    return new QmtlError({
      code: "strategy.bundle",
      message: `The strategy could not be bundled: ${failure instanceof Error ? failure.message : String(failure)}`,
      next: "Report this with the strategy file; it should have been refused with a reason.",
      class: "failed",
      cause: failure,
    });
  }
  if (others.length === 0) return first;
  const { next, ...fields } = first.toJSON();
  const details: QmtlErrorJson[] = others.map((one) => one.toJSON());
  return new QmtlError({ ...fields, ...(next !== undefined && { next }), details });
}

function messageToError(message: Message, root: string): QmtlError {
  const detail: unknown = message.detail;
  if (isQmtlError(detail)) return detail;
  const location = message.location;
  const place = location === null ? {} : { file: fileOf(location.file, root), line: location.line };
  if (isRefusal(detail)) return refusalToError(detail, place);
  return refusalToError(
    { code: "syntax", message: sentence(message.text), next: "Correct the file until your editor reports no error." },
    place,
  );
}

function isRefusal(detail: unknown): detail is Refusal {
  return typeof detail === "object" && detail !== null && "code" in detail && "next" in detail;
}

function fileOf(name: string, root: string): string {
  return path.relative(root, path.resolve(root, name.replace(/^workspace:/, ""))).replaceAll("\\", "/");
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
