/** The files that a type may depend on, by absolute paths with `/`: those of a project, of packages, and TypeScript's own. */
export interface TypeFiles {
  read(path: string): string | undefined;
  /** Another one for another text; undefined where there is no file. */
  version(path: string): string | undefined;
  isFolder(path: string): boolean;
  /** Without symbolic links. */
  realPath(path: string): string;
}
