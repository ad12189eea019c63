import { textLines } from "../facts/index.ts";
import type { Finding, TextEdit } from "../rules/index.ts";

/** The texts after the safe fixes of findings; of two that touch the same text, the first is taken. Only changed files are given. */
export function applySafeFixes(
  findings: readonly Finding[],
  textOf: (path: string) => string,
): ReadonlyMap<string, string> {
  const taken = new Map<string, { readonly from: number; readonly to: number; readonly text: string }[]>();
  const lines = new Map<string, ReturnType<typeof textLines>>();
  const offsets = ({ place: { file, start, end }, text }: TextEdit) => {
    const of = lines.get(file) ?? textLines(textOf(file));
    lines.set(file, of);
    return { file, from: of.offsetAt(start), to: of.offsetAt(end), text };
  };
  for (const { fixes, suppressed } of findings) {
    const fix = suppressed === undefined ? fixes.find(({ isSafe }) => isSafe) : undefined;
    const edits = (fix?.edits ?? []).map(offsets);
    const clashes = edits.some(({ file, from, to }) =>
      (taken.get(file) ?? []).some((other) => from <= other.to && other.from <= to),
    );
    if (clashes) continue;
    for (const { file, ...edit } of edits) taken.set(file, [...(taken.get(file) ?? []), edit]);
  }
  return new Map(
    [...taken].map(([file, edits]) => {
      let text = textOf(file);
      for (const { from, to, text: replacement } of edits.toSorted((a, b) => b.from - a.from))
        text = text.slice(0, from) + replacement + text.slice(to);
      return [file, text];
    }),
  );
}
