import { readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";

const LEFT_OUT = new Set(["node_modules", "dist", "build", "out", "coverage"]);
const WANTED = /\.(m?[tj]sx?|ya?ml|json)$/;
const BIGGEST = 8_000_000;

/** The text of a file on disk; undefined when there is none, or it is no text that anybody wrote. */
export function readText(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    if (size > BIGGEST) return undefined;
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether a file of a project is one that `walk` finds, by its path from the project's folder. */
export function isLookedAt(path: string): boolean {
  return WANTED.test(path) && !isLeftOut(path);
}

/** Whether `walk` does not enter a folder, by its path from where it begins. */
export function isLeftOut(path: string): boolean {
  return path.split("/").some((name) => name.startsWith(".") || LEFT_OUT.has(name));
}

/** Every file under a folder that may matter, by its absolute path; `each` is called folder by folder and may say to stop. */
export async function walk(folder: string, each: (files: readonly string[]) => boolean): Promise<void> {
  const queue = [folder];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const current = next;
    let entries: Awaited<ReturnType<typeof entriesOf>>;
    try {
      entries = await entriesOf(current);
    } catch {
      // A folder that vanished or may not be read holds nothing for us.
      continue;
    }
    const files: string[] = [];
    for (const entry of entries) {
      if (isLeftOut(entry.name)) continue;
      const path = `${current}/${entry.name}`;
      if (entry.isDirectory()) queue.push(path);
      else if (entry.isFile() && WANTED.test(entry.name)) files.push(path);
    }
    if (!each(files)) return;
    await nextTurn();
  }
}

function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true });
}
