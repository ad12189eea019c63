export type Part = CodeNode | readonly CodeNode[] | undefined;

/** A node of our own tree: free of types, comments, parentheses, and of any parser's numbering. */
export interface CodeNode {
  readonly tag: string;
  /** The parser's name of the node; for messages only. */
  readonly kind: string;
  /** Operator, name or literal value. */
  readonly word: string | undefined;
  /** Facts with meaning that are not children: `async`, `*`, `static`, `?` (optional), `chain`, `...`, `field`. */
  readonly marks: readonly string[];
  /** Children by the property names of the frozen table, in its order. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Facts that are not part of the text: exported, default, statement (a declaration), decorated, unsupported. */
  readonly asides: ReadonlySet<string>;
  readonly start: number;
  readonly end: number;
  /** Where a class body begins, behind its brace; where the name of a nameless function declaration would stand. */
  readonly anchor: number | undefined;
  readonly parent: CodeNode | undefined;
}

export interface CodeTree {
  readonly module: CodeNode;
  readonly text: string;
  /** Where the parser found the file not to be TypeScript; offset and message. */
  readonly syntaxErrors: readonly { readonly start: number; readonly message: string }[];
  /** 1-based line and column of an offset. */
  position(offset: number): { readonly line: number; readonly column: number };
}

export function child(node: CodeNode, name: string): CodeNode | undefined {
  const part = node.parts[name];
  return part === undefined || isList(part) ? undefined : part;
}

export function list(node: CodeNode, name: string): readonly CodeNode[] {
  const part = node.parts[name];
  return part === undefined || !isList(part) ? [] : part;
}

export function children(node: CodeNode): CodeNode[] {
  const all: CodeNode[] = [];
  const { parts } = node;
  for (const name in parts) {
    const part = parts[name];
    if (part === undefined) continue;
    if (isList(part)) for (const one of part) all.push(one);
    else all.push(part);
  }
  return all;
}

export function isList(part: CodeNode | readonly CodeNode[]): part is readonly CodeNode[] {
  return Array.isArray(part);
}

const functionTags = new Set(["fn", "arrow", "method", "ctor", "get", "set"]);
export const isFunction = (node: CodeNode): boolean => functionTags.has(node.tag);

/** True when `node` is `ancestor` or stands below it. */
export function isWithin(node: CodeNode, ancestor: CodeNode): boolean {
  for (let at: CodeNode | undefined = node; at !== undefined; at = at.parent) if (at === ancestor) return true;
  return false;
}
