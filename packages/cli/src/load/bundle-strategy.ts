import { realpath } from "node:fs/promises";
import path from "node:path";
import { QmtlError } from "@qmtl/core/schema";
import { type FunctionSite, type IdentifiedCode, identifyCode, type SyntaxApi } from "@qmtl/core/static";
import type * as Esbuild from "esbuild";
import { type Refusal, refusalToError, toQmtlError } from "./bundle-error.ts";
import { contentDigest } from "./content-digest.ts";
import type { LoadOptions } from "./load-strategy-bundle.ts";
import { packageDigest } from "./package-digest.ts";
import { type ProvidedImport, type StrategyBundle, scriptName } from "./strategy-bundle.ts";
import { memoryCache, transformKey } from "./transform-cache.ts";
import { type PackageImport, workspaceModules, workspaceNamespace } from "./workspace-modules.ts";

/** What bundling is done with. Identities must not depend on it, so tests run other versions. */
export interface BundleTools {
  readonly esbuild: { build(options: Esbuild.BuildOptions): Promise<Esbuild.BuildResult> };
  readonly syntax: () => Promise<SyntaxApi>;
  readonly minify?: boolean;
}

const knownOptions = new Set(["workspaceRoot", "cache", "overlay"]);

export async function bundleStrategy(file: string, options: LoadOptions, tools: BundleTools): Promise<StrategyBundle> {
  const unknown = Object.keys(options).find((key) => !knownOptions.has(key));
  if (unknown !== undefined) {
    throw new QmtlError({
      code: "strategy.unknown-option",
      message: `loadStrategyBundle has no option ${unknown}.`,
      next: `Use ${[...knownOptions].join(", ")}.`,
    });
  }
  const root = await realpath(options.workspaceRoot);
  const entry = await findEntry(file, root);
  const cache = options.cache ?? memoryCache();
  const found = new Map<string, IdentifiedCode>();
  const packageImports: PackageImport[] = [];

  async function identify(absolute: string, source: string): Promise<IdentifiedCode> {
    const key = transformKey(path.extname(absolute), source);
    const known = await cache.get(key);
    const code = known ?? identifyCode(relativeTo(root, absolute), source, await tools.syntax());
    if (known === undefined && code.errors.length === 0) await cache.set(key, code);
    found.set(relativeTo(root, absolute), code);
    return code;
  }

  const built = await tools.esbuild
    .build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: scriptName,
      write: false,
      bundle: true,
      format: "cjs",
      platform: "neutral",
      mainFields: ["module", "main"],
      resolveExtensions: [".ts", ".mts", ".js", ".mjs", ".json"],
      target: "es2022",
      charset: "utf8",
      ignoreAnnotations: true,
      tsconfigRaw: {},
      minifyWhitespace: true,
      ...(tools.minify === true && { minify: true }),
      legalComments: "none",
      sourcemap: "external",
      sourcesContent: false,
      banner: { js: '"use strict";' },
      metafile: true,
      logLevel: "silent",
      plugins: [
        workspaceModules({ root, overlay: options.overlay, identify, onPackage: (one) => packageImports.push(one) }),
      ],
    })
    .catch((failure: unknown) => {
      throw toQmtlError(failure, root);
    });

  const inputs = built.metafile?.inputs ?? {};
  const packages = await digestPackages(packageImports, found, root, inputs);
  const code = outputText(built, ".cjs");
  return {
    entry: relativeTo(root, entry),
    code,
    map: relativeMap(outputText(built, ".map"), root),
    digest: digestOf(code, packages),
    packages,
    functions: functionTable(found),
    files: workspaceFiles(inputs, root),
    provided: providedImports(inputs, found, root),
  };
}

export function relativeTo(root: string, absolute: string): string {
  return path.relative(root, absolute).replaceAll("\\", "/");
}

async function findEntry(file: string, root: string): Promise<string> {
  const refusal = (code: Refusal["code"], message: string, next: string): QmtlError =>
    refusalToError({ code, message, next }, { file });
  const given = path.resolve(root, file);
  const absolute = await realpath(given).catch(() => {
    throw refusal("not-found", `There is no file ${file}.`, "Check the path; it is read from the workspace root.");
  });
  if (relativeTo(root, absolute).startsWith("..")) {
    throw refusal("outside-workspace", `${file} lies outside of ${root}.`, "Move the strategy into the workspace.");
  }
  return absolute;
}

function outputText(built: Esbuild.BuildResult, extension: string): string {
  const file = built.outputFiles?.find((one) => one.path.endsWith(extension));
  if (file === undefined) throw new Error(`The bundler gave no ${extension} file.`);
  return file.text;
}

async function digestPackages(
  imports: readonly PackageImport[],
  found: ReadonlyMap<string, IdentifiedCode>,
  root: string,
  inputs: Esbuild.Metafile["inputs"],
): Promise<Record<string, string>> {
  const digests = new Map<string, Set<string>>();
  for (const { importer, specifier, resolved } of imports) {
    const module = found.get(relativeTo(root, importer))?.id;
    const key = `${module}|${specifier}`;
    const known = digests.get(key) ?? new Set();
    digests.set(key, known.add(await packageDigest(relativeTo(root, resolved), root, inputs)));
  }
  // Two files of the same text may find two versions of a package: then neither is known.
  const settled = [...digests].filter(([, all]) => all.size === 1).map(([key, all]) => [key, [...all][0]!] as const);
  return Object.fromEntries(settled.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function digestOf(code: string, packages: Readonly<Record<string, string>>): string {
  return contentDigest(JSON.stringify(["strategy-bundle/1", code, Object.entries(packages)]));
}

function functionTable(found: ReadonlyMap<string, IdentifiedCode>): Record<string, FunctionSite> {
  const table: Record<string, FunctionSite> = {};
  for (const file of [...found.keys()].sort()) {
    const { id, functions } = found.get(file)!;
    for (const [index, one] of functions.entries()) {
      const { hash, name, issues, captures, traits, line, column } = one;
      table[`${id}.${index}`] ??= { hash, name, issues, captures, traits, location: { file, line, column } };
    }
  }
  return table;
}

const workspacePrefix = `${workspaceNamespace}:`;

function workspaceFiles(inputs: Esbuild.Metafile["inputs"], root: string): string[] {
  const files = Object.keys(inputs).filter((name) => name.startsWith(workspacePrefix));
  return files.map((name) => workspaceFile(name, root)).sort();
}

function workspaceFile(name: string, root: string): string {
  return relativeTo(root, path.resolve(root, name.slice(workspacePrefix.length)));
}

function providedImports(
  inputs: Esbuild.Metafile["inputs"],
  found: ReadonlyMap<string, IdentifiedCode>,
  root: string,
): ProvidedImport[] {
  const all = Object.entries(inputs).flatMap(([name, { imports }]) => {
    const file = name.startsWith(workspacePrefix) ? workspaceFile(name, root) : name;
    const specifiers = new Set(imports.filter(isProvided).map((one) => one.path));
    return [...specifiers].map((specifier) => {
      const site = found.get(file)?.imports.find((one) => one.specifier === specifier);
      return { specifier, file, ...(site !== undefined && { line: site.line }) };
    });
  });
  const key = (one: ProvidedImport): string => `${one.file} ${one.specifier}`;
  return all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The bundler names its own helpers like a module. */
const isProvided = (one: Esbuild.Metafile["inputs"][string]["imports"][number]): boolean =>
  one.external === true && one.path !== "<runtime>";

function relativeMap(text: string, root: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  const sources = map.sources.map((name) => (name.startsWith(workspacePrefix) ? workspaceFile(name, root) : name));
  return JSON.stringify({ ...map, sources });
}
