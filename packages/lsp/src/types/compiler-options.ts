import { ts } from "../syntax/index.ts";
import type { TypeFiles } from "./type-files.ts";

/** The folder that TypeScript's own libraries are looked up in; no disk has it. */
export const LIBRARY_FOLDER = "/typescript-library";
export const LIBRARY = `${LIBRARY_FOLDER}/lib.es2023.d.ts`;

/** How imports are found is the project's word; how strictly types are looked at is not: a finding must not depend on it. */
const KEPT = ["customConditions", "paths", "baseUrl", "moduleSuffixes", "preserveSymlinks", "rootDirs"] as const;

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts"],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  disableSizeLimit: true,
};

/** The `tsconfig.json` of a folder, or of one above it; undefined where there is none. */
export function configFile(files: TypeFiles, folder: string): string | undefined {
  for (let from = folder; ; from = from.slice(0, from.lastIndexOf("/"))) {
    const path = `${from}/tsconfig.json`;
    if (files.version(path) !== undefined) return path;
    if (!from.includes("/")) return undefined;
  }
}

/** @param config a `tsconfig.json`; what is wrong with it is left to those who build with it */
export function compilerOptions(files: TypeFiles, config: string | undefined): ts.CompilerOptions {
  if (config === undefined) return STRICT;
  const { config: json } = ts.readConfigFile(config, (path) => files.read(path));
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: true,
    readDirectory: () => [],
    fileExists: (path) => files.version(path) !== undefined,
    readFile: (path) => files.read(path),
  };
  const { options } = ts.parseJsonConfigFileContent(json, host, config.slice(0, config.lastIndexOf("/")));
  const kept = Object.fromEntries(KEPT.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return {
    ...STRICT,
    ...kept,
    ...(options["pathsBasePath"] !== undefined && { pathsBasePath: options["pathsBasePath"] }),
  };
}
