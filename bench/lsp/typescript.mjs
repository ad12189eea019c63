import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Milliseconds that TypeScript itself needs for the semantic diagnostics of one file after each of some edits. */
export function typescriptTimes(folder, file, edits) {
  const path = join(folder, file);
  let text = readFileSync(path, "utf8");
  let version = 1;
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ["@qmtl/source"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  const host = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: (name) => (name === path ? String(version) : "1"),
    getScriptSnapshot: (name) => {
      const read = name === path ? text : ts.sys.readFile(name);
      return read === undefined ? undefined : ts.ScriptSnapshot.fromString(read);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
  };
  const service = ts.createLanguageService(host);
  const before = service.getSemanticDiagnostics(path);
  if (before.length > 0) throw new Error(ts.flattenDiagnosticMessageText(before[0].messageText, "\n"));
  return edits.map((edit) => {
    text = edit(text);
    version++;
    const begun = performance.now();
    service.getSemanticDiagnostics(path);
    return performance.now() - begun;
  });
}
