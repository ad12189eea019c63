import { placeOf, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { type HandleTypes, handleTypes } from "./handle-type.ts";
import { computeAround, outputProblems } from "./output-problems.ts";
import type { TypeProblem } from "./problem.ts";
import { nodeAt, type Slot, slotAt } from "./slot.ts";

/** What a diagnostic is read with. */
export interface Reading {
  readonly checker: ts.TypeChecker;
  readonly handles: HandleTypes;
}

/** Property does not exist, with and without a suggestion. */
const NO_PROPERTY: readonly number[] = [2339, 2551];
const NO_INDEX = 7053;

/**
 * The problems of one file that come from the types of our builders, in the order of the text, each once. What TypeScript reports
 * apart from them is not ours to say.
 *
 * @throws `ts.OperationCanceledException`
 */
export function readProblems(
  program: ts.Program,
  file: ts.SourceFile,
  cancellation?: ts.CancellationToken,
): readonly TypeProblem[] {
  const checker = program.getTypeChecker();
  const reading: Reading = { checker, handles: handleTypes(checker) };
  const found = new Map<string, TypeProblem>();
  for (const { code, start = 0, length = 0 } of program.getSemanticDiagnostics(file, cancellation))
    for (const problem of problemsAt(reading, nodeAt(file, start, start + length), code)) {
      const { line, column } = problem.place.start;
      const key = `${problem.kind} ${line}:${column}${"name" in problem ? ` ${problem.name}` : ""}`;
      if (!found.has(key)) found.set(key, problem);
    }
  return [...found.values()].toSorted(
    ({ place: { start: a } }, { place: { start: b } }) => a.line - b.line || a.column - b.column,
  );
}

function problemsAt(reading: Reading, node: ts.Node, code: number): readonly TypeProblem[] {
  if (NO_PROPERTY.includes(code)) return unknownMember(reading, node);
  if (code === NO_INDEX) return unknownElement(reading, node);
  const compute = computeAround(reading, node);
  if (compute !== undefined) return outputProblems(reading, compute);
  const slot = slotAt(reading.checker, node);
  return slot === undefined ? [] : branchProblems(reading, slot);
}

/** Of `a ? b : c` that which does not fit. */
function branchProblems(reading: Reading, slot: Slot): readonly TypeProblem[] {
  const inner = unwrap(slot.expression);
  if (ts.isConditionalExpression(inner))
    return [inner.whenTrue, inner.whenFalse].flatMap((expression) =>
      branchProblems(reading, { ...slot, expression, found: reading.checker.getTypeAtLocation(expression) }),
    );
  const { found } = slot;
  if (!found.isUnion()) return slotProblems(reading, slot);
  return found.types.flatMap((part) => slotProblems(reading, { ...slot, found: part })).slice(0, 1);
}

/** `bars.clsoe`, `({ clsoe }) =>`. */
function unknownMember(reading: Reading, name: ts.Node): readonly TypeProblem[] {
  const { checker, handles } = reading;
  const { parent } = name;
  if (!ts.isIdentifier(name)) return [];
  const of = ts.isPropertyAccessExpression(parent)
    ? checker.getTypeAtLocation(parent.expression)
    : ts.isBindingElement(parent)
      ? checker.getTypeAtLocation(parent.parent)
      : undefined;
  if (of === undefined) return [];
  const among = handles.columnNames(of);
  if (among !== undefined) return [{ kind: "unknown-column", place: placeOf(name), wanted: name.text, among }];
  const declared = handles.outNames(of);
  return declared === undefined ? [] : [{ kind: "undeclared-output", place: placeOf(name), name: name.text, declared }];
}

/** `bars["clsoe"]` */
function unknownElement({ checker, handles }: Reading, node: ts.Node): readonly TypeProblem[] {
  const access = ts.isElementAccessExpression(node) ? node : node.parent;
  if (!ts.isElementAccessExpression(access)) return [];
  const key = unwrap(access.argumentExpression);
  const among = handles.columnNames(checker.getTypeAtLocation(access.expression));
  return among === undefined || !ts.isStringLiteralLike(key)
    ? []
    : [{ kind: "unknown-column", place: placeOf(key), wanted: key.text, among }];
}

function slotProblems(reading: Reading, slot: Slot): readonly TypeProblem[] {
  const { checker, handles } = reading;
  const { expression, found, wanted, call, path } = slot;
  const place = placeOf(expression);
  const who = readerOf(slot);
  const offset = found.isNumberLiteral() ? found.value : undefined;
  if (wanted.isStringLiteral() && offset !== undefined) {
    const isLiteral = !ts.isIdentifier(unwrap(expression)) && !ts.isPropertyAccessExpression(unwrap(expression));
    if (wanted.value.startsWith("look-ahead:")) return [{ kind: "look-ahead", place, of: "window", offset, isLiteral }];
    return wanted.value.startsWith("a lag looks back") && offset < 0
      ? [{ kind: "look-ahead", place, of: "lag", offset, isLiteral }]
      : [];
  }
  if (handles.isDecision(wanted)) return decisionProblems(reading, slot);
  if (handles.isLabel(found) && !handles.isLabel(wanted)) return [{ kind: "label-read", place, who }];
  if (call !== undefined && path.length === 2 && path[0] === "inputs") return inputProblems(reading, slot);
  const column = handles.column(found);
  const asked = handles.columnAmong(wanted);
  if (column !== undefined && asked !== undefined && !checker.isTypeAssignableTo(column.cell, asked.cell)) {
    const cell = handles.cell(column.cell);
    const want = handles.wanted(asked.cell);
    return cell === undefined || want === undefined
      ? []
      : [{ kind: "wrong-cell", place, who, wanted: want, found: cell }];
  }
  const panel = handles.panel(found);
  const needs = handles.panel(wanted);
  if (panel !== undefined && needs !== undefined) {
    const needed = [...needs.columns.keys()];
    const missing = needed.filter((name) => !panel.columns.has(name));
    if (missing.length > 0) return [{ kind: "missing-columns", place, missing, needed }];
    for (const [name, type] of needs.columns) {
      const own = panel.columns.get(name);
      const cell = own === undefined || checker.isTypeAssignableTo(own, type) ? undefined : handles.cell(own);
      const want = handles.wanted(type);
      if (cell !== undefined && want !== undefined)
        return [{ kind: "wrong-cell", place, who: `${name} of ${who}`, wanted: want, found: cell }];
    }
  }
  const from = handles.intervalAmong(wanted);
  const to = handles.interval(found);
  return from === undefined || to === undefined || from === to
    ? []
    : [{ kind: "mixed-intervals", place, who, from, to, resamples: column !== undefined || panel !== undefined }];
}

/** Of the inputs of a node, those that have another clock than the first. */
function inputProblems({ checker, handles }: Reading, slot: Slot): readonly TypeProblem[] {
  const property = ts.isShorthandPropertyAssignment(slot.expression.parent)
    ? slot.expression.parent
    : ts.findAncestor(slot.expression, ts.isPropertyAssignment);
  if (property === undefined || !ts.isObjectLiteralExpression(property.parent)) return [];
  const clocked = property.parent.properties.flatMap((each) => {
    const expression = ts.isPropertyAssignment(each)
      ? each.initializer
      : ts.isShorthandPropertyAssignment(each)
        ? each.name
        : undefined;
    if (expression === undefined) return [];
    const symbol = ts.isShorthandPropertyAssignment(each) ? checker.getShorthandAssignmentValueSymbol(each) : undefined;
    const type =
      symbol === undefined
        ? checker.getTypeAtLocation(expression)
        : checker.getTypeOfSymbolAtLocation(symbol, expression);
    const interval = handles.interval(type);
    const resamples = handles.column(type) !== undefined || handles.panel(type) !== undefined;
    return interval === undefined ? [] : [{ place: placeOf(expression), interval, resamples }];
  });
  const [first] = clocked;
  const who = readerOf(slot);
  return clocked.flatMap(({ place, interval, resamples }): TypeProblem[] =>
    first === undefined || interval === first.interval
      ? []
      : [{ kind: "mixed-intervals", place, who, from: first.interval, to: interval, resamples }],
  );
}

/** `graph` gives back something that is no decision. */
function decisionProblems({ checker, handles }: Reading, { expression, found }: Slot): readonly TypeProblem[] {
  if (handles.isDecision(found) || handles.isDataset(found)) return [];
  if ((found.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return [];
  return [{ kind: "no-decision", place: placeOf(expression), found: wordsFor(found) }];

  function wordsFor(type: ts.Type): string {
    if (handles.column(type) !== undefined) return "A column";
    if (handles.panel(type) !== undefined) return "A panel";
    if (handles.isLabel(type)) return "A label";
    return checker.typeToString(type);
  }
}

/** For people: who takes what stands in a slot. */
function readerOf({ call, path }: Slot): string {
  if (call === undefined) return "its declaration";
  const callee = unwrap(call.expression);
  const isPlain = /^[\w.]+$/.test(callee.getText());
  const name = isPlain || !ts.isPropertyAccessExpression(callee) ? callee.getText() : callee.name.text;
  if (path[0] === "inputs") return nameOfSpec(call) ?? "this node";
  if (path[0] === "features") return "a feature";
  if (path[0] === "labels") return "the dataset";
  const last = path.at(-1);
  return last === undefined || name.startsWith("target") ? `${name}()` : `${name}().${last}`;
}

function nameOfSpec({ arguments: [spec] }: ts.CallExpression): string | undefined {
  if (spec === undefined || !ts.isObjectLiteralExpression(spec)) return undefined;
  const name = spec.properties.find(
    (each) => each.name !== undefined && ts.isIdentifier(each.name) && each.name.text === "name",
  );
  const value = name !== undefined && ts.isPropertyAssignment(name) ? unwrap(name.initializer) : undefined;
  return value !== undefined && ts.isStringLiteralLike(value) ? `"${value.text}"` : undefined;
}
