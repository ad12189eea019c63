import { type CodeNode, child, children, isWithin } from "./code-tree.ts";
import type { Binding, Scopes } from "./scopes.ts";

/** Something from outside that a function or class uses: a whole binding, or one property of it. */
export interface Capture {
  readonly binding: Binding;
  readonly property: string | undefined;
}

export interface Captures {
  readonly all: readonly Capture[];
  isLocal(binding: Binding): boolean;
  /** The place in {@link all} of what this node reads; `undefined` when it reads nothing captured. */
  slot(node: CodeNode): number | undefined;
}

/**
 * The captures of one function or class literal, in the order of first use. A binding that is only ever read as `o.k` is
 * captured by those properties, so that an unread param or JSON key does not count.
 */
export function findCaptures(literal: CodeNode, scopes: Scopes): Captures {
  const locals = new Map<Binding, boolean>();
  const byProperty = new Map<Binding, boolean>();
  const slots = new Map<Binding, Map<string | undefined, number>>();
  const all: Capture[] = [];

  function isLocal(binding: Binding): boolean {
    let known = locals.get(binding);
    if (known === undefined) {
      known = isWithin(binding.scope.owner, literal);
      locals.set(binding, known);
    }
    return known;
  }

  function captured(node: CodeNode): Binding | undefined {
    const binding = node.tag === "id" ? scopes.binding(node) : undefined;
    return binding === undefined || isLocal(binding) ? undefined : binding;
  }

  function visit(node: CodeNode, see: (node: CodeNode) => boolean): void {
    if (see(node)) for (const one of children(node)) visit(one, see);
  }

  visit(literal, (node) => {
    const binding = captured(node);
    if (binding !== undefined && !isOwnName(node, literal)) {
      byProperty.set(binding, (byProperty.get(binding) ?? true) && isPropertyRead(node, binding, scopes));
    }
    return true;
  });

  function add(binding: Binding, property: string | undefined): void {
    const known = slots.get(binding) ?? new Map<string | undefined, number>();
    slots.set(binding, known);
    if (known.has(property)) return;
    known.set(property, all.length);
    all.push({ binding, property });
  }

  function propertyOf(node: CodeNode): { binding: Binding; property: string } | undefined {
    const object = node.tag === "get." ? child(node, "expression") : undefined;
    const binding = object === undefined ? undefined : captured(object);
    if (binding === undefined || byProperty.get(binding) !== true) return undefined;
    return { binding, property: child(node, "name")?.word ?? "" };
  }

  visit(literal, (node) => {
    const read = propertyOf(node);
    if (read !== undefined) {
      add(read.binding, read.property);
      return false;
    }
    const binding = captured(node);
    if (binding !== undefined && !isOwnName(node, literal)) add(binding, undefined);
    return true;
  });

  return {
    all,
    isLocal,
    slot(node) {
      const read = propertyOf(node);
      if (read !== undefined) return slots.get(read.binding)?.get(read.property);
      const binding = captured(node);
      return binding === undefined ? undefined : slots.get(binding)?.get(undefined);
    },
  };
}

/** The name of a declaration is bound outside of it, but declaring is not using. */
function isOwnName(node: CodeNode, literal: CodeNode): boolean {
  return node.parent === literal && child(literal, "name") === node;
}

/** `o.k`, unless it is written, or called with `o` as `this`. */
function isPropertyRead(node: CodeNode, binding: Binding, scopes: Scopes): boolean {
  const access = node.parent;
  if (access?.tag !== "get." || child(access, "expression") !== node) return false;
  if (access.marks.length > 0 || child(access, "name")?.tag !== "key" || scopes.isWritten(access)) return false;
  const user = access.parent;
  const isCallee = user?.tag === "call" && child(user, "expression") === access;
  const isTag = user?.tag === "tag" && child(user, "tag") === access;
  return binding.isNamespaceImport || !(isCallee || isTag);
}
