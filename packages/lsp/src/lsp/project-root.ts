import { createHash } from "node:crypto";
import { parseRunManifest, type RunManifest, runManifestPath } from "@qmtl/core/static";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { type Analysis, carryOver, createAnalysis, sourceStore } from "../engine/index.ts";
import type { Place } from "../facts/index.ts";
import { type View, viewOf } from "../features/view.ts";
import type { WorkspaceFiles } from "../project/index.ts";
import { isLookedAt, readText } from "./disk.ts";
import { uriOfPath } from "./uri.ts";

/** The files of one project, on disk and in the editor, and what is known of them. Paths are relative to its folder. */
export interface ProjectRoot {
  /** Absolute; empty for documents that stand on no disk. */
  readonly folder: string;
  readonly analysis: Analysis;
  /** Documents that the editor holds, by path. */
  readonly open: ReadonlyMap<string, TextDocument>;
  has(path: string): boolean;
  text(path: string): string | undefined;
  uriOf(path: string): string;
  /** Says what stands on disk; files that were listed before and are not now are gone. */
  list(paths: readonly string[]): readonly string[];
  /** @returns the files whose findings may be others now */
  edit(path: string, document: TextDocument | undefined): readonly string[];
  /** Files of the disk were made, written, or removed. */
  disk(changes: readonly { readonly path: string; readonly isGone: boolean }[]): readonly string[];
  view(path: string): View;
  /** What the last run of a file wrote down, and whether all that it was made of is still as it was. */
  lastRun(path: string): { readonly run: RunManifest; readonly isCurrent: boolean } | undefined;
  /** Says that the findings of a file were asked for. */
  checked(path: string): void;
  /** The last version that parsed, and where its places are now. */
  steady(path: string): { readonly view: View; readonly carry: (place: Place) => Place | undefined };
}

const MOST_TEXT = 48_000_000;
const MOST_VIEWS = 24;
const DAY = 86_400_000;

export function createRoot(folder: string): ProjectRoot {
  const listed = new Set<string>();
  const open = new Map<string, TextDocument>();
  const texts = new Map<string, string | undefined>();
  const views = new Map<string, View>();
  /** Of documents: the last text that parsed. */
  const good = new Map<string, string>();
  const parse = sourceStore(MOST_VIEWS);
  let size = 0;
  const files: WorkspaceFiles = {
    read: (path) => open.get(path)?.getText() ?? diskText(path),
    list: () => [...new Set([...listed, ...open.keys()])],
  };
  const analysis = createAnalysis(files, { lastDay: () => new Date(Date.now() - DAY).toISOString().slice(0, 10) });
  const root: ProjectRoot = {
    folder,
    analysis,
    open,
    has: (path) => listed.has(path) || open.has(path),
    text: (path) => files.read(path),
    uriOf: (path) =>
      open.get(path)?.uri ??
      (folder === ""
        ? path
        : uriOfPath(isOfPackage(path) ? (packageFile(path)?.path ?? absolute(path)) : absolute(path))),
    list(paths) {
      const now = new Set(paths);
      const others = [...[...now].filter((path) => !listed.has(path)), ...[...listed].filter((path) => !now.has(path))];
      listed.clear();
      for (const path of now) listed.add(path);
      return changed(others);
    },
    edit(path, document) {
      if (document === undefined) open.delete(path);
      else open.set(path, document);
      return changed([path]);
    },
    disk(changes) {
      // What packages say of themselves is read where they are found, and listed nowhere.
      const concerned = changes.filter(({ path }) => isLookedAt(path) || open.has(path) || isOfPackage(path));
      for (const { path, isGone } of concerned) {
        if (isGone || !isLookedAt(path)) listed.delete(path);
        else listed.add(path);
      }
      return changed(concerned.map(({ path }) => path));
    },
    view,
    lastRun(path) {
      const text = folder === "" ? undefined : readText(absolute(runManifestPath(path)));
      const run = text === undefined ? undefined : parseRunManifest(text);
      if (run === undefined) return undefined;
      const isCurrent = Object.entries(run.files).every(([file, digest]) => {
        const now = files.read(file);
        return now !== undefined && createHash("sha256").update(now).digest("hex") === digest;
      });
      return { run, isCurrent };
    },
    checked(path) {
      const text = open.get(path)?.getText();
      if (text !== undefined && analysis.module(path)?.unreadable.length === 0) good.set(path, text);
    },
    steady(path) {
      const now = view(path);
      const then = good.get(path);
      const parses = now.reading.facts.files.every(({ syntaxErrors }) => syntaxErrors.length === 0);
      if (parses || then === undefined) return { view: now, carry: (place) => place };
      const before = viewOf({ read: (other) => (other === path ? then : files.read(other)) }, path, parse);
      return { view: before, carry: carryOver(new Map([[path, { then, now: files.read(path) ?? "" }]])) };
    },
  };
  return root;

  function absolute(path: string): string {
    return folder === "" ? path : `${folder}/${path}`;
  }

  function changed(paths: readonly string[]): readonly string[] {
    if (paths.length === 0) return [];
    const edited = new Set(paths);
    for (const path of paths) {
      size -= texts.get(path)?.length ?? 0;
      texts.delete(path);
      if (!listed.has(path) && !open.has(path)) good.delete(path);
    }
    for (const [path, { reading }] of views)
      if (reading.facts.files.some((file) => edited.has(file.path) || file.unresolved.length > 0)) views.delete(path);
    return analysis.changed(paths);
  }

  function view(path: string): View {
    const known = views.get(path) ?? viewOf(files, path, parse);
    views.delete(path);
    views.set(path, known);
    const [oldest] = views.keys();
    if (views.size > MOST_VIEWS && oldest !== undefined) views.delete(oldest);
    return known;
  }

  function diskText(path: string): string | undefined {
    if (folder === "") return undefined;
    if (texts.has(path)) return texts.get(path);
    const text = isOfPackage(path) ? packageFile(path)?.text : readText(absolute(path));
    if (size > MOST_TEXT) {
      texts.clear();
      size = 0;
    }
    size += text?.length ?? 0;
    texts.set(path, text);
    return text;
  }

  /** Looked for in the folders above too, as Node.js does. */
  function packageFile(path: string): { readonly path: string; readonly text: string } | undefined {
    for (let from = folder; from !== ""; from = from.slice(0, Math.max(0, from.lastIndexOf("/")))) {
      const text = readText(`${from}/${path}`);
      if (text !== undefined) return { path: `${from}/${path}`, text };
    }
    return undefined;
  }
}

function isOfPackage(path: string): boolean {
  return path.startsWith("node_modules/");
}
