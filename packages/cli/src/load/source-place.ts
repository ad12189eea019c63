import { SourceMap } from "node:module";
import type { ErrorPlace } from "@qmtl/core/schema";
import { type StrategyBundle, scriptName } from "./strategy-bundle.ts";

/** Finds the author's lines behind places in a bundle. */
export interface SourceReader {
  /** File and line where an error was thrown; `undefined` when no frame of it lies in the bundle. */
  place(error: unknown): ErrorPlace | undefined;
  /** A stack trace with the author's files and lines. */
  stack(error: unknown): string;
}

const frame = new RegExp(`${scriptName.replaceAll(".", "\\.")}:(\\d+):(\\d+)`, "g");

export function createSourceReader(bundle: Pick<StrategyBundle, "map">): SourceReader {
  let map: SourceMap | undefined;
  function locate(line: number, column: number): { file: string; line: number } | undefined {
    map ??= new SourceMap(JSON.parse(bundle.map));
    const found = map.findEntry(line - 1, column - 1);
    return "originalSource" in found && found.originalSource !== undefined
      ? { file: found.originalSource, line: found.originalLine + 1 }
      : undefined;
  }
  const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? "") : "");

  return {
    place(error) {
      for (const [, line, column] of traceOf(error).matchAll(frame)) {
        const place = locate(Number(line), Number(column));
        if (place !== undefined && !place.file.includes("node_modules/")) return place;
      }
      return undefined;
    },
    stack(error) {
      return traceOf(error).replace(frame, (text: string, line: string, column: string) => {
        const place = locate(Number(line), Number(column));
        return place === undefined ? text : `${place.file}:${place.line}`;
      });
    },
  };
}
