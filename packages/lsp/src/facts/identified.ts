import { type InspectedFunction, inspectCode, type ParsedNode, type SyntaxApi } from "@qmtl/core/static";
import { syntax } from "../syntax/code-syntax.ts";
import type { ts } from "../syntax/index.ts";
import { positionAt, type Source } from "./source.ts";

/** What code identity says of each function of a file, by the place where it begins: the same that the loader asks. */
export interface IdentifiedFunctions {
  of(literal: ts.Node): InspectedFunction | undefined;
}

const known = new WeakMap<Source, IdentifiedFunctions>();

/** @throws `identity.nesting` */
export function identifiedFunctions(source: Source): IdentifiedFunctions {
  const before = known.get(source);
  if (before !== undefined) return before;
  const { file, path } = source;
  const byPlace = new Map(inspected(path, file).map((each) => [`${each.line}:${each.column}`, each]));
  const found: IdentifiedFunctions = {
    of(literal) {
      const { line, column } = positionAt(file, literal.getStart(file));
      return byPlace.get(`${line}:${column}`);
    },
  };
  known.set(source, found);
  return found;
}

/** The file is parsed already: identity looks at the same syntax. */
function inspected(path: string, file: ts.SourceFile): readonly InspectedFunction[] {
  if (file.text.startsWith("\uFEFF")) return inspectCode(path, file.text, syntax);
  const parsed: SyntaxApi = { ...syntax, createSourceFile: () => file as unknown as ParsedNode };
  return inspectCode(path, file.text, parsed);
}
