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
      const children: ts.Node[] = [];
      ts.forEachChild(node, (child) => {
        children.push(child);
      });
      stack.push(...children.reverse());
    }
  };
  const later: ts.Node[] = [];
  walk();
  isRead = false;
  stack.push(...later);
  walk();
  return { references, declarationOf: (reference) => lookUp(reference, tables) };

  function declare(node: ts.Node): void {
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

function isTypeOnly(node: ts.Node): boolean {
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
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent))
    return parent.parent.parent.moduleSpecifier === undefined && (parent.propertyName ?? parent.name) === node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent))
    return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isImportClause(parent) || ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isImportEqualsDeclaration(parent) || ts.isNamespaceExport(parent) || ts.isModuleDeclaration(parent))
    return false;
  if (ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isEnumDeclaration(parent))
    return (parent as { readonly name?: ts.Node }).name !== node;
  return true;
}
