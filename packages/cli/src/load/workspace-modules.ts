import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import type { IdentifiedCode } from "@qmtl/core/static";
import type { Loader, OnResolveArgs, OnResolveResult, PartialMessage, Plugin, PluginBuild } from "esbuild";
import type { Refusal } from "./bundle-error.ts";

/** An import of a package by a file of the workspace. */
export interface PackageImport {
  readonly importer: string;
  readonly specifier: string;
  readonly resolved: string;
}

export interface WorkspaceOptions {
  readonly root: string;
  readonly overlay: ReadonlyMap<string, string> | undefined;
  readonly identify: (file: string, source: string) => Promise<IdentifiedCode>;
  readonly onPackage: (found: PackageImport) => void;
}

/** Apart from the bundler's own `file`, so that no package.json or tsconfig.json has a say in what the code means. */
export const workspaceNamespace = "workspace";

const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".js": "js",
  ".mjs": "js",
  ".json": "json",
};
const isResolving = Symbol("resolving");

/** Tags the workspace's modules, leaves `@qmtl/*` outside, and refuses what a strategy cannot import. */
export function workspaceModules({ root, overlay, identify, onPackage }: WorkspaceOptions): Plugin {
  return {
    name: "qmtl-workspace",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => {
        if (args.pluginData === isResolving) return undefined;
        if (args.kind === "entry-point") return accept(args.path);
        if (args.path.startsWith("@qmtl/")) return { path: args.path, external: true };
        if (isBuiltin(args.path)) return { errors: [refuseBuiltin(args)] };
        return args.namespace === workspaceNamespace ? resolveFromWorkspace(build, args) : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: workspaceNamespace }, async ({ path: file }) => {
        const source = overlay?.get(file) ?? (await readFile(file, "utf8"));
        const loader = loaders[path.extname(file)]!;
        const resolveDir = path.dirname(file);
        if (loader === "json") return { contents: source.replace(/^\uFEFF/, ""), loader, resolveDir };
        const { code, errors } = await identify(file, source);
        return { contents: code, loader, resolveDir, errors: errors.map((one) => codeError(one, file)) };
      });
    },
  };

  async function resolveFromWorkspace(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
    const { importer, kind, path: specifier } = args;
    const resolveDir = path.dirname(importer);
    const found = await build.resolve(specifier, {
      kind,
      importer,
      resolveDir,
      namespace: "file",
      pluginData: isResolving,
    });
    if (found.errors.length > 0) return { errors: [refuseUnknown(specifier)] };
    if (/[\\/]node_modules[\\/]/.test(found.path)) {
      onPackage({ importer, specifier, resolved: found.path });
      return { path: found.path };
    }
    return accept(found.path);
  }

  function accept(file: string): OnResolveResult {
    if (path.relative(root, file).startsWith("..")) {
      return refuse({
        code: "outside-workspace",
        message: `The file ${path.relative(root, file)} lies outside of the workspace ${root}.`,
        next: "Move it into the workspace, or publish it as a package and install that.",
      });
    }
    if (loaders[path.extname(file)] === undefined) {
      return refuse({
        code: "file-type",
        message: `A strategy cannot import a file of the type ${path.extname(file) || "without an extension"}.`,
        next: `Use one of ${Object.keys(loaders).join(", ")}.`,
      });
    }
    return { path: file, namespace: workspaceNamespace };
  }
}

function refuse(refusal: Refusal): OnResolveResult {
  return { errors: [{ text: refusal.message, detail: refusal }] };
}

function refuseBuiltin({ path: specifier, namespace, importer }: OnResolveArgs): PartialMessage {
  const inPackage = namespace !== workspaceNamespace;
  const refusal: Refusal = {
    code: "builtin-import",
    message: inPackage
      ? `The package file ${importer} imports ${specifier}; a strategy runs without Node.js.`
      : `A strategy cannot import ${specifier}; it runs without Node.js.`,
    next: inPackage
      ? "Use a package that only computes, or write the function you need."
      : "Bring data in through a stream or a JSON import; for anything else write a plugin.",
  };
  return { text: refusal.message, detail: refusal };
}

function refuseUnknown(specifier: string): PartialMessage {
  const isFile = /^[./]/.test(specifier);
  const refusal: Refusal = {
    code: "unknown-import",
    message: `The import ${specifier} was not found.`,
    next: isFile
      ? "Check the path and the extension."
      : `Install it with npm install ${packageOf(specifier)}, or correct the name.`,
  };
  return { text: refusal.message, detail: refusal };
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const nextSteps: Readonly<Record<IdentifiedCode["errors"][number]["code"], string>> = {
  syntax: "Correct the file until your editor reports no error.",
  "exported-reassigned": "Export a const, or a function that returns the value.",
  "reserved-name": "Choose another name.",
  commonjs: "Use import and export.",
};

function codeError({ code, message, line, column }: IdentifiedCode["errors"][number], file: string): PartialMessage {
  const refusal: Refusal = { code, message, next: nextSteps[code] };
  return {
    text: message,
    location: { file: `${workspaceNamespace}:${file}`, line, column: column - 1 },
    detail: refusal,
  };
}
