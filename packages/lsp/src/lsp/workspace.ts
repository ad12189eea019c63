import { existsSync, statSync } from "node:fs";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { CONFIG_FILE } from "../project/index.ts";
import { isLeftOut, walk } from "./disk.ts";
import { createRoot, type ProjectRoot } from "./project-root.ts";
import { pathOfUri } from "./uri.ts";

/** A file of a project. */
export interface Located {
  readonly root: ProjectRoot;
  readonly path: string;
}

/** Files whose findings may be others now. */
export type Affected = readonly Located[];

/**
 * The folders that the editor has open, cut into projects: a project is the folder of a `qmtl.config.ts`; what belongs to none
 * is one project for each folder of the editor.
 */
export interface Workspace {
  readonly documents: ReadonlyMap<string, TextDocument>;
  roots(): readonly ProjectRoot[];
  /** Undefined until the folder that it stands in was looked through. */
  locate(uri: string): Located | undefined;
  /** Looks through a folder. */
  addFolder(uri: string): Promise<Affected>;
  /** @returns the files that are no longer looked at, unless they are open */
  removeFolder(uri: string): Affected;
  openDocument(document: TextDocument): Promise<Affected>;
  editDocument(uri: string, document: TextDocument): Affected;
  closeDocument(uri: string): Affected;
  /** Files of the disk were made, written or removed; a folder stands for all that was in it. */
  disk(changes: readonly { readonly uri: string; readonly isGone: boolean }[]): Promise<Affected>;
}

export function createWorkspace(): Workspace {
  const documents = new Map<string, TextDocument>();
  /** By folder; the longest that holds a path is its project. */
  const roots = new Map<string, ProjectRoot>();
  const folders = new Set<string>();
  const places = new Map<string, Located>();

  return {
    documents,
    roots: () => [...roots.values()],
    locate: (uri) => places.get(uri) ?? locateOnDisk(uri),
    async addFolder(uri) {
      const folder = pathOfUri(uri)?.replace(/\/+$/, "");
      if (folder === undefined) return [];
      folders.add(folder);
      return scan(folder);
    },
    removeFolder(uri) {
      const folder = pathOfUri(uri)?.replace(/\/+$/, "");
      if (folder === undefined) return [];
      folders.delete(folder);
      const gone: Located[] = [];
      for (const root of [...roots.values()]) {
        if (!isWithin(root.folder, folder) || [...folders].some((other) => isWithin(root.folder, other))) continue;
        for (const path of root.analysis.paths()) gone.push({ root, path });
        if (root.open.size === 0) roots.delete(root.folder);
      }
      return gone;
    },
    async openDocument(document) {
      documents.set(document.uri, document);
      const path = pathOfUri(document.uri);
      if (path === undefined || rootOf(path) !== undefined) return place(document);
      const project = projectAbove(path);
      if (project !== undefined) return scan(project);
      // A folder of the editor is still being looked through; its scan places the document.
      if ([...folders].some((folder) => isWithin(path, folder))) return [];
      roots.set(parentOf(path), createRoot(parentOf(path)));
      return place(document);
    },
    editDocument(uri, document) {
      documents.set(uri, document);
      const at = places.get(uri);
      return at === undefined ? [] : affected(at.root, at.root.edit(at.path, document));
    },
    closeDocument(uri) {
      documents.delete(uri);
      const at = places.get(uri);
      places.delete(uri);
      return at === undefined ? [] : affected(at.root, at.root.edit(at.path, undefined));
    },
    async disk(changes) {
      const found: Located[] = [];
      const rescanned = new Set<string>();
      const byRoot = new Map<ProjectRoot, { path: string; isGone: boolean }[]>();
      for (const { uri, isGone } of changes) {
        const path = pathOfUri(uri);
        if (path === undefined) continue;
        const root = rootOf(path);
        const isFolder = isGone ? root?.has(relative(root, path)) !== true : isDirectory(path);
        const folder = [...folders].find((each) => isWithin(path, each)) ?? root?.folder;
        // Another configuration is another project.
        if (path.endsWith(`/${CONFIG_FILE}`) && root?.folder !== parentOf(path)) {
          if (folder !== undefined) rescanned.add(folder);
        } else if (isFolder) {
          if (folder !== undefined && !isLeftOut(path.slice(folder.length + 1))) rescanned.add(folder);
        } else if (root !== undefined) {
          const known = byRoot.get(root) ?? [];
          known.push({ path: relative(root, path), isGone });
          byRoot.set(root, known);
        }
      }
      for (const [root, known] of byRoot) found.push(...affected(root, root.disk(known)));
      for (const folder of rescanned) found.push(...(await scan(folder)));
      return found;
    },
  };

  function rootOf(path: string): ProjectRoot | undefined {
    let best: ProjectRoot | undefined;
    for (const root of roots.values())
      if (root.folder !== "" && isWithin(path, root.folder) && root.folder.length > (best?.folder.length ?? -1))
        best = root;
    return best;
  }

  function locateOnDisk(uri: string): Located | undefined {
    const path = pathOfUri(uri);
    const root = path === undefined ? undefined : rootOf(path);
    return path === undefined || root === undefined ? undefined : { root, path: relative(root, path) };
  }

  function place(document: TextDocument): Affected {
    const path = pathOfUri(document.uri);
    const root = path === undefined ? looseRoot() : rootOf(path);
    if (root === undefined) return [];
    const at = { root, path: path === undefined ? loosePath(document) : relative(root, path) };
    const before = places.get(document.uri);
    places.set(document.uri, at);
    const moved = before !== undefined && before.root !== root ? before.root.edit(before.path, undefined) : [];
    return [
      ...affected(root, root.edit(at.path, document)),
      ...(before === undefined ? [] : affected(before.root, moved)),
    ];
  }

  /** Documents that stand on no disk see no other file. */
  function looseRoot(): ProjectRoot {
    const root = roots.get("") ?? createRoot("");
    roots.set("", root);
    return root;
  }

  async function scan(folder: string): Promise<Affected> {
    const found: string[] = [];
    await walk(folder, (files) => {
      found.push(...files);
      return found.length < MOST_FILES;
    });
    const projects = new Set([folder]);
    for (const path of found) if (path.endsWith(`/${CONFIG_FILE}`)) projects.add(parentOf(path));
    const gone: Located[] = [];
    for (const root of [...roots.values()])
      if (isWithin(root.folder, folder) && !projects.has(root.folder)) {
        for (const path of root.analysis.paths()) gone.push({ root, path });
        roots.delete(root.folder);
      }
    for (const project of projects) if (!roots.has(project)) roots.set(project, createRoot(project));
    const byRoot = new Map<ProjectRoot, string[]>();
    for (const project of projects) byRoot.set(roots.get(project) as ProjectRoot, []);
    for (const path of found) {
      const root = rootOf(path);
      if (root !== undefined) byRoot.get(root)?.push(relative(root, path));
    }
    const changed = [...byRoot].flatMap(([root, paths]) => affected(root, root.list(paths)));
    const placed = [...documents.values()].flatMap((document) => {
      const path = pathOfUri(document.uri);
      return path !== undefined && isWithin(path, folder) ? place(document) : [];
    });
    return [...placed, ...changed, ...gone];
  }
}

/** A folder with more is not looked through to its end. */
const MOST_FILES = 50_000;

function affected(root: ProjectRoot, paths: readonly string[]): Affected {
  return paths.map((path) => ({ root, path }));
}

function relative({ folder }: ProjectRoot, path: string): string {
  return path.slice(folder.length + 1);
}

function isWithin(path: string, folder: string): boolean {
  return folder !== "" && (path === folder || path.startsWith(`${folder}/`));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function projectAbove(path: string): string | undefined {
  for (let folder = parentOf(path); folder !== ""; folder = parentOf(folder))
    if (existsSync(`${folder}/${CONFIG_FILE}`)) return folder;
  return undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `untitled:Untitled-1` as a path with the ending that its language has. */
function loosePath({ uri, languageId }: TextDocument): string {
  const name = decodeURIComponent(uri.slice(uri.indexOf(":") + 1)).replace(/^\/+/, "");
  if (/\.(m?[tj]s|ya?ml)$/.test(name)) return name;
  return `${name}.${languageId === "yaml" ? "yml" : "ts"}`;
}
