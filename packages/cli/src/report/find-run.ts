import { type LoadedWorld, listRuns, listWorldFiles, type RunName, type RunView, readRun } from "@qmtl/core";
import { isQmtlError, QmtlError, type QmtlErrorJson } from "@qmtl/core/schema";
import { withWorld } from "../commands/opened-world.ts";
import { openProject } from "../project/project.ts";

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

/**
 * Finds the evaluation that a person means, in one world or in all of the project, and reads it.
 *
 * @param wanted a strategy's name or the beginning of a version digest (its newest evaluation), or the beginning of an EvalKey
 * @throws `report.unknown-run` with what there is, `report.ambiguous-run`, and what opening worlds and reading runs throws
 */
export async function findRun(
  wanted: string,
  world: string | undefined,
  cwd: string = process.cwd(),
): Promise<RunView> {
  if (world !== undefined)
    return withWorld(
      world,
      async (loaded) => {
        const known = await listRuns(loaded, view());
        return read(loaded, only(choose(wanted, known), wanted, known));
      },
      cwd,
    );
  const project = await openProject(cwd);
  const known: RunName[] = [];
  const unread: string[] = [];
  for (const id of listWorldFiles(project.root, project.config))
    try {
      known.push(...(await withWorld(id, (loaded) => listRuns(loaded, view()), cwd)));
    } catch (error) {
      // One world that can't be opened hides no run of another; it is named when nothing is found.
      if (!isQmtlError(error)) throw error;
      unread.push(`world "${id}" could not be read: ${error.message}`);
    }
  const chosen = only(choose(wanted, known), wanted, known, unread);
  return withWorld(chosen.world, (loaded) => read(loaded, chosen), cwd);
}

function read(loaded: LoadedWorld, { evalKey }: RunName): Promise<RunView> {
  return readRun(loaded, evalKey, view());
}

/**
 * The runs that a word may mean: a name before digests. Of a strategy or a version the newest evaluation in each world stands for it.
 *
 * @param known oldest first in each world
 */
export function choose(wanted: string, known: readonly RunName[]): readonly RunName[] {
  const newestBy = (runs: readonly RunName[], key: (run: RunName) => string): readonly RunName[] => [
    ...new Map(runs.map((run) => [`${run.world} ${key(run)}`, run])).values(),
  ];
  const named = known.filter(({ strategy }) => strategy === wanted);
  if (named.length > 0) return newestBy(named, ({ strategy }) => strategy);
  const digest = wanted.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(digest)) return [];
  const evaluations = known.filter(({ evalKey }) => evalKey.startsWith(digest));
  const versions = known.filter(({ version }) => version.startsWith(digest));
  return [...evaluations, ...newestBy(versions, ({ version, strategy }) => `${version} ${strategy}`)];
}

const LISTED = 12;

/** @throws `report.unknown-run`, `report.ambiguous-run` */
function only(
  found: readonly RunName[],
  wanted: string,
  known: readonly RunName[],
  unread: readonly string[] = [],
): RunName {
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  if (run === undefined)
    throw new QmtlError({
      code: "report.unknown-run",
      message: `There is no run ${JSON.stringify(wanted)}`,
      next:
        known.length === 0
          ? "Nothing was submitted yet: qmtl submit FILE --world ID."
          : "Name a strategy, or the beginning (at least 4 digits) of an EvalKey or a version, of those that are listed.",
      details: [
        ...known.toReversed().slice(0, LISTED).map(knownRun),
        ...(known.length > LISTED
          ? [{ code: "report.known-run", message: `and ${known.length - LISTED} older`, class: "usage" as const }]
          : []),
        ...unread.map((message) => ({ code: "report.unread-world", message, class: "usage" as const })),
      ],
    });
  const worlds = new Set(found.map(({ world }) => world));
  throw new QmtlError({
    code: "report.ambiguous-run",
    message: `${JSON.stringify(wanted)} may be any of ${found.length} runs`,
    next: worlds.size > 1 ? `Say which world: --world ${run.world}.` : "Type more of the EvalKey.",
    details: found.slice(0, LISTED).map(knownRun),
  });
}

function knownRun({ strategy, world, evalKey, version }: RunName): QmtlErrorJson {
  return {
    code: "report.known-run",
    message: `evaluation ${evalKey.slice(0, 16)}, version ${version.slice(0, 16)}`,
    place: { world, strategy },
    class: "usage",
  };
}
