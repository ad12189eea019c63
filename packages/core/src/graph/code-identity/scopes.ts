import { type CodeNode, child, children, isFunction, list } from "./code-tree.ts";

export type BindingKind =
  | "import"
  | "const"
  | "let"
  | "var"
  | "param"
  | "function"
  | "class"
  | "self"
  | "catch"
  | "enum"
  | "member"
  | "namespace";

export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  readonly scope: Scope;
  readonly declarations: CodeNode[];
  /** Where an `import * as` came from is all that identity asks of an import: the rest is its value. */
  readonly isNamespaceImport: boolean;
  /** Assigned after its declaration, or declared twice: its value may differ from one moment to another. */
  isMutable: boolean;
  /** A form whose meaning we do not model; see {@link declareVar}. */
  isObscure: boolean;
}

interface Scope {
  /** The node that opens it. */
  readonly owner: CodeNode;
  readonly parent: Scope | undefined;
  readonly kind: "module" | "params" | "body" | "block" | "catch" | "class";
  readonly names: Map<string, Binding>;
}

export interface Scopes {
  /** The binding that an `id` node declares or refers to; `undefined` for a global. */
  binding(id: CodeNode): Binding | undefined;
  /** Whether a member expression or a global is assigned, updated or deleted. */
  isWritten(target: CodeNode): boolean;
  readonly moduleBindings: readonly Binding[];
}

const assignments = new Set("= += -= *= /= %= **= <<= >>= >>>= &= |= ^= &&= ||= ??=".split(" "));
export const isAssignment = (node: CodeNode): boolean => node.tag === "bin" && assignments.has(node.word ?? "");

const isUpdate = (node: CodeNode): boolean =>
  (node.tag === "pre" || node.tag === "post") && (node.word === "++" || node.word === "--");

/** Resolves every identifier of a module as strict-mode JavaScript does. */
export function resolveScopes(module: CodeNode): Scopes {
  const opened = new Map<CodeNode, Scope>();
  const bindings = new Map<CodeNode, Binding>();
  const written = new Set<CodeNode>();
  const root = open(module, undefined, "module");

  function open(owner: CodeNode, parent: Scope | undefined, kind: Scope["kind"]): Scope {
    const scope: Scope = { owner, parent, kind, names: new Map() };
    opened.set(owner, scope);
    return scope;
  }

  function bind(scope: Scope, name: string, kind: BindingKind, at: CodeNode, isNamespaceImport = false): Binding {
    let found = scope.names.get(name);
    if (found === undefined) {
      found = { name, kind, scope, declarations: [], isNamespaceImport, isMutable: false, isObscure: false };
      scope.names.set(name, found);
    }
    found.declarations.push(at);
    if (found.declarations.length > 1 || kind === "namespace") found.isMutable = true;
    bindings.set(at, found);
    return found;
  }

  /** A body's `var` or function of a parameter's name is that parameter. */
  function bindInBody(scope: Scope, name: string, kind: BindingKind, at: CodeNode): Binding {
    const params = scope.kind === "body" && scope.parent?.kind === "params" ? scope.parent : undefined;
    return bind(params?.names.has(name) === true ? params : scope, name, kind, at);
  }

  /**
   * A `var` inside `catch (e)` that is called `e` too declares one variable and assigns the other: obscure. One inside a
   * loop is assigned in every turn.
   */
  function declareVar(scope: Scope, id: CodeNode, inLoop: boolean): void {
    const name = id.word ?? "";
    let at = scope;
    let isObscure = false;
    while (at.kind === "block" || at.kind === "catch") {
      if (at.kind === "catch" && at.names.has(name)) isObscure = true;
      at = at.parent!;
    }
    const binding = bindInBody(at, name, "var", id);
    if (inLoop) binding.isMutable = true;
    if (isObscure) binding.isObscure = true;
  }

  function declarePattern(pattern: CodeNode, scope: Scope, kind: BindingKind, inLoop: boolean): void {
    if (pattern.tag === "id") {
      if (kind === "var") declareVar(scope, pattern, inLoop);
      else bind(scope, pattern.word ?? "", kind, pattern);
      return;
    }
    for (const element of list(pattern, "elements")) {
      const name = child(element, "name");
      if (name !== undefined) declarePattern(name, scope, kind, inLoop);
    }
  }

  function declareFunction(node: CodeNode, scope: Scope): void {
    const name = child(node, "name");
    let outer = scope;
    if (node.tag === "fn" && name !== undefined) {
      if (node.asides.has("statement")) bindInBody(scope, name.word ?? "", "function", name);
      else {
        outer = { owner: node, parent: scope, kind: "block", names: new Map() };
        bind(outer, name.word ?? "", "self", name);
      }
    } else if (name !== undefined) declare(name, scope, false);
    for (const decorator of list(node, "decorators")) declare(decorator, scope, false);
    const params = open(node, outer, "params");
    for (const param of list(node, "parameters")) {
      const pattern = child(param, "name");
      if (pattern !== undefined) declarePattern(pattern, params, "param", false);
    }
    for (const param of list(node, "parameters")) declareChildren(param, params, false);
    const body = child(node, "body");
    if (body === undefined) return;
    if (body.tag === "block") declareChildren(body, open(body, params, "body"), false);
    else declare(body, params, false);
  }

  function declareClass(node: CodeNode, scope: Scope): void {
    const name = child(node, "name");
    const inner = open(node, scope, "class");
    if (name !== undefined) {
      if (node.asides.has("statement")) bind(scope, name.word ?? "", "class", name);
      else bind(inner, name.word ?? "", "self", name);
    }
    for (const one of children(node)) if (one !== name) declare(one, inner, false);
  }

  function declareChildren(node: CodeNode, scope: Scope, inLoop: boolean): void {
    for (const one of children(node)) declare(one, scope, inLoop);
  }

  function declare(node: CodeNode, scope: Scope, inLoop: boolean): void {
    if (isFunction(node)) {
      declareFunction(node, scope);
      return;
    }
    switch (node.tag) {
      case "class":
        declareClass(node, scope);
        return;
      case "list": {
        const kind = node.word === "var" || node.word === "let" ? node.word : "const";
        for (const one of list(node, "declarations")) {
          const pattern = child(one, "name");
          if (pattern !== undefined) declarePattern(pattern, scope, kind, inLoop);
        }
        declareChildren(node, scope, inLoop);
        return;
      }
      case "enum": {
        const name = child(node, "name");
        if (name !== undefined) bind(scope, name.word ?? "", "enum", name);
        const inner = open(node, scope, "block");
        for (const member of list(node, "members")) {
          const key = child(member, "name");
          if (key?.tag === "key") bind(inner, key.word ?? "", "member", key);
          declareChildren(member, inner, false);
        }
        return;
      }
      case "namespace": {
        const name = child(node, "name");
        if (name?.tag === "id") bind(scope, name.word ?? "", "namespace", name);
        const body = child(node, "body");
        if (body !== undefined) declareChildren(body, open(body, scope, "body"), false);
        return;
      }
      case "import":
        for (const one of list(node, "bindings")) {
          const name = child(one, "name");
          if (name !== undefined) bind(scope, name.word ?? "", "import", name, one.word === "*");
        }
        return;
      case "static": {
        const body = child(node, "body");
        if (body !== undefined) declareChildren(body, open(body, scope, "body"), false);
        return;
      }
      case "catch": {
        const inner = open(node, scope, "catch");
        const variable = child(node, "variableDeclaration");
        const pattern = variable === undefined ? undefined : child(variable, "name");
        if (pattern !== undefined) declarePattern(pattern, inner, "catch", false);
        declareChildren(node, inner, inLoop);
        return;
      }
      case "while":
      case "do":
        declareChildren(node, scope, true);
        return;
      case "for":
      case "forof":
      case "forin":
        declareChildren(node, open(node, scope, "block"), true);
        return;
      case "block":
      case "cases":
        declareChildren(node, open(node, scope, "block"), inLoop);
        return;
      default:
        declareChildren(node, scope, inLoop);
        return;
    }
  }
  declareChildren(module, root, false);

  function find(scope: Scope | undefined, name: string): Binding | undefined {
    for (let at = scope; at !== undefined; at = at.parent) {
      const found = at.names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * @param head the `for` loop whose incrementor this is: what it assigns of the loop's own `let` belongs to the next
   *   turn, so a closure made in the body keeps its value.
   */
  function write(target: CodeNode, scope: Scope, head: Scope | undefined): void {
    switch (target.tag) {
      case "id": {
        const found = find(scope, target.word ?? "");
        if (found === undefined) written.add(target);
        else if (found.scope !== head) found.isMutable = true;
        return;
      }
      case "get.":
      case "get[]":
        written.add(target);
        return;
      case "array":
        for (const one of list(target, "elements")) write(one, scope, head);
        return;
      case "object":
        for (const one of list(target, "properties")) {
          const value = child(one, "initializer") ?? child(one, "expression");
          if (value !== undefined) write(value, scope, head);
        }
        return;
      case "spread":
        write(child(target, "expression")!, scope, head);
        return;
      case "bin":
        write(child(target, "left")!, scope, head);
        return;
    }
  }

  function resolve(node: CodeNode, outer: Scope, head: Scope | undefined, suspends: boolean): void {
    if (node.tag === "id") {
      const found = bindings.has(node) ? undefined : find(outer, node.word ?? "");
      if (found !== undefined) bindings.set(node, found);
      return;
    }
    if (isAssignment(node)) write(child(node, "left")!, outer, head);
    if (isUpdate(node)) write(child(node, "operand")!, outer, head);
    if (node.tag === "delete") write(child(node, "expression")!, outer, head);
    const scope = opened.get(node) ?? outer;
    if (isFunction(node)) {
      const name = child(node, "name");
      if (name !== undefined) resolve(name, outer, undefined, suspends);
      for (const one of list(node, "decorators")) resolve(one, outer, undefined, suspends);
      const inside = node.marks.includes("*") || node.marks.includes("async");
      for (const one of list(node, "parameters")) resolve(one, scope, undefined, inside);
      const body = child(node, "body");
      if (body !== undefined) resolve(body, scope, undefined, inside);
      return;
    }
    if (node.tag === "forof" || node.tag === "forin") {
      const initializer = child(node, "initializer");
      if (initializer !== undefined && initializer.tag !== "list") write(initializer, scope, undefined);
    }
    if (node.tag === "for") {
      for (const [name, one] of Object.entries(node.parts)) {
        // In a suspended function the loop may go on after the seal.
        const isHead = name === "incrementor" && !suspends;
        if (one !== undefined && "tag" in one) resolve(one, scope, isHead ? scope : undefined, suspends);
      }
      return;
    }
    for (const one of children(node)) resolve(one, scope, head, suspends);
  }
  resolve(module, root, undefined, false);

  return {
    binding: (id) => bindings.get(id),
    isWritten: (target) => written.has(target),
    moduleBindings: [...root.names.values()],
  };
}
