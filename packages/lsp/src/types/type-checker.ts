import { ts } from "../syntax/index.ts";
import { compilerOptions, configFile, LIBRARY } from "./compiler-options.ts";
import type { TypeProblem } from "./problem.ts";
import { readProblems } from "./read-problems.ts";
import type { TypeFiles } from "./type-files.ts";

/** What TypeScript proves of the files of one project. It keeps what it knows, and looks again only at what is another file now. */
export interface TypeChecker {
  /**
   * What is wrong with a file because of the types of our builders: nothing of a file that is not there, undefined when it was
   * cancelled.
   *
   * @param path absolute, as are the files of the places in the answer
   */
  problems(path: string, isCancelled?: () => boolean): readonly TypeProblem[] | undefined;
}

/** Files that were asked for and are kept at hand. */
const MOST_ROOTS = 32;

/** @param folder of the project, absolute */
export function createTypeChecker(files: TypeFiles, folder: string): TypeChecker {
  const roots = new Set<string>();
  const sources = new Map<string, { readonly version: string; readonly file: ts.SourceFile }>();
  /** What was said of files that imports may mean. A program that knows another answer finds other modules. */
  const found = new Map<string, boolean>();
  let known: { readonly program: ts.Program; readonly options: string } | undefined;

  const host: ts.CompilerHost = {
    getSourceFile(path, language) {
      const version = files.version(path);
      const before = sources.get(path);
      if (version !== undefined && before?.version === version) return before.file;
      sources.delete(path);
      const text = version === undefined ? undefined : files.read(path);
      if (version === undefined || text === undefined) return undefined;
      const file = ts.createSourceFile(path, text, language, true);
      sources.set(path, { version, file });
      return file;
    },
    fileExists(path) {
      const is = files.version(path) !== undefined;
      found.set(path, is);
      return is;
    },
    readFile: (path) => files.read(path),
    directoryExists: (path) => files.isFolder(path),
    realpath: (path) => files.realPath(path),
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: () => LIBRARY,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile() {},
  };

  return {
    problems(path, isCancelled = never) {
      if (files.version(path) === undefined) return [];
      roots.delete(path);
      roots.add(path);
      const [oldest] = roots;
      if (roots.size > MOST_ROOTS && oldest !== undefined) roots.delete(oldest);
      const program = currentProgram();
      const file = program.getSourceFile(path);
      if (file === undefined) return [];
      const throwIfCancellationRequested = (): void => {
        if (isCancelled()) throw new ts.OperationCanceledException();
      };
      try {
        return readProblems(program, file, { isCancellationRequested: isCancelled, throwIfCancellationRequested });
      } catch (error) {
        if (error instanceof ts.OperationCanceledException) return undefined;
        throw error;
      }
    },
  };

  function currentProgram(): ts.Program {
    const config = configFile(files, folder);
    const version = config === undefined ? "" : `${config} ${files.version(config)}`;
    const isSame =
      known?.options === version && [...found].every(([path, is]) => (files.version(path) !== undefined) === is);
    if (!isSame) {
      known = undefined;
      found.clear();
    }
    const program = ts.createProgram({
      rootNames: [...roots].filter((path) => files.version(path) !== undefined),
      options: known?.program.getCompilerOptions() ?? compilerOptions(files, config),
      host,
      ...(known !== undefined && { oldProgram: known.program }),
    });
    const used = new Set(program.getSourceFiles().map(({ fileName }) => fileName));
    for (const path of sources.keys()) if (!used.has(path)) sources.delete(path);
    known = { program, options: version };
    return program;
  }
}

function never(): boolean {
  return false;
}
