import { type ParseSource, parseSource, type Source } from "../facts/index.ts";

/** Parses each text once, and remembers the syntax of the files that were used last: that of thousands would fill the memory. */
export function sourceStore(most: number): ParseSource {
  const sources = new Map<string, Source>();
  return (path, text) => {
    const known = sources.get(path);
    const source = known?.file.text === text ? known : parseSource(path, text);
    sources.delete(path);
    sources.set(path, source);
    const [oldest] = sources.keys();
    if (sources.size > most && oldest !== undefined) sources.delete(oldest);
    return source;
  };
}
