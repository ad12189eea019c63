/**
 * The frozen table of `codeid/1`: the parser's name of a node, our tag, and the properties that make it up, in our order.
 * Changing a line changes identities, so it is a new scheme. Syntax that is not listed has no identity.
 *
 * A line reads `tag property… | ignored…`. `property*` is a list, `property:key` the name of a property (an identifier,
 * string or number, or a computed expression), `property:word` an identifier that is text only. Ignored properties carry
 * types or tokens without meaning. What a parser offers beyond all of them makes the node unknown.
 */
const lines: Readonly<Record<string, string>> = {
  Block: "block statements*",
  EmptyStatement: "empty",
  DebuggerStatement: "debugger",
  ExpressionStatement: "expr expression",
  VariableStatement: "vars declarationList",
  VariableDeclarationList: "list declarations*",
  VariableDeclaration: "var name initializer | type exclamationToken",
  IfStatement: "if expression thenStatement elseStatement",
  DoStatement: "do statement expression",
  WhileStatement: "while expression statement",
  ForStatement: "for initializer condition incrementor statement",
  ForOfStatement: "forof initializer expression statement | awaitModifier",
  ForInStatement: "forin initializer expression statement",
  ReturnStatement: "return expression",
  ThrowStatement: "throw expression",
  SwitchStatement: "switch expression caseBlock",
  CaseBlock: "cases clauses*",
  CaseClause: "case expression statements*",
  DefaultClause: "default statements*",
  TryStatement: "try tryBlock catchClause finallyBlock",
  CatchClause: "catch variableDeclaration block",
  LabeledStatement: "label label:word statement",
  BreakStatement: "break label:word",
  ContinueStatement: "continue label:word",

  FunctionDeclaration: "fn name parameters* body | typeParameters type asteriskToken",
  FunctionExpression: "fn name parameters* body | typeParameters type asteriskToken",
  ArrowFunction: "arrow parameters* body | typeParameters type equalsGreaterThanToken",
  MethodDeclaration: "method name:key parameters* body | typeParameters type asteriskToken questionToken",
  Constructor: "ctor parameters* body | typeParameters type",
  GetAccessor: "get name:key parameters* body | typeParameters type",
  SetAccessor: "set name:key parameters* body | typeParameters type",
  Parameter: "param name initializer | type questionToken dotDotDotToken",

  ClassDeclaration: "class name heritageClauses* members* | typeParameters",
  ClassExpression: "class name heritageClauses* members* | typeParameters",
  HeritageClause: "extends types*",
  ExpressionWithTypeArguments: "base expression | typeArguments",
  PropertyDeclaration: "field name:key initializer | type questionToken exclamationToken",
  ClassStaticBlockDeclaration: "static body",
  EnumDeclaration: "enum name members*",
  EnumMember: "member name:key initializer",

  ObjectBindingPattern: "opat elements*",
  ArrayBindingPattern: "apat elements*",
  BindingElement: "element propertyName:key name initializer | dotDotDotToken",
  ArrayLiteralExpression: "array elements*",
  OmittedExpression: "hole",
  SpreadElement: "spread expression",
  ObjectLiteralExpression: "object properties*",
  PropertyAssignment: "prop name:key initializer | questionToken exclamationToken",
  SpreadAssignment: "spread expression",
  ComputedPropertyName: "computed expression",

  PropertyAccessExpression: "get. expression name:key | questionDotToken",
  ElementAccessExpression: "get[] expression argumentExpression | questionDotToken",
  CallExpression: "call expression arguments* | typeArguments questionDotToken",
  NewExpression: "new expression arguments* | typeArguments",
  TaggedTemplateExpression: "tag tag template | typeArguments questionDotToken",
  TemplateExpression: "template head templateSpans*",
  TemplateSpan: "span expression literal",
  BinaryExpression: "bin left right | operatorToken",
  PrefixUnaryExpression: "pre operand",
  PostfixUnaryExpression: "post operand",
  ConditionalExpression: "cond condition whenTrue whenFalse | questionToken colonToken",
  TypeOfExpression: "typeof expression",
  VoidExpression: "void expression",
  DeleteExpression: "delete expression",
  YieldExpression: "yield expression | asteriskToken",
  AwaitExpression: "await expression",
  MetaProperty: "meta | name",

  Identifier: "id",
  PrivateIdentifier: "private",
  NumericLiteral: "num",
  BigIntLiteral: "big",
  StringLiteral: "str",
  NoSubstitutionTemplateLiteral: "str",
  TemplateHead: "str",
  TemplateMiddle: "str",
  TemplateTail: "str",
  RegularExpressionLiteral: "re",
  TrueKeyword: "true",
  FalseKeyword: "false",
  NullKeyword: "null",
  ThisKeyword: "this",
  SuperKeyword: "super",
  ImportKeyword: "import()",

  // Only the level of modules: never part of a function or class, so without influence on a hash.
  SourceFile: "module statements* | endOfFileToken",
  ModuleDeclaration: "namespace name body",
  ModuleBlock: "block statements*",
  ExportAssignment: "export expression",
};

export type FieldKind = "node" | "list" | "key" | "word";

export interface Row {
  readonly tag: string;
  readonly fields: readonly { readonly property: string; readonly kind: FieldKind }[];
  readonly ignored: readonly string[];
}

export const frozenTable: ReadonlyMap<string, Row> = new Map(
  Object.entries(lines).map(([kind, line]) => {
    const [made = "", ignored = ""] = line.split(" | ");
    const [tag = "", ...fields] = made.split(" ");
    return [kind, { tag, fields: fields.map(field), ignored: ignored.split(" ").filter(Boolean) }];
  }),
);

function field(text: string): { property: string; kind: FieldKind } {
  if (text.endsWith("*")) return { property: text.slice(0, -1), kind: "list" };
  const [property = "", kind] = text.split(":");
  return { property, kind: kind === "key" || kind === "word" ? kind : "node" };
}

/** Nodes that leave nothing behind at run time. */
export const erasedKinds: ReadonlySet<string> = new Set([
  "InterfaceDeclaration",
  "TypeAliasDeclaration",
  "IndexSignature",
  "SemicolonClassElement",
  "NamespaceExportDeclaration",
]);

/** Wrappers that only the type checker sees; they stand for their expression. */
export const transparentKinds: ReadonlySet<string> = new Set([
  "ParenthesizedExpression",
  "AsExpression",
  "SatisfiesExpression",
  "NonNullExpression",
  "TypeAssertionExpression",
]);
