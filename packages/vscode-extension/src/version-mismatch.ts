/** What does not belong together among the versions that work in one project, and what to do; undefined where all do. */
export function versionMismatch(of: {
  readonly extension: string;
  readonly cli: string;
  /** Absent where the project has none of its own. */
  readonly core: string | undefined;
}): string | undefined {
  const { extension, cli, core } = of;
  if (core === undefined)
    return "it has no @qmtl/core, which its strategies import. Install it: npm install @qmtl/core";
  if (core !== cli)
    return `its @qmtl/core is ${core} and its @qmtl/cli is ${cli}. Bring both to one version: npm install @qmtl/core@${cli}`;
  if (line(cli) !== line(extension))
    return `its @qmtl/cli is ${cli}, this extension is made for ${line(extension)}. Update the older one of them`;
  return undefined;
}

/** What promises to stay compatible: the major version, below 1.0 the minor one too. */
function line(version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return major === "0" ? `${major}.${minor}` : major;
}
