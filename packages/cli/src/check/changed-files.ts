import { spawnSync } from "node:child_process";
import { QmtlError } from "@qmtl/core/schema";

/**
 * Files below a folder that differ from a commit of its Git repository, new ones included.
 *
 * @throws `check.no-git`
 */
export function changedFiles(root: string, since: string): ReadonlySet<string> {
  const changed = git(root, ["diff", "--name-only", "--relative", "-z", since, "--"]);
  const untracked = git(root, ["ls-files", "--others", "--exclude-standard", "-z"]);
  return new Set([...changed, ...untracked]);
}

function git(root: string, args: readonly string[]): readonly string[] {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0)
    throw new QmtlError({
      code: "check.no-git",
      message: `git ${args[0]} failed: ${error?.message ?? stderr.trim().split("\n")[0]}`,
      next: "Name a commit, a branch or a tag of the repository that the project stands in.",
    });
  return stdout.split("\0").filter((path) => path !== "");
}
