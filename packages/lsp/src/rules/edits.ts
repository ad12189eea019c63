import type { Cell } from "@qmtl/core/static";
import { type ModuleReading, placeOf } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import type { TextEdit } from "./finding.ts";

/** What it takes to use an export of a package in a file: nothing where it is imported already. */
export function importEdits(
  reading: ModuleReading,
  file: string,
  specifier: string,
  name: string,
): readonly TextEdit[] {
  const source = reading.linked.sources.find(({ path }) => path === file);
  if (source === undefined) return [];
  const imports = source.file.statements.filter(ts.isImportDeclaration);
  for (const { moduleSpecifier, importClause } of imports) {
    const bindings = importClause?.namedBindings;
    if (!ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== specifier) continue;
    if (importClause?.phaseModifier !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const { elements } = bindings;
    if (elements.some((element) => element.name.text === name)) return [];
    const last = elements.at(-1);
    if (last === undefined) continue;
    const { file: path, end } = placeOf(last);
    return [{ place: { file: path, start: end, end }, text: `, ${name}` }];
  }
  const start = { line: 1, column: 1 };
  return [{ place: { file, start, end: start }, text: `import { ${name} } from "${specifier}";\n` }];
}

const UNITS: readonly string[] = ["price", "quantity", "fraction", "percent", "seconds"];

/** The word of `@qmtl/core/schema` that is this cell; undefined where it takes more than a word. */
export function cellWord(cell: Cell): string | undefined {
  return cell.dtype === "f64" && UNITS.includes(cell.unit) ? cell.unit : undefined;
}

/** The place of a whole statement with the line break after it. */
export function lineOf(statement: ts.Node): TextEdit["place"] {
  const place = placeOf(statement);
  const { text } = statement.getSourceFile();
  const lineStart = text.lastIndexOf("\n", statement.getStart() - 1) + 1;
  const isAlone =
    text.slice(lineStart, statement.getStart()).trim() === "" && /^[ \t]*(\r?\n|$)/.test(text.slice(statement.end));
  if (!isAlone) return place;
  return {
    file: place.file,
    start: { line: place.start.line, column: 1 },
    end: { line: place.end.line + 1, column: 1 },
  };
}

/** The place of a property in its object or of an element in its list, with the comma that goes with it. */
export function entryPlace(entry: ts.Node, all: readonly ts.Node[]): TextEdit["place"] {
  const index = all.indexOf(entry);
  const own = placeOf(entry);
  const next = all[index + 1];
  const before = all[index - 1];
  if (next !== undefined) return { ...own, end: placeOf(next).start };
  if (before !== undefined) return { ...own, start: placeOf(before).end };
  const { text } = entry.getSourceFile();
  const comma = /^\s*,/.exec(text.slice(entry.end))?.[0];
  if (comma === undefined || comma.includes("\n")) return own;
  return { ...own, end: { line: own.end.line, column: own.end.column + comma.length } };
}
