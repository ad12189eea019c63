import type { TextEdit } from "../rules/index.ts";
import { referencesOf } from "./definition.ts";
import type { Mark } from "./subject.ts";

export type Renaming =
  | { readonly kind: "edits"; readonly edits: readonly TextEdit[] }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Why the word can't be renamed here, or undefined. Variables belong to TypeScript; what the library or the data names keeps its
 * name.
 */
export function renameRefusal(mark: Mark | undefined, marks: readonly (readonly Mark[])[]): string | undefined {
  if (mark === undefined || !mark.named)
    return "Only columns, inputs, params, tags, symbols and names of nodes are renamed here.";
  if (mark.subject.kind === "tag" || mark.subject.kind === "symbol") return undefined;
  const meant = referencesOf(mark.key, marks, { definitions: true });
  if (meant.some(({ fixed }) => fixed === true)) return "An indicator asks for the column by this name.";
  return meant.some(({ role, named }) => role === "definition" && named)
    ? undefined
    : "This name is not declared in the workspace: it comes with the library.";
}

/** Gives a subject another name wherever it stands by its own. */
export function rename(mark: Mark | undefined, to: string, marks: readonly (readonly Mark[])[]): Renaming {
  const refusal = renameRefusal(mark, marks);
  if (refusal !== undefined || mark === undefined) return { kind: "refused", reason: refusal ?? "" };
  const fault = nameFault(mark, to);
  if (fault !== undefined) return { kind: "refused", reason: fault };
  const words = referencesOf(mark.key, marks, { definitions: true }).filter(({ named }) => named);
  return { kind: "edits", edits: words.map((word) => ({ place: word.place, text: textFor(word, to) })) };
}

function textFor({ shorthand, text, quoted }: Mark, to: string): string {
  if (shorthand) return `${to}: ${text}`;
  // A key that stands without quotes gets them where the new name needs them.
  return quoted || /^[A-Za-z_$][\w$]*$/.test(to) ? to : JSON.stringify(to);
}

function nameFault({ subject }: Mark, to: string): string | undefined {
  switch (subject.kind) {
    case "column":
    case "input":
    case "param":
      return /^[A-Za-z_$][\w$]*$/.test(to) ? undefined : `"${to}" is no name: use letters, digits, _ and $.`;
    case "tag":
      return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(to)
        ? undefined
        : `"${to}" is no tag: use letters, digits, ".", "_" and "-".`;
    case "symbol":
      return /^[^\s\p{C}"'`]{1,64}$/u.test(to)
        ? undefined
        : `"${to}" is no symbol: use 1 to 64 characters without spaces.`;
    default:
      return to.trim() === "" || /["\n\r\\]/.test(to) ? `"${to}" is no name of a node.` : undefined;
  }
}
