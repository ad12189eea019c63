import { QmtlError } from "../../schema/error.ts";
import type { CodeNode, CodeTree, Part } from "./code-tree.ts";
import { erasedKinds, frozenTable, type Row, transparentKinds } from "./frozen-table.ts";
import type { ParsedNode, SyntaxApi } from "./syntax-api.ts";

const deepest = 500;
const es2022 = 9;
const scriptKinds = { js: 1, ts: 3 } as const;

/**
 * Reads a TypeScript or JavaScript module into our tree.
 *
 * @throws QmtlError `identity.nesting` when the source nests deeper than any strategy would.
 */
export function readCode(file: string, source: string, syntax: SyntaxApi): CodeTree {
  const starts = lineStarts(source);
  const place = (offset: number): { line: number; column: number } => position(starts, offset);
  try {
    const scriptKind = /\.m?js$/.test(file) ? scriptKinds.js : scriptKinds.ts;
    const parsed = syntax.createSourceFile(file, source, es2022, true, scriptKind);
    const syntaxErrors = parseErrors(parsed);
    const reader = new Reader(source, parsed, syntax, kindNames(syntax));
    const module = syntaxErrors.length > 0 ? emptyModule : reader.read(parsed, undefined, 0)!;
    return { module, text: source, syntaxErrors, position: place };
  } catch (thrown) {
    // The parser itself gives up long after any sensible depth.
    if (thrown instanceof TooDeep) throw refuseDepth(file, place(thrown.offset));
    if (thrown instanceof RangeError) throw refuseDepth(file, {});
    throw thrown;
  }
}

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super("too deep");
    this.offset = offset;
  }
}

function refuseDepth(file: string, place: { line?: number; column?: number }): QmtlError {
  return new QmtlError({
    code: "identity.nesting",
    message: `The code nests more than ${deepest} levels deep.`,
    place: { file, ...place },
    next: "Split the expression into named parts, or read the data from a JSON file.",
    class: "rejected",
  });
}

/** Most nodes have none. */
const noAsides: ReadonlySet<string> = new Set();

const emptyModule: CodeNode = {
  tag: "module",
  kind: "SourceFile",
  word: undefined,
  marks: [],
  parts: { statements: [] },
  asides: noAsides,
  start: 0,
  end: 0,
  anchor: undefined,
  parent: undefined,
};

const namesOf = new WeakMap<SyntaxApi["SyntaxKind"], ReadonlyMap<number, string>>();

/** `FirstToken` and the like are aliases of a kind, listed after it. */
function kindNames(syntax: SyntaxApi): ReadonlyMap<number, string> {
  const known = namesOf.get(syntax.SyntaxKind);
  if (known !== undefined) return known;
  const names = new Map<number, string>();
  for (const [name, kind] of Object.entries(syntax.SyntaxKind)) {
    if (typeof kind === "number" && !/^(First|Last)[A-Z]/.test(name) && !names.has(kind)) names.set(kind, name);
  }
  namesOf.set(syntax.SyntaxKind, names);
  return names;
}

function parseErrors(parsed: ParsedNode): { start: number; message: string }[] {
  const found = property(parsed, "parseDiagnostics");
  if (!Array.isArray(found)) return [];
  return found.map((one: { start?: number; messageText?: unknown }) => ({
    start: one.start ?? 0,
    message: typeof one.messageText === "string" ? one.messageText : "The file is not valid TypeScript.",
  }));
}

function property(node: ParsedNode, name: string): unknown {
  return (node as unknown as Record<string, unknown>)[name];
}

function nodeAt(node: ParsedNode, name: string): ParsedNode | undefined {
  return property(node, name) as ParsedNode | undefined;
}

function nodesAt(node: ParsedNode, name: string): readonly ParsedNode[] {
  return (property(node, name) as readonly ParsedNode[] | undefined) ?? [];
}

/** Where a list begins, behind its opening token. */
function positionOf(node: ParsedNode, name: string): number | undefined {
  return (property(node, name) as { readonly pos: number } | undefined)?.pos;
}

function textOf(node: ParsedNode): string {
  return property(node, "text") as string;
}

function optionalText(node: ParsedNode | undefined): string | undefined {
  return node === undefined ? undefined : textOf(node);
}

const meaninglessModifiers = new Set([
  "AbstractKeyword",
  "PublicKeyword",
  "PrivateKeyword",
  "ProtectedKeyword",
  "ReadonlyKeyword",
  "OverrideKeyword",
  "ConstKeyword",
]);

const bodiedKinds = new Set(["FunctionDeclaration", "MethodDeclaration", "Constructor", "GetAccessor", "SetAccessor"]);
/** Words of one piece, which may name a property. */
const keyKinds = new Set(["Identifier", "StringLiteral", "NoSubstitutionTemplateLiteral", "NumericLiteral"]);

type Draft = { -readonly [K in keyof CodeNode]: CodeNode[K] } & { marks: string[] };

function aside(draft: Draft, fact: string): void {
  draft.asides = new Set(draft.asides).add(fact);
}

class Reader {
  readonly #source: string;
  readonly #file: ParsedNode;
  readonly #syntax: SyntaxApi;
  readonly #kinds: ReadonlyMap<number, string>;

  constructor(source: string, file: ParsedNode, syntax: SyntaxApi, kinds: ReadonlyMap<number, string>) {
    this.#source = source;
    this.#file = file;
    this.#syntax = syntax;
    this.#kinds = kinds;
  }

  /** `undefined` for what leaves nothing behind at run time. */
  read(node: ParsedNode | undefined, parent: CodeNode | undefined, depth: number): CodeNode | undefined {
    if (node === undefined) return undefined;
    let inner = node;
    while (transparentKinds.has(this.#kind(inner))) inner = nodeAt(inner, "expression")!;
    const kind = this.#kind(inner);
    if (this.#isErased(inner, kind)) return undefined;
    if (depth > deepest) throw new TooDeep(inner.getStart(this.#file));
    if (kind === "ImportDeclaration") return this.#import(inner, parent);
    if (kind === "ExportDeclaration") return this.#reexport(inner, parent);
    if (kind === "ShorthandPropertyAssignment") return this.#shorthand(inner, parent, depth);
    const row = frozenTable.get(kind);
    const draft = this.#draft(inner, row?.tag ?? "unknown", parent);
    draft.kind = kind;
    if (row === undefined) return this.#unknown(inner, draft, depth);
    if (keyKinds.has(kind)) {
      draft.word = this.#literal(inner, kind);
      return draft;
    }

    this.#modifiers(inner, draft, depth);
    this.#attributes(inner, kind, draft);
    const parts = draft.parts as Record<string, Part>;
    for (const { property: name, kind: fieldKind } of row.fields) {
      if (fieldKind === "word") draft.word = optionalText(nodeAt(inner, name));
      else if (fieldKind === "list") parts[name] = this.#list(nodesAt(inner, name), draft, depth);
      else if (fieldKind === "key") parts[name] = this.#key(this.#keyNode(inner, name), draft, depth);
      else parts[name] = this.#node(inner, name, kind, draft, depth);
    }

    const unaccounted: CodeNode[] = [];
    let accounted: ReadonlySet<ParsedNode> | undefined;
    this.#syntax.forEachChild(inner, (one) => {
      accounted ??= accountedFor(inner, row);
      const read = accounted.has(one) ? undefined : this.read(one, draft, depth + 1);
      if (read !== undefined) unaccounted.push(read);
      return undefined;
    });
    if (unaccounted.length === 0) return draft;
    return Object.assign(draft, { tag: "unknown", parts: { ...draft.parts, unaccounted } });
  }

  #kind(node: ParsedNode): string {
    return this.#kinds.get(node.kind) ?? `Kind${node.kind}`;
  }

  #draft(node: ParsedNode, tag: string, parent: CodeNode | undefined): Draft {
    const start = node.getStart(this.#file);
    return {
      tag,
      kind: tag,
      word: undefined,
      marks: [],
      parts: {},
      asides: noAsides,
      start,
      end: node.end,
      anchor: undefined,
      parent,
    };
  }

  #isErased(node: ParsedNode, kind: string): boolean {
    if (erasedKinds.has(kind)) return true;
    if (this.#isModified(node, "DeclareKeyword")) return true;
    if (kind === "PropertyDeclaration") return this.#isModified(node, "AbstractKeyword");
    if (kind === "HeritageClause") return this.#kinds.get(property(node, "token") as number) !== "ExtendsKeyword";
    if (kind === "Parameter") {
      const name = nodeAt(node, "name")!;
      return this.#kind(name) === "Identifier" && textOf(name) === "this";
    }
    return bodiedKinds.has(kind) && nodeAt(node, "body") === undefined;
  }

  #isModified(node: ParsedNode, modifier: string): boolean {
    return nodesAt(node, "modifiers").some((one) => this.#kind(one) === modifier);
  }

  #modifiers(node: ParsedNode, draft: Draft, depth: number): void {
    const decorators: CodeNode[] = [];
    for (const modifier of nodesAt(node, "modifiers")) {
      const kind = this.#kind(modifier);
      if (kind === "AsyncKeyword") draft.marks.push("async");
      else if (kind === "StaticKeyword") draft.marks.push("static");
      else if (kind === "ExportKeyword") aside(draft, "exported");
      else if (kind === "DefaultKeyword") aside(draft, "default");
      else if (kind === "Decorator") {
        const expression = this.read(nodeAt(modifier, "expression"), draft, depth + 1);
        if (expression !== undefined) decorators.push(expression);
      } else if (!meaninglessModifiers.has(kind)) aside(draft, "unsupported");
    }
    if (draft.tag === "param" && nodesAt(node, "modifiers").length > decorators.length) {
      draft.marks.push("field");
      draft.word = textOf(nodeAt(node, "name")!);
    }
    if (decorators.length === 0) return;
    draft.parts = { decorators };
    aside(draft, "decorated");
  }

  #attributes(node: ParsedNode, kind: string, draft: Draft): void {
    if (kind === "FunctionDeclaration" || kind === "ClassDeclaration") aside(draft, "statement");
    if (draft.tag === "class") draft.anchor = positionOf(node, "members");
    if (draft.tag === "fn") draft.anchor = (positionOf(node, "typeParameters") ?? positionOf(node, "parameters")!) - 1;
    if (nodeAt(node, "asteriskToken") !== undefined) draft.marks.push("*");
    if (nodeAt(node, "dotDotDotToken") !== undefined) draft.marks.push("...");
    if (nodeAt(node, "awaitModifier") !== undefined) draft.marks.push("await");
    if (nodeAt(node, "questionDotToken") !== undefined) draft.marks.push("?");
    else if (this.#continuesChain(node, kind)) draft.marks.push("chain");
    const word = this.#literal(node, kind);
    if (word !== undefined) draft.word = word;
  }

  /** Whether `?.` further left can skip this access: parentheses end a chain, `!` does not. */
  #continuesChain(node: ParsedNode, kind: string): boolean {
    if (kind !== "PropertyAccessExpression" && kind !== "ElementAccessExpression" && kind !== "CallExpression") {
      return false;
    }
    let left = nodeAt(node, "expression")!;
    while (this.#kind(left) === "NonNullExpression") left = nodeAt(left, "expression")!;
    return nodeAt(left, "questionDotToken") !== undefined || this.#continuesChain(left, this.#kind(left));
  }

  #literal(node: ParsedNode, kind: string): string | undefined {
    switch (kind) {
      case "Identifier":
        return textOf(node);
      case "PrivateIdentifier":
      case "StringLiteral":
      case "NoSubstitutionTemplateLiteral":
      case "TemplateHead":
      case "TemplateMiddle":
      case "TemplateTail":
      case "RegularExpressionLiteral":
        return textOf(node);
      case "NumericLiteral":
        return String(Number(this.#slice(node).replaceAll("_", "")));
      case "BigIntLiteral":
        return String(BigInt(this.#slice(node).replaceAll("_", "").slice(0, -1)));
      case "BinaryExpression":
        return this.#syntax.tokenToString(nodeAt(node, "operatorToken")!.kind);
      case "PrefixUnaryExpression":
      case "PostfixUnaryExpression":
        return this.#syntax.tokenToString(property(node, "operator") as number);
      case "MetaProperty":
        return `${this.#syntax.tokenToString(property(node, "keywordToken") as number)}.${textOf(nodeAt(node, "name")!)}`;
      case "VariableDeclarationList":
        return /^(?:var|let|const|using|await)\b/.exec(this.#slice(node))?.[0] ?? "unknown";
      case "ModuleDeclaration":
        return "namespace";
      case "ExportAssignment":
        return property(node, "isExportEquals") === true ? "=" : "default";
      default:
        return undefined;
    }
  }

  #slice(node: ParsedNode): string {
    return this.#source.slice(node.getStart(this.#file), node.end);
  }

  #list(nodes: readonly ParsedNode[], parent: Draft, depth: number): CodeNode[] {
    const read: CodeNode[] = [];
    for (const node of nodes) {
      const one = this.read(node, parent, depth + 1);
      if (one !== undefined && one.tag !== "empty") read.push(one);
    }
    return read;
  }

  #node(node: ParsedNode, name: string, kind: string, draft: Draft, depth: number): CodeNode | undefined {
    const value = nodeAt(node, name);
    if (kind === "TaggedTemplateExpression" && name === "template") return this.#rawTemplate(value!, draft, depth);
    return this.read(value, draft, depth + 1);
  }

  /** A tag sees the raw text; the cooked text follows from it. */
  #rawTemplate(template: ParsedNode, parent: Draft, depth: number): CodeNode {
    const draft = this.#draft(template, "rawtemplate", parent);
    const raw = (node: ParsedNode): CodeNode => {
      const text = this.#slice(node).replace(/\r\n?/g, "\n");
      const tail = text.endsWith("${") ? 2 : 1;
      return { ...this.#draft(node, "raw", draft), word: text.slice(1, -tail) };
    };
    const head = nodeAt(template, "head");
    const spans = nodesAt(template, "templateSpans");
    const texts = head === undefined ? [raw(template)] : [raw(head), ...spans.map((s) => raw(nodeAt(s, "literal")!))];
    const values = spans.map((span) => this.read(nodeAt(span, "expression"), draft, depth + 1)!);
    draft.parts = { texts, values };
    return draft;
  }

  /** `{ a }` in a pattern reads the property `a`. */
  #keyNode(node: ParsedNode, name: string): ParsedNode | undefined {
    const given = nodeAt(node, name);
    if (name !== "propertyName" || given !== undefined) return given;
    const parent = nodeAt(node, "parent");
    const inObject = parent !== undefined && this.#kind(parent) === "ObjectBindingPattern";
    return inObject && nodeAt(node, "dotDotDotToken") === undefined ? nodeAt(node, "name") : undefined;
  }

  #key(node: ParsedNode | undefined, parent: Draft, depth: number): CodeNode | undefined {
    if (node === undefined) return undefined;
    const kind = this.#kind(node);
    if (!keyKinds.has(kind)) return this.read(node, parent, depth + 1);
    return { ...this.#draft(node, "key", parent), word: this.#literal(node, kind) };
  }

  #shorthand(node: ParsedNode, parent: CodeNode | undefined, depth: number): CodeNode {
    const fallback = nodeAt(node, "objectAssignmentInitializer");
    const draft = this.#draft(node, fallback === undefined ? "prop" : "propdefault", parent);
    const name = nodeAt(node, "name")!;
    const own = { name: this.#key(name, draft, depth), initializer: this.read(name, draft, depth + 1) };
    draft.parts = fallback === undefined ? own : { ...own, fallback: this.read(fallback, draft, depth + 1) };
    return draft;
  }

  #import(node: ParsedNode, parent: CodeNode | undefined): CodeNode | undefined {
    const clause = nodeAt(node, "importClause");
    const draft = this.#draft(node, "import", parent);
    draft.word = textOf(nodeAt(node, "moduleSpecifier")!);
    const bindings: CodeNode[] = [];
    draft.parts = { bindings };
    if (clause === undefined) return draft;
    const phase = nodeAt(clause, "phaseModifier");
    const phaseKind = typeof phase === "number" ? this.#kinds.get(phase) : phase && this.#kind(phase);
    if (property(clause, "isTypeOnly") === true || phaseKind === "TypeKeyword") return undefined;
    if (phaseKind !== undefined) draft.tag = "unknown";
    const bind = (name: ParsedNode, exported: string): void => {
      const binding = this.#draft(name, "binding", draft);
      binding.word = exported;
      binding.parts = { name: this.read(name, binding, 0) };
      bindings.push(binding);
    };
    const name = nodeAt(clause, "name");
    if (name !== undefined) bind(name, "default");
    const named = nodeAt(clause, "namedBindings");
    if (named !== undefined && this.#kind(named) === "NamespaceImport") bind(nodeAt(named, "name")!, "*");
    else if (named !== undefined) {
      for (const one of nodesAt(named, "elements")) {
        if (property(one, "isTypeOnly") === true) continue;
        bind(nodeAt(one, "name")!, textOf(nodeAt(one, "propertyName") ?? nodeAt(one, "name")!));
      }
    }
    return draft;
  }

  #reexport(node: ParsedNode, parent: CodeNode | undefined): CodeNode | undefined {
    if (property(node, "isTypeOnly") === true) return undefined;
    const draft = this.#draft(node, "reexport", parent);
    const specifier = nodeAt(node, "moduleSpecifier");
    if (specifier !== undefined) draft.word = textOf(specifier);
    const clause = nodeAt(node, "exportClause");
    const names: CodeNode[] = [];
    draft.parts = { names };
    const add = (at: ParsedNode, word: string, local?: ParsedNode): void => {
      const name = this.#draft(at, "name", draft);
      name.word = word;
      if (local !== undefined) name.parts = { local: this.read(local, name, 0) };
      names.push(name);
    };
    if (clause === undefined || this.#kind(clause) === "NamespaceExport") add(clause ?? node, "*");
    else {
      for (const one of nodesAt(clause, "elements")) {
        if (property(one, "isTypeOnly") === true) continue;
        const local = nodeAt(one, "propertyName") ?? nodeAt(one, "name")!;
        add(one, textOf(local), specifier === undefined ? local : undefined);
      }
    }
    return draft;
  }

  /** Kept with all its children, so that what it writes and reads is still seen. */
  #unknown(node: ParsedNode, draft: Draft, depth: number): CodeNode {
    const unaccounted: CodeNode[] = [];
    this.#syntax.forEachChild(node, (one) => {
      const read = this.read(one, draft, depth + 1);
      if (read !== undefined) unaccounted.push(read);
      return undefined;
    });
    draft.parts = { unaccounted };
    return draft;
  }
}

/** The children that a row of the frozen table speaks of. */
function accountedFor(node: ParsedNode, { fields, ignored }: Row): ReadonlySet<ParsedNode> {
  const accounted = new Set<ParsedNode>(nodesAt(node, "modifiers"));
  const account = (name: string): void => {
    const value = property(node, name);
    if (Array.isArray(value)) for (const one of value) accounted.add(one as ParsedNode);
    else if (typeof value === "object" && value !== null) accounted.add(value as ParsedNode);
  };
  for (const name of ignored) account(name);
  for (const { property: name } of fields) account(name);
  return accounted;
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let i = 0; i < source.length; i++) {
    const at = source.charCodeAt(i);
    if (at === 10 || (at === 13 && source.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

function position(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}
