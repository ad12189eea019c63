import type { VirtualFiles } from "../facts/index.ts";
import { type Finding, RULES } from "../rules/index.ts";
import { checkModule } from "./module-check.ts";
import { byPlace } from "./order.ts";
import { sourceStore } from "./source-store.ts";
import { suppress } from "./suppression.ts";

export interface CheckFileOptions {
  /** A comment does not help against the rules that guard the line between replay and live. */
  readonly submission?: boolean;
}

/**
 * What is wrong with one strategy file and with what it imports, apart from the worlds around it: the same rules as in the editor,
 * for those who have one file and no time.
 */
export function checkFile(
  files: VirtualFiles,
  entry: string,
  { submission = false }: CheckFileOptions = {},
): readonly Finding[] {
  const module = checkModule(entry, undefined, {
    files: { ...files, list: () => [entry] },
    parse: sourceStore(Number.POSITIVE_INFINITY),
    rules: RULES.filter(({ usesProject }) => usesProject !== true),
    project: () => {
      throw new Error("a rule that does not say so looks at the project");
    },
    live: false,
    world: undefined,
    isCancelled: () => false,
  });
  if (module === undefined) return [];
  const firm = new Set(RULES.flatMap(({ code, unsuppressable }) => (unsuppressable === true ? [code] : [])));
  const all = [...module.unreadable, ...module.own];
  return [...module.texts]
    .flatMap(([path, text]) =>
      suppress(
        path,
        text,
        all.filter(({ place }) => place.file === path),
      ),
    )
    .map((finding) => {
      if (!submission || finding.suppressed === undefined || !firm.has(finding.code)) return finding;
      const { suppressed: _ignored, ...open } = finding;
      return open;
    })
    .toSorted(byPlace);
}
