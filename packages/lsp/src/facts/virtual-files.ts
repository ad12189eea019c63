/** Where the text of files comes from: a disk, an editor's open buffers, a test. */
export interface VirtualFiles {
  /** The text of a file, or undefined when there is none. Paths are relative to one root and use `/`. */
  read(path: string): string | undefined;
}

// In the order in which the loader tries them.
const EXTENSIONS = [".tsx", ".ts", ".jsx", ".js", ".json"];

/** The path that a relative import of `from` names, among the files that exist. */
export function resolveRelative(files: VirtualFiles, from: string, specifier: string): string | undefined {
  const base = joinPath(from, specifier);
  if (base === undefined) return undefined;
  const written = base.replace(/\.(m?)js$/, ".$1ts");
  const added = [base, `${base}/index`].flatMap((path) => EXTENSIONS.map((extension) => path + extension));
  const candidates = [base, written, ...added];
  return candidates.find((path) => /\.[a-z]+$/.test(path) && files.read(path) !== undefined);
}

function joinPath(from: string, specifier: string): string | undefined {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push("..");
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
