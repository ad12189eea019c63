import { type CodeNode, child, isFunction } from "./code-tree.ts";
import { isAssignment } from "./scopes.ts";

/**
 * The `name` that JavaScript gives a function or class literal: its own, or the one inferred from where it stands.
 * Empty where the language infers none or only at run time.
 */
export function nameOf(literal: CodeNode): string {
  const own = child(literal, "name");
  if (own !== undefined) return own.word ?? "";
  if (literal.asides.has("default")) return "default";
  return inferred(literal)?.name ?? "";
}

/** Whether the name comes from a variable, which the canonical text only numbers. */
export function isNamedByVariable(literal: CodeNode): boolean {
  return child(literal, "name") === undefined && inferred(literal)?.from === "variable";
}

function inferred(literal: CodeNode): { name: string; from: "variable" | "key" } | undefined {
  const parent = literal.parent;
  if (parent === undefined || (!isFunction(literal) && literal.tag !== "class")) return undefined;
  const variable = namingVariable(literal, parent);
  if (variable?.tag === "id") return { name: variable.word ?? "", from: "variable" };
  if ((parent.tag === "prop" || parent.tag === "field") && child(parent, "initializer") === literal) {
    const key = child(parent, "name");
    return key === undefined || key.tag === "computed" ? undefined : { name: key.word ?? "", from: "key" };
  }
  if (parent.tag === "export") return { name: "default", from: "key" };
  return undefined;
}

const naming = new Set(["=", "&&=", "||=", "??="]);

function namingVariable(literal: CodeNode, parent: CodeNode): CodeNode | undefined {
  const holds = (part: string): boolean => child(parent, part) === literal;
  if ((parent.tag === "var" || parent.tag === "param" || parent.tag === "element") && holds("initializer")) {
    return child(parent, "name");
  }
  if (parent.tag === "propdefault" && holds("fallback")) return child(parent, "initializer");
  if (isAssignment(parent) && naming.has(parent.word ?? "") && holds("right")) return child(parent, "left");
  return undefined;
}
