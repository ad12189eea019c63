import { readManifest } from "../../project/index.ts";
import type { ProjectContext, Rule, WorldContext } from "../rule.ts";
import { placeAt, placeOfRange } from "./place-at.ts";
import { checkStrategyInWorlds } from "./strategy-in-world.ts";
import { checkPlugins, choiceFixes } from "./world-plugins.ts";

export const worldConfigMismatch: Rule = {
  code: "P701",
  slug: "world-config-mismatch",
  title: "A world, a preset or a plugin is not what is written",
  severity: "error",
  tier: 1,
  usesProject: true,
  checkStrategy: checkStrategyInWorlds,
  checkWorld(context) {
    const { world, report } = context;
    // The world that says neither what it knows nor follows is told by D108.
    for (const mistake of world.checked.mistakes)
      if (!(mistake.path === "as_of" && /neither/.test(mistake.message)))
        report({
          at: placeOfRange(world.path, mistake),
          message: mistake.message,
          next: mistake.next,
          fixes: meantFix(context, mistake),
          data: { reason: mistake.code, path: mistake.path },
        });
    checkName(context);
    checkPlugins(context);
  },
  checkProject(context) {
    checkManifests(context);
  },
};

/** `Did you mean exit?` is a fix. */
function meantFix({ world }: WorldContext, mistake: WorldContext["world"]["checked"]["mistakes"][number]) {
  const meant = /^Did you mean `?([\w.-]+)`?\?$/.exec(mistake.next)?.[1];
  const choices = /must be one of ([\w.-]+(?:, [\w.-]+)*), not /.exec(mistake.message)?.[1]?.split(", ");
  if (meant === undefined) return choices === undefined ? [] : choiceFixes(placeOfRange(world.path, mistake), choices);
  return [
    { title: `Change to ${meant}`, edits: [{ place: placeOfRange(world.path, mistake), text: meant }], isSafe: true },
  ];
}

function checkName(context: WorldContext): void {
  const { world, report } = context;
  const place = placeAt(context, "id");
  if (world.config === undefined || place === undefined || world.config.id === world.name) return;
  report({
    at: place,
    message: `The file is ${world.name}.yml, and its id says ${world.config.id}`,
    next: "Give the file and the world the same name.",
    fixes: [{ title: `Change to ${world.name}`, edits: [{ place, text: world.name }], isSafe: false }],
    data: { reason: "world.wrong-id", path: "id" },
  });
}

function checkManifests({ files, report }: ProjectContext): void {
  for (const path of files.list())
    if (path === "qmtl.plugin.json" || path.endsWith("/qmtl.plugin.json"))
      for (const mistake of readManifest(files, path)?.mistakes ?? [])
        report({
          at: placeOfRange(path, mistake),
          message: mistake.message,
          next: mistake.next,
          data: { reason: mistake.code, path: mistake.path },
        });
}
