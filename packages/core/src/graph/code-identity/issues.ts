import {
  allowedGlobals,
  clockGlobals,
  codeGlobals,
  extensibleGlobals,
  guardedGlobals,
  localeMembers,
  mutatingMethods,
  observingMembers,
} from "./allowed-globals.ts";
import type { Captures } from "./captures.ts";
import type { CauseCode } from "./causes.ts";
import { type CodeNode, child, children, isFunction, list } from "./code-tree.ts";
import { isAssignment, type Scopes } from "./scopes.ts";

/** A reason, visible in the text of one function or class, why it has no identity. */
export interface Finding {
  readonly code: CauseCode;
  readonly subject: string;
  readonly start: number;
}

/** What matters only together with how the literal is used. */
export interface Traits {
  /** A generator may be called by a compute, but not be one. */
  readonly generator: boolean;
  /** Sees the `this` it is called with. */
  readonly usesThis: boolean;
  readonly readsName: boolean;
  /** A class whose instances, or which itself, keep private state. */
  readonly privateInstance: boolean;
}

/** Whose `this` a place sees: one outside of the literal, the literal's own, or one further inside. */
type Receiver = "outside" | "own" | "inside";

/**
 * Reads one function or class literal for what identity cannot cover.
 *
 * @param tells each cause and subject once, where it is met first, or at every place
 */
export function inspect(
  literal: CodeNode,
  scopes: Scopes,
  captures: Captures,
  tells: "once" | "everywhere" = "once",
): { readonly findings: readonly Finding[]; readonly traits: Traits } {
  const findings = new Map<string, Finding>();
  let usesThis = false;
  let readsName = false;

  function report(code: CauseCode, subject: string, at: CodeNode): void {
    const key = tells === "once" ? `${code} ${subject}` : `${code} ${subject} ${at.start}`;
    if (!findings.has(key)) findings.set(key, { code, subject, start: at.start });
  }

  function identifier(node: CodeNode): void {
    const binding = scopes.binding(node);
    if (binding === undefined) {
      globalName(node);
      return;
    }
    const isLocal = captures.isLocal(binding);
    if (binding.isObscure) report("unsupported-syntax", "a var named like its catch parameter", node);
    if (binding.isMutable && (binding.kind === "enum" || binding.kind === "namespace")) {
      report("unsupported-syntax", `${binding.kind} ${binding.name} (namespaces, and enums in several parts)`, node);
    } else if (!isLocal && binding.isMutable && !isDeclaredName(node)) {
      report("reassigned-capture", binding.name, node);
    }
  }

  function isDeclaredName(node: CodeNode): boolean {
    return node.parent === literal && child(literal, "name") === node;
  }

  function globalName(node: CodeNode): void {
    const name = node.word ?? "";
    if (scopes.isWritten(node)) report("capture-write", name, node);
    if (codeGlobals.has(name)) report("dynamic-code", name, node);
    else if (clockGlobals.has(name)) report("nondeterministic", name, node);
    else if (!allowedGlobals.has(name)) report("unlisted-global", name, node);
    const allows = guardedGlobals.get(name);
    if (allows !== undefined && !isGuardedUse(node, allows) && !(extensibleGlobals.has(name) && isBase(node)))
      report("nondeterministic", useOf(node), node);
  }

  /** The captured or global variable at the left end of `a.b[c].d`. */
  function outsideRoot(node: CodeNode): CodeNode | undefined {
    let at = node;
    while (at.tag === "get." || at.tag === "get[]") at = child(at, "expression")!;
    const binding = at.tag === "id" ? scopes.binding(at) : undefined;
    return at.tag === "id" && (binding === undefined || !captures.isLocal(binding)) ? at : undefined;
  }

  function member(node: CodeNode, key: CodeNode | undefined): void {
    if (scopes.isWritten(node)) {
      const root = outsideRoot(node);
      if (root !== undefined) report("capture-write", root.word ?? "", node);
    }
    const name = key?.tag === "key" || key?.tag === "str" ? key.word : undefined;
    if (name !== undefined && captures.slot(node) === undefined) memberName(name, node);
  }

  function memberName(name: string, node: CodeNode): void {
    if (name === "name") readsName = true;
    if (localeMembers.has(name)) report("nondeterministic", `.${name}`, node);
    if (observingMembers.has(name)) report("source-observer", `.${name}`, node);
  }

  function call(node: CodeNode): void {
    const callee = child(node, "expression");
    if (callee?.tag !== "get." || !mutatingMethods.has(child(callee, "name")?.word ?? "")) return;
    const root = outsideRoot(child(callee, "expression")!);
    const binding = root === undefined ? undefined : scopes.binding(root);
    if (binding !== undefined && binding.kind !== "import") report("capture-write", binding.name, node);
  }

  function property(node: CodeNode): void {
    const name = child(node, "name");
    if (node.tag === "prop" && name?.tag === "key" && name.word === "__proto__") {
      report("unsupported-syntax", "__proto__ in an object literal", node);
    }
    const read = node.tag === "element" ? child(node, "propertyName") : isTarget(node) ? name : undefined;
    if (read?.tag === "key") memberName(read.word ?? "", node);
  }

  function receiver(node: CodeNode, whose: Receiver): void {
    const name = node.tag === "meta" ? "new.target" : node.tag;
    // A method's `super` is looked up from the object that it was written in, whatever it is called on.
    if (whose === "outside" || (whose === "own" && node.tag === "super")) report("outer-this", name, node);
    else if (whose === "own") usesThis = true;
  }

  function classForm(node: CodeNode): void {
    const isDerived = list(node, "heritageClauses").length > 0;
    for (const one of list(node, "members")) {
      const key = child(one, "name");
      const isStatic = one.marks.includes("static");
      const isPrivate = key?.tag === "private";
      if (isPrivate && isStatic && one.tag === "field") report("capture-private", `static ${key.word}`, one);
      // A base constructor may return any object, which then carries the private members unseen.
      if (isPrivate && isDerived) report("capture-private", key.word ?? "", one);
      if (one.tag === "field" && !isStatic && key?.tag === "computed") {
        report("unsupported-syntax", "a field with a computed name", one);
      }
    }
  }

  function look(node: CodeNode, whose: Receiver): void {
    if (node.asides.has("unsupported")) report("unsupported-syntax", `this modifier on ${node.kind}`, node);
    if (node.asides.has("decorated")) report("unsupported-syntax", "a decorator", node);
    if (node.marks.includes("async")) report("async-code", "async", node);
    switch (node.tag) {
      case "id":
        identifier(node);
        return;
      case "this":
      case "super":
        receiver(node, whose);
        return;
      case "meta":
        if (node.word === "new.target") {
          receiver(node, whose);
          return;
        }
        report("unlisted-global", node.word ?? node.tag, node);
        return;
      case "get.":
        member(node, child(node, "name"));
        return;
      case "get[]":
        member(node, child(node, "argumentExpression"));
        return;
      case "call":
        call(node);
        return;
      case "element":
      case "prop":
      case "propdefault":
        property(node);
        return;
      case "import()":
        report("dynamic-code", "import()", node);
        return;
      case "await":
        report("async-code", "await", node);
        return;
      case "forof":
        if (node.marks.includes("await")) report("async-code", "for await", node);
        return;
      case "list":
        if (!isPlainDeclaration(node)) report("unsupported-syntax", `${node.word}`, node);
        return;
      case "unknown":
        report("unsupported-syntax", `${node.kind}`, node);
        return;
    }
  }

  /** @param around the receiver outside of the innermost class: computed names and bases are evaluated there. */
  function walk(node: CodeNode, whose: Receiver, around: Receiver): void {
    look(node, whose);
    if (node.tag === "class") {
      for (const one of children(node)) {
        if (list(node, "members").includes(one)) walk(one, "inside", whose);
        else walk(one, whose, whose);
      }
    } else if (isFunction(node)) {
      const inner = node === literal && node.tag !== "arrow" ? "own" : node.tag === "arrow" ? whose : "inside";
      const name = child(node, "name");
      const outer = node.parent?.tag === "class" ? around : whose;
      for (const one of children(node)) walk(one, one === name ? outer : inner, one === name ? outer : inner);
    } else {
      const name = node.tag === "field" ? child(node, "name") : undefined;
      for (const one of children(node)) walk(one, one === name ? around : whose, around);
    }
  }

  walk(literal, "outside", "outside");
  if (literal.tag === "class") classForm(literal);
  const isPrivateMember = (one: CodeNode): boolean =>
    child(one, "name")?.tag === "private" && !one.marks.includes("static");
  return {
    findings: [...findings.values()],
    traits: {
      generator: literal.marks.includes("*"),
      usesThis,
      readsName,
      privateInstance: literal.tag === "class" && list(literal, "members").some(isPrivateMember),
    },
  };
}

const isPlainDeclaration = (node: CodeNode): boolean =>
  node.word === "var" || node.word === "let" || node.word === "const";

function isGuardedUse(node: CodeNode, allows: (member: string) => boolean): boolean {
  const user = node.parent;
  if (user === undefined) return false;
  const isObject = child(user, "expression") === node;
  if (user.tag === "get.") return isObject && allows(child(user, "name")?.word ?? "");
  if (user.tag === "bin") return user.word === "instanceof" && child(user, "right") === node;
  return isObject && (user.tag === "call" || user.tag === "new");
}

/** `class X extends <node>`. */
function isBase(node: CodeNode): boolean {
  return node.parent?.tag === "base" && child(node.parent, "expression") === node;
}

function useOf(node: CodeNode): string {
  const member = node.parent?.tag === "get." ? child(node.parent, "name")?.word : undefined;
  if (member !== undefined) return `${node.word}.${member}`;
  return node.parent?.tag === "get[]" ? `${node.word}[…]` : `${node.word} as a value`;
}

/** Whether a property of an object literal stands in an assignment pattern, where it reads instead of defines. */
function isTarget(property: CodeNode): boolean {
  let at = property;
  for (let parent = at.parent; parent !== undefined; at = parent, parent = at.parent) {
    if (isAssignment(parent) && child(parent, "left") === at) return true;
    if ((parent.tag === "forof" || parent.tag === "forin") && child(parent, "initializer") === at) return true;
    if (!["object", "array", "prop", "spread"].includes(parent.tag)) return false;
  }
  return false;
}
