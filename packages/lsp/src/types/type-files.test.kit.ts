import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { diskTypeFiles } from "../lsp/disk-type-files.ts";
import type { TypesClient } from "../lsp/types-client.ts";
import { LIBRARY_FOLDER } from "./compiler-options.ts";
import type { TypeProblem } from "./problem.ts";
import { createTypeChecker, type TypeChecker } from "./type-checker.ts";

const library = dirname(createRequire(import.meta.url).resolve("typescript"));

/** A project whose packages are those of this repository, as sources. */
export const PROJECT = fileURLToPath(new URL("../../../../fixtures/workspace", import.meta.url));

/** @param texts by absolute path; those that are not there are looked for on disk */
export function checkerOf(texts: Map<string, string>, folder = PROJECT): TypeChecker {
  return createTypeChecker(
    diskTypeFiles(texts, (path) =>
      path.startsWith(`${LIBRARY_FOLDER}/`)
        ? readFileSync(`${library}${path.slice(LIBRARY_FOLDER.length)}`, "utf8")
        : undefined,
    ),
    folder,
  );
}

/** The same as the worker answers it, in this thread. */
export function typesHere(): Pick<TypesClient, "ask"> {
  const checkers = new Map<string, TypeChecker>();
  return {
    ask(folder, path) {
      const checker = checkers.get(folder) ?? checkerOf(new Map(), folder);
      checkers.set(folder, checker);
      const problems = checker.problems(`${folder}/${path}`) ?? [];
      const inside = problems.map((problem) => ({ ...problem, place: { ...problem.place, file: path } }));
      return Promise.resolve({ kind: "problems", problems: inside });
    },
  };
}

/** `kind "text under it"`, for reading. */
export function told(text: string, problems: readonly TypeProblem[] | undefined): readonly string[] {
  const lines = text.split("\n");
  return (problems ?? []).map(({ kind, place: { start, end } }) => {
    const under = lines.slice(start.line - 1, end.line);
    under[under.length - 1] = (under.at(-1) ?? "").slice(0, end.column - 1);
    under[0] = (under[0] ?? "").slice(start.column - 1);
    return `${kind} ${under.join(" ").replaceAll(/\s+/g, " ")}`;
  });
}
