import { type ParseSource, readConfig, type VirtualFiles } from "../facts/index.ts";
import { CONFIG_FILE, type Project, readProject, type WorkspaceFiles } from "../project/index.ts";
import { type Finding, RULES } from "../rules/index.ts";
import { checkModule } from "./module-check.ts";
import { byPlace } from "./order.ts";
import { runWorldRules } from "./run-rules.ts";
import { sourceStore } from "./source-store.ts";
import { suppress } from "./suppression.ts";

export interface Submission {
  /** The world, as its file is called. */
  readonly world: string;
  /** Params that were given; the others have their defaults. */
  readonly params?: Readonly<Record<string, number | string>>;
}

/**
 * What is wrong with one strategy file, with what it imports, with the world it is submitted to and with how it fits there: the same
 * rules as in the editor, for those who have one file and no time. A comment does not help against the rules that guard the line
 * between replay and live.
 */
export function checkFile(files: VirtualFiles, entry: string, { world, params }: Submission): readonly Finding[] {
  const parse = sourceStore(Number.POSITIVE_INFINITY);
  const project = projectAround(files, entry, world, parse);
  const module = checkModule(entry, undefined, {
    files: { ...files, list: () => [entry] },
    parse,
    rules: RULES,
    project: () => project,
    live: false,
    world,
    ...(params !== undefined && { params }),
    isCancelled: () => false,
  });
  if (module === undefined) return [];
  const firm = new Set(RULES.flatMap(({ code, unsuppressable }) => (unsuppressable === true ? [code] : [])));
  const texts = new Map([...module.texts, ...project.worlds.map(({ path, text }) => [path, text] as const)]);
  const ofWorlds = project.worlds.flatMap((each) =>
    runWorldRules(RULES, { world: each, project, live: false, lastDay: undefined }),
  );
  const all = [...module.unreadable, ...module.own, ...module.around, ...ofWorlds];
  return [...texts]
    .flatMap(([path, text]) =>
      suppress(
        path,
        text,
        all.filter(({ place }) => place.file === path),
      ),
    )
    .map((finding) => {
      if (finding.suppressed === undefined || !firm.has(finding.code)) return finding;
      const { suppressed: _ignored, ...open } = finding;
      return open;
    })
    .toSorted(byPlace);
}

/** The project as far as one submission sees it: its configuration, the plugins of that, and one world. */
function projectAround(files: VirtualFiles, entry: string, world: string, parse: ParseSource): Project {
  const { worlds: folder = "worlds" } = readConfig(files, CONFIG_FILE, parse);
  const path = folder === "" || folder === "." ? `${world}.yml` : `${folder}/${world}.yml`;
  const seen: WorkspaceFiles = { ...files, list: () => [CONFIG_FILE, path, entry] };
  return readProject(seen, parse);
}
