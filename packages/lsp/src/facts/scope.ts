import { ts } from "../syntax/index.ts";

/** What declares a name. */
export type Declared =
  | ts.VariableDeclaration
  | ts.BindingElement
  | ts.ParameterDeclaration
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ClassLikeDeclaration
  | ts.EnumDeclaration
  | ts.ModuleDeclaration
  | ts.ImportClause
  | ts.ImportSpecifier
  | ts.NamespaceImport
  | ts.ImportEqualsDeclaration;

/** The names of one file, by the syntax that opens their scope, and the places where names are used. */
export interface Scopes {
  readonly references: readonly ts.Identifier[];
  /** The declaration that a reference means; undefined for globals. */
  declarationOf(reference: ts.Identifier): Declared | undefined;
}

/** Reads the scopes of a file. `unread` names functions whose references are left out; what they mean can be asked all the same. */
export function readScopes(file: ts.SourceFile, unread: ReadonlySet<ts.Node>): Scopes {
  const tables = new Map<ts.Node, Map<string, Declared>>();
  const references: ts.Identifier[] = [];
  const stack: ts.Node[] = [file];
  let isRead = true;
  const walk = (): void => {
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (isTypeOnly(node)) continue;
      if (isRead && unread.has(node)) {
        later.push(node);
        continue;
      }
      declare(node);
      if (isRead && ts.isIdentifier(node) && isReference(node)) references.push(node);
      pushChildren(stack, node);
    }
  };
  const later: ts.Node[] = [];
  walk();
  isRead = false;
  stack.push(...later);
  walk();
  return { references, declarationOf: (reference) => lookUp(reference, tables) };

  function declare(node: ts.Node): void {
    if (!DECLARING.has(node.kind)) return;
    if (ts.isVariableDeclarationList(node)) {
      const isVar = (node.flags & ts.NodeFlags.BlockScoped) === 0;
      for (const declaration of node.declarations) declarePattern(declaration, isVar ? hoisted(node) : blockOf(node));
    } else if (ts.isParameter(node)) declarePattern(node, node.parent);
    else if (ts.isVariableDeclaration(node) && ts.isCatchClause(node.parent)) declarePattern(node, node.parent);
    else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node))
      put(blockOf(node.parent), node.name, node);
    else if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) put(blockOf(node.parent), node.name, node);
    else if (ts.isFunctionExpression(node) || ts.isClassExpression(node)) put(node, node.name, node);
    else if (ts.isImportClause(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node))
      put(file, node.name, node);
    else if (ts.isImportEqualsDeclaration(node)) put(file, node.name, node);
  }

  function declarePattern(
    node: ts.VariableDeclaration | ts.BindingElement | ts.ParameterDeclaration,
    scope: ts.Node,
  ): void {
    if (ts.isIdentifier(node.name)) put(scope, node.name, node);
    else for (const element of node.name.elements) if (ts.isBindingElement(element)) declarePattern(element, scope);
  }

  function put(scope: ts.Node, name: ts.Identifier | undefined, node: Declared): void {
    if (name === undefined) return;
    const table = tables.get(scope) ?? new Map<string, Declared>();
    // The self name of a function expression gives way to a parameter of the same name.
    if (!table.has(name.text) || ts.isFunctionExpression(table.get(name.text) as Declared)) table.set(name.text, node);
    tables.set(scope, table);
  }
}

function lookUp(
  reference: ts.Identifier,
  tables: ReadonlyMap<ts.Node, ReadonlyMap<string, Declared>>,
): Declared | undefined {
  for (let scope: ts.Node = reference; scope !== undefined; scope = scope.parent) {
    const found = tables.get(scope)?.get(reference.text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function blockOf(node: ts.Node): ts.Node {
  let scope = node;
  while (
    !ts.isSourceFile(scope) &&
    !ts.isBlock(scope) &&
    !ts.isFunctionLike(scope) &&
    !ts.isForStatement(scope) &&
    !ts.isForInStatement(scope) &&
    !ts.isForOfStatement(scope) &&
    !ts.isCaseBlock(scope) &&
    !ts.isModuleBlock(scope) &&
    !ts.isCatchClause(scope)
  )
    scope = scope.parent;
  return scope;
}

function hoisted(node: ts.Node): ts.Node {
  let scope = node;
  while (
    !ts.isSourceFile(scope) &&
    !ts.isFunctionLike(scope) &&
    !ts.isModuleBlock(scope) &&
    !ts.isClassStaticBlockDeclaration(scope)
  )
    scope = scope.parent;
  return scope;
}

/** Puts what stands directly below a node onto a stack, so that it comes off in reading order. */
export function pushChildren(stack: ts.Node[], node: ts.Node): void {
  const from = stack.length;
  ts.forEachChild(node, (child) => {
    stack.push(child);
  });
  reverseFrom(stack, from);
}

/** Turns the order of what a list holds from an index on. */
export function reverseFrom<T>(list: T[], from: number): void {
  for (let low = from, high = list.length - 1; low < high; low++, high--) {
    const first = list[low] as T;
    list[low] = list[high] as T;
    list[high] = first;
  }
}

const IDENTIFIER = ts.SyntaxKind.Identifier;

/** Syntax that may bring a name into its scope. Asked for every piece of a file, so by number. */
const DECLARING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.VariableDeclarationList,
  ts.SyntaxKind.Parameter,
  ts.SyntaxKind.VariableDeclaration,
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.EnumDeclaration,
  ts.SyntaxKind.ModuleDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ClassExpression,
  ts.SyntaxKind.ImportClause,
  ts.SyntaxKind.ImportSpecifier,
  ts.SyntaxKind.NamespaceImport,
  ts.SyntaxKind.ImportEqualsDeclaration,
]);

/** Where the identifiers directly below a piece of syntax stand for values. */
const REFERRING: ReadonlyMap<ts.SyntaxKind, "always" | "never" | "as-initializer" | "as-expression"> = new Map([
  [ts.SyntaxKind.ShorthandPropertyAssignment, "always"],
  [ts.SyntaxKind.CallExpression, "always"],
  [ts.SyntaxKind.BinaryExpression, "always"],
  [ts.SyntaxKind.PropertyAccessExpression, "as-expression"],
  [ts.SyntaxKind.PropertyAssignment, "as-initializer"],
  [ts.SyntaxKind.PropertyDeclaration, "as-initializer"],
  [ts.SyntaxKind.EnumMember, "as-initializer"],
  [ts.SyntaxKind.BindingElement, "as-initializer"],
  [ts.SyntaxKind.VariableDeclaration, "as-initializer"],
  [ts.SyntaxKind.Parameter, "as-initializer"],
  [ts.SyntaxKind.LabeledStatement, "never"],
  [ts.SyntaxKind.BreakStatement, "never"],
  [ts.SyntaxKind.ContinueStatement, "never"],
  [ts.SyntaxKind.MetaProperty, "never"],
  [ts.SyntaxKind.ImportClause, "never"],
  [ts.SyntaxKind.ImportSpecifier, "never"],
  [ts.SyntaxKind.NamespaceImport, "never"],
  [ts.SyntaxKind.ImportEqualsDeclaration, "never"],
  [ts.SyntaxKind.NamespaceExport, "never"],
  [ts.SyntaxKind.ModuleDeclaration, "never"],
] as const);

function isTypeOnly(node: ts.Node): boolean {
  if (node.kind === IDENTIFIER) return false;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node))
    return true;
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return node.isTypeOnly;
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}

/** True where an identifier stands for a value, not for a property, a label, or the name that it declares. */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  switch (REFERRING.get(parent.kind)) {
    case "always":
      return true;
    case "never":
      return false;
    case "as-initializer":
      return (parent as ts.HasInitializer).initializer === node;
    case "as-expression":
      return (parent as ts.PropertyAccessExpression).expression === node;
    default:
      break;
  }
  if (ts.isExportSpecifier(parent))
    return parent.parent.parent.moduleSpecifier === undefined && (parent.propertyName ?? parent.name) === node;
  if (ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isEnumDeclaration(parent))
    return (parent as ts.NamedDeclaration).name !== node;
  return true;
}
