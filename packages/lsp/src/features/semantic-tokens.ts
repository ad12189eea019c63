import type { Position } from "../facts/index.ts";
import type { View } from "./view.ts";

export const TOKEN_TYPES = ["variable", "property", "parameter", "enumMember"] as const;
export const TOKEN_MODIFIERS = ["node", "column", "param", "tag", "symbol", "declaration"] as const;

export interface SemanticToken {
  readonly start: Position;
  readonly length: number;
  readonly type: (typeof TOKEN_TYPES)[number];
  readonly modifiers: readonly (typeof TOKEN_MODIFIERS)[number][];
}

/** Words that stand for parts of the graph; all else is TypeScript's. In reading order, none over another. */
export function semanticTokensOf(view: View): readonly SemanticToken[] {
  const tokens: SemanticToken[] = [];
  for (const { subject, place, role, text } of view.marks()) {
    if (place.file !== view.path || place.start.line !== place.end.line || place.start.column === place.end.column)
      continue;
    const last = tokens.at(-1);
    if (
      last !== undefined &&
      last.start.line === place.start.line &&
      last.start.column + last.length > place.start.column
    )
      continue;
    const kind = tokenOf(subject.kind);
    if (kind === undefined || text === "") continue;
    tokens.push({
      start: place.start,
      length: place.end.column - place.start.column,
      type: kind.type,
      modifiers: role === "definition" ? [kind.modifier, "declaration"] : [kind.modifier],
    });
  }
  return tokens;
}

function tokenOf(
  kind: string,
): { readonly type: SemanticToken["type"]; readonly modifier: (typeof TOKEN_MODIFIERS)[number] } | undefined {
  switch (kind) {
    case "node":
      return { type: "variable", modifier: "node" };
    case "column":
      return { type: "property", modifier: "column" };
    case "param":
      return { type: "parameter", modifier: "param" };
    case "tag":
      return { type: "enumMember", modifier: "tag" };
    case "symbol":
      return { type: "enumMember", modifier: "symbol" };
    default:
      return undefined;
  }
}
