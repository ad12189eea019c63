import { readdirSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { QmtlError } from "@qmtl/core/schema";
import type { FilesPreset } from "./config.ts";
import { unreadable } from "./csv.ts";

const SYMBOL = "{symbol}";

/** Where a preset's files lie. */
export interface Locator {
  /** Symbols that have at least one file now, sorted. */
  symbols(): string[];
  /** Files of a symbol in the order of the configuration. @throws `data.unknown-symbol`, `files.missing`, `files.outside-root` */
  files(symbol: string): string[];
}

/**
 * @param root the folder that paths count from and may not leave
 * @throws `files.invalid-path`
 */
export function createLocator(
  root: string,
  name: string,
  { path, symbol }: Pick<FilesPreset, "path" | "symbol">,
  field: "path" | "actions" = "path",
): Locator {
  const templates = typeof path === "string" ? [path] : path;
  for (const template of templates) checkTemplate(template, symbol, `${name}.${field}`);

  function symbols(): string[] {
    if (symbol !== undefined) return [symbol];
    return [...new Set(templates.flatMap((template) => discover(root, template)))].sort();
  }

  return {
    symbols,
    files(wanted) {
      if (!symbols().includes(wanted))
        throw new QmtlError({
          code: "data.unknown-symbol",
          message: `files.${name} has no symbol ${JSON.stringify(wanted)}`,
          place: { preset: `files.${name}`, symbol: wanted },
          next: `It has ${symbols().join(", ") || `nothing: no file fits ${templates.join(", ")}`}.`,
        });
      const paths = templates.map((template) => join(root, ...template.replace(SYMBOL, () => wanted).split("/")));
      const found = symbol === undefined ? paths.filter(isFile) : paths;
      return found.map((file) => requireInside(root, file));
    },
  };
}

function checkTemplate(template: string, symbol: string | undefined, where: string): void {
  const parts = template.split("/");
  const refuse = (why: string, next: string): never => {
    throw new QmtlError({
      code: "files.invalid-path",
      message: `The path ${JSON.stringify(template)} of files.${where.split(".")[0]} ${why}`,
      place: { path: `presets.${where}` },
      next,
    });
  };
  if (isAbsolute(template) || template.includes("\\") || parts.includes("..") || template.includes("\0"))
    refuse(
      "leaves the project",
      "Write a path below the folder of qmtl.config.ts, with forward slashes and without ..",
    );
  const places = template.split(SYMBOL).length - 1;
  if (places > 1) refuse("holds {symbol} more than once", "Write {symbol} once.");
  if (places === 0 && symbol === undefined)
    refuse("does not say whose rows it holds", "Write {symbol} in it, or name the symbol beside it.");
  if (places === 1 && symbol !== undefined)
    refuse("holds {symbol} although one symbol is named beside it", "Remove one of the two.");
}

function discover(root: string, template: string): string[] {
  const parts = template.split("/");
  const at = parts.findIndex((part) => part.includes(SYMBOL));
  const [prefix = "", suffix = ""] = parts[at]!.split(SYMBOL);
  const folder = join(root, ...parts.slice(0, at));
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(folder, error);
  }
  return entries
    .filter(
      (entry) => entry.length > prefix.length + suffix.length && entry.startsWith(prefix) && entry.endsWith(suffix),
    )
    .filter((entry) => isFile(join(folder, entry, ...parts.slice(at + 1))))
    .map((entry) => entry.slice(prefix.length, entry.length - suffix.length));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The file with its links resolved, which must still lie below the root. */
function requireInside(root: string, file: string): string {
  if (!isFile(file))
    throw new QmtlError({
      code: "files.missing",
      message: "There is no such file",
      place: { file },
      next: "Put the file there, or correct the path of the preset.",
    });
  const below = relative(realpathSync(root), realpathSync(file));
  if (below.startsWith(`..${sep}`) || below === ".." || isAbsolute(below))
    throw new QmtlError({
      code: "files.outside-root",
      message: "The file is a link that leads out of the project",
      place: { file },
      next: "Copy the file into the project.",
    });
  return file;
}
