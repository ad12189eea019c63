import type { Captures } from "./captures.ts";
import { type CodeNode, child, children, isFunction, isList } from "./code-tree.ts";
import { isNamedByVariable, nameOf } from "./names.ts";
import type { Binding, Scopes } from "./scopes.ts";

/**
 * The canonical text of one function or class: every node as `(tag marks word parts)` with all parts of its row, so that
 * the text determines the tree. Local variables are numbered by first occurrence, captures stand as slots, globals by name. A
 * name stays where the program can read it (`fn.name`); the literal's own is left to its value.
 */
export function canonicalText(literal: CodeNode, scopes: Scopes, captures: Captures): string {
  const numbers = new Map<Binding, number>();
  const out: string[] = [];

  function identifier(node: CodeNode): void {
    const binding = scopes.binding(node);
    if (binding === undefined) out.push(`(g ${JSON.stringify(node.word)})`);
    else if (!captures.isLocal(binding)) out.push(`(c ${captures.slot(node)})`);
    // A member of a local enum is a property that its own initializers may name.
    else if (binding.kind === "member") out.push(`(m ${JSON.stringify(node.word)})`);
    else {
      const known = numbers.get(binding) ?? numbers.size;
      numbers.set(binding, known);
      out.push(`(l ${known})`);
    }
  }

  function write(node: CodeNode): void {
    if (node.tag === "id") {
      identifier(node);
      return;
    }
    const slot = node.tag === "get." ? captures.slot(node) : undefined;
    if (slot !== undefined) {
      out.push(`(c ${slot})`);
      return;
    }
    const isRoot = node === literal;
    out.push(`(${node.tag}`);
    for (const mark of node.marks) out.push(` ${mark}`);
    if (!isRoot && isNamed(node)) out.push(` named ${JSON.stringify(nameOf(node))}`);
    if (node.word !== undefined) out.push(` ${JSON.stringify(node.word)}`);
    for (const [name, part] of Object.entries(node.parts)) {
      if (isRoot && name === "name") continue;
      out.push(" ");
      if (part === undefined) out.push("_");
      else if (isList(part)) {
        out.push("[");
        for (const one of part) write(one);
        out.push("]");
      } else write(part);
    }
    out.push(")");
  }

  write(literal);
  return out.join("");
}

/** A function or class whose `name` the rest of the text would not tell. */
export function isNamed(node: CodeNode): boolean {
  if (!isFunction(node) && node.tag !== "class") return false;
  return child(node, "name")?.tag === "id" || isNamedByVariable(node);
}

/** Whether a bundler that renames variables could change a `name` below this literal. */
export function makesNamedFunctions(literal: CodeNode): boolean {
  const below = (node: CodeNode): boolean => children(node).some((one) => isNamed(one) || below(one));
  return below(literal);
}
