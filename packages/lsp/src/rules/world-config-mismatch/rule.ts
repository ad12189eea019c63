import type { TextRange } from "@qmtl/core/static";
import type { Place } from "../../facts/index.ts";
import type { Rule, WorldContext } from "../rule.ts";

export const worldConfigMismatch: Rule = {
  code: "P701",
  slug: "world-config-mismatch",
  title: "A world, a preset or a plugin is not what is written",
  severity: "error",
  tier: 1,
  usesProject: true,
  checkWorld(context) {
    const { world, report } = context;
    for (const mistake of world.checked.mistakes)
      report({
        at: rangeOf(context, mistake),
        message: mistake.message,
        next: mistake.next,
        data: { reason: mistake.code, path: mistake.path },
      });
    checkName(context);
  },
};

function checkName({ world, report }: WorldContext): void {
  const at = world.checked.positions["id"]?.value;
  if (world.config === undefined || at === undefined || world.config.id === world.name) return;
  const place = { ...rangeOf({ world }, at) };
  report({
    at: place,
    message: `The file is ${world.name}.yml, and its id says ${world.config.id}`,
    next: "Give the file and the world the same name.",
    fixes: [{ title: `Change to ${world.name}`, edits: [{ place, text: world.name }], isSafe: false }],
    data: { reason: "world.wrong-id", path: "id" },
  });
}

function rangeOf({ world }: Pick<WorldContext, "world">, { line, column, endLine, endColumn }: TextRange): Place {
  return { file: world.path, start: { line, column }, end: { line: endLine, column: endColumn } };
}
