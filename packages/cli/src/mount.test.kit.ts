import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
// Its folders are removed after what is mounted in them is gone.
import "./project.test.kit.ts";

const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) spawnSync("umount", ["-l", folder]);
});

/** Mounts something on a folder, until the tests of the file are over. False where this user may not. */
export function mount(folder: string, ...args: readonly string[]): boolean {
  mkdirSync(folder, { recursive: true });
  const done = spawnSync("mount", [...args, folder]).status === 0;
  if (done) mounted.push(folder);
  return done;
}

export function unmount(folder: string): void {
  expect(spawnSync("umount", ["-l", folder]).status).toBe(0);
  mounted.splice(mounted.indexOf(folder), 1);
}

/** Writes a file that leaves so many KB of a disk. @returns the file */
export function fill(folder: string, room: number): string {
  const filler = join(folder, "filler");
  const free = Number(
    spawnSync("df", ["--output=avail", "-k", folder], { encoding: "utf8" }).stdout.trim().split("\n").at(-1),
  );
  try {
    writeFileSync(filler, Buffer.alloc(Math.max(0, free - room) * 1024));
  } catch (error) {
    // Somebody else wrote meanwhile: it is full all the same.
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
  return filler;
}

const probe = mkdtempSync(join(tmpdir(), "qmtl-mount-"));
export const mayMount = mount(probe, "-t", "tmpfs", "-o", "size=64k", "none");
if (mayMount) unmount(probe);
rmSync(probe, { recursive: true, force: true });
