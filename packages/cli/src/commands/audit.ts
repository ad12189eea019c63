import { type AuditLine, isoText, readAudit, verifyAudit } from "@qmtl/core";
import { type Command, InvalidArgumentError } from "commander";
import type { Register } from "../cli.ts";
import { EXIT } from "../terminal/error.ts";
import { renderTable } from "../terminal/table.ts";
import { withWorld } from "./opened-world.ts";

const view = () => ({ clock: Date.now, signal: new AbortController().signal });

export function auditCommand(world: Command, register: Register): void {
  const command = world
    .command("audit <id>")
    .description("everything that happened in a world, one line per record of its journal")
    .option("--verify", "follow the links of the journal instead, and name the first that is broken")
    .option("--last <count>", "only the last records", parseCount);
  register(command, async (_context, id: string, options: { readonly verify?: true; readonly last?: number }) =>
    withWorld(id, async (loaded) => {
      if (options.verify === true) {
        const { records, head, broken } = await verifyAudit(loaded, view());
        return {
          exitCode: broken === undefined ? EXIT.fine : EXIT.failed,
          json: { world: id, whole: broken === undefined, records, head, broken: broken ?? null },
          text: (colors) =>
            broken === undefined
              ? `${colors.green("whole")}: ${records} records, the last is ${head}`
              : `${colors.red("broken")} at record ${broken.revision} of ${records}: ${broken.because}. Whole up to ${head}.`,
        };
      }
      const lines = await readAudit(loaded, view());
      const shown = options.last === undefined ? lines : lines.slice(-options.last);
      return {
        exitCode: EXIT.fine,
        json: { world: id, records: lines.length, lines: shown },
        text: () => render(shown),
      };
    }),
  );
}

function render(lines: readonly AuditLine[]): string {
  if (lines.length === 0) return "Nothing has happened in this world yet.";
  return renderTable(
    [{ title: "", align: "right" }, { title: "when" }, { title: "what" }],
    lines.map(({ revision, at, says }) => [String(revision), isoText(at), says]),
  );
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It has to be a whole number, 1 or more.");
  return count;
}
