/**
 * What the last run of a strategy file came to, kept for editors, which compute no ids of their own. Written to
 * {@link runManifestPath}, below the project's folder; it may be thrown away.
 */
export interface RunManifest {
  readonly format: 1;
  readonly world: string;
  readonly params: Readonly<Record<string, number | string>>;
  /** SHA-256 of the files that the strategy was made of, by their paths below the project's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The evaluation was known: nothing was computed. */
  readonly cached: boolean;
  /** In the order in which they run. */
  readonly nodes: readonly { readonly kind: string; readonly id: string }[];
}

/** @param file the strategy file, below the project's folder, with `/` */
export function runManifestPath(file: string): string {
  return `.qmtl/cache/runs/${file.replaceAll("/", "~")}.json`;
}

/** The manifest in a text; undefined where it is none of this format. */
export function parseRunManifest(text: string): RunManifest | undefined {
  try {
    const found = JSON.parse(text) as Partial<RunManifest> | null;
    return found?.format === 1 && typeof found.files === "object" && Array.isArray(found.nodes)
      ? (found as RunManifest)
      : undefined;
  } catch {
    return undefined;
  }
}
