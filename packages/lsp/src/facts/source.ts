import { createHash } from "node:crypto";
import { ts } from "../syntax/index.ts";
import type { Place, Position, SyntaxProblem } from "./facts.ts";
import { readScopes, reverseFrom, type Scopes } from "./scope.ts";
import { type TextLines, textLines } from "./text-lines.ts";

/** One parsed file. */
export interface Source {
  readonly path: string;
  readonly file: ts.SourceFile;
  /** Equal while only comments, formatting, or code inside `compute` and `state` changes. */
  readonly shape: string;
  readonly syntaxErrors: readonly SyntaxProblem[];
  /** Every piece of syntax outside opaque bodies, in reading order. */
  readonly nodes: readonly ts.Node[];
  readonly ordinals: ReadonlyMap<ts.Node, number>;
  /** The functions behind `compute` and `state`, which nothing runs before the graph is built. */
  readonly opaque: ReadonlySet<ts.Node>;
  readonly scopes: Scopes;
}

/** Gives the parsed text of a file: {@link parseSource}, or a store of what it gave before. */
export type ParseSource = (path: string, text: string) => Source;

/** Reads one file; never fails, and never runs anything. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const builders = nodeBuilders(file);
  const nodes: ts.Node[] = [];
  const opaque = new Set<ts.Node>();
  const ordinals = new Map<ts.Node, number>();
  const shape: string[] = [];
  // An explicit stack: code as deep as a chain of a thousand calls must not overflow the call stack. Without a node it is what
  // stands between two.
  const steps: Step[] = [{ node: file, from: file.getStart(file), to: file.end }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { node, from, to } = step;
    if (node === undefined) {
      shape.push(withoutTrivia(text, from, to));
      continue;
    }
    ordinals.set(node, nodes.length);
    nodes.push(node);
    shape.push(`#${node.kind}`);
    if (isOpaque(node, builders)) {
      opaque.add(node);
      continue;
    }
    const first = steps.length;
    let at = from;
    ts.forEachChild(node, (child) => {
      const begin = child.getStart(file);
      if (begin > at) steps.push({ node: undefined, from: at, to: begin });
      steps.push({ node: child, from: begin, to: child.end });
      at = Math.max(at, child.end);
    });
    if (steps.length === first) {
      const leaf = withUnixLines(text.slice(from, to));
      shape.push(`${leaf.length}:${leaf}`);
      continue;
    }
    if (to > at) steps.push({ node: undefined, from: at, to });
    reverseFrom(steps, first);
  }
  return {
    path,
    file,
    nodes,
    ordinals,
    opaque,
    scopes: readScopes(file, opaque),
    shape: createHash("sha256").update(shape.join("\n")).digest("hex"),
    syntaxErrors: syntaxErrors(file),
  };
}

interface Step {
  readonly node: ts.Node | undefined;
  readonly from: number;
  readonly to: number;
}

function withUnixLines(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** Local names that mean a node builder in the whole file, and of namespaces that hold them. */
type NodeBuilders = { readonly names: ReadonlySet<string>; readonly namespaces: ReadonlySet<string> };

const NODE_BUILDERS: readonly string[] = ["node", "crossSection", "aggregate"];

function nodeBuilders(file: ts.SourceFile): NodeBuilders {
  const names = new Set<string>();
  const namespaces = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (statement.moduleSpecifier.text !== "@qmtl/core/strategy" || bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) namespaces.add(bindings.name.text);
    else
      for (const element of bindings.elements)
        if (NODE_BUILDERS.includes((element.propertyName ?? element.name).text)) names.add(element.name.text);
  }
  if (names.size === 0 && namespaces.size === 0) return { names, namespaces };
  const stack: ts.Node[] = [...file.statements];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const declared = declaredName(node);
    if (declared !== undefined) {
      names.delete(declared);
      namespaces.delete(declared);
    }
    ts.forEachChild(node, (child) => {
      stack.push(child);
    });
  }
  return { names, namespaces };
}

function declaredName(node: ts.Node): string | undefined {
  if (!NAMING.has(node.kind)) return undefined;
  const { name } = node as ts.NamedDeclaration;
  return name !== undefined && ts.isIdentifier(name) ? name.text : undefined;
}

/** Syntax that gives a name of its own to something. */
const NAMING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.VariableDeclaration,
  ts.SyntaxKind.Parameter,
  ts.SyntaxKind.BindingElement,
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.ClassExpression,
  ts.SyntaxKind.EnumDeclaration,
]);

function isOpaque(node: ts.Node, builders: NodeBuilders): boolean {
  const isFunction = ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node);
  if (!isFunction) return false;
  const property = ts.isMethodDeclaration(node) ? node : outermost(node).parent;
  if (!ts.isMethodDeclaration(property) && !ts.isPropertyAssignment(property)) return false;
  if (!ts.isIdentifier(property.name) || (property.name.text !== "compute" && property.name.text !== "state"))
    return false;
  if (!ts.isObjectLiteralExpression(property.parent)) return false;
  const spec = outermost(property.parent);
  const call = spec.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== spec) return false;
  const callee = unwrap(call.expression);
  if (ts.isIdentifier(callee)) return builders.names.has(callee.text);
  if (!ts.isPropertyAccessExpression(callee) || !NODE_BUILDERS.includes(callee.name.text)) return false;
  const namespace = unwrap(callee.expression);
  return ts.isIdentifier(namespace) && builders.namespaces.has(namespace.text);
}

/** Without parentheses, type assertions and the like. */
export function unwrap(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner)) inner = inner.expression;
  return inner;
}

/** The widest expression that is the same value as this one. */
export function outermost(node: ts.Node): ts.Node {
  let outer = node;
  while (outer.parent !== undefined && isWrapper(outer.parent)) outer = outer.parent;
  return outer;
}

function isWrapper(
  node: ts.Node,
): node is
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  );
}

/** Where a piece of syntax stands, without the comments before it. */
export function placeOf(node: ts.Node): Place {
  const file = node.getSourceFile();
  return { file: file.fileName, start: positionAt(file, node.getStart(file)), end: positionAt(file, node.end) };
}

export function positionAt(file: ts.SourceFile, offset: number): Position {
  return linesOf(file).positionAt(offset);
}

export function offsetAt(file: ts.SourceFile, position: Position): number {
  return linesOf(file).offsetAt(position);
}

const linesOfFiles = new WeakMap<ts.SourceFile, TextLines>();

/** Lines as people and editors count them; the parser also ends them at U+2028 and U+2029. */
function linesOf(file: ts.SourceFile): TextLines {
  const lines = linesOfFiles.get(file) ?? textLines(file.text);
  linesOfFiles.set(file, lines);
  return lines;
}

/** Punctuation and keywords between two pieces of syntax, without comments and space. */
function withoutTrivia(text: string, from: number, to: number): string {
  const between = text.slice(from, to);
  if (!between.includes("/")) return between.length === 1 ? between.trim() : between.replaceAll(/\s+/g, "");
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, between);
  let found = "";
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    found += scanner.getTokenText();
  return found;
}

function syntaxErrors(file: ts.SourceFile): readonly SyntaxProblem[] {
  // The parser keeps its errors on the file; only a program would offer them by a public name.
  const { parseDiagnostics = [] } = file as { parseDiagnostics?: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.map((diagnostic) => ({
    // The parser's messages are never chains.
    message: String(diagnostic.messageText),
    start: positionAt(file, diagnostic.start),
    end: positionAt(file, diagnostic.start + diagnostic.length),
  }));
}
