import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type AuthorityInput, authority } from "./authority.ts";
import { DOWNGRADE_REASONS } from "./downgrade.ts";
import { domainOf, isMode, MODES } from "./mode.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const page = readFileSync(join(root, "docs/authority.md"), "utf8");

/** The rows of the table whose first heading is this. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = page.split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  const rows = lines.slice(from + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end === -1 ? rows.length : end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

const NOW = 1_000_000;

/** A world's file, as the page words it. */
function worldOf(cell: string): AuthorityInput["world"] {
  const words = code(cell);
  const pinned = words.includes("as_of");
  const said = words.find((word) => word.startsWith("max_mode: "))?.slice("max_mode: ".length);
  const maxMode = pinned ? "live" : said;
  if (!isMode(maxMode)) throw new Error(`the page names no mode in ${cell}`);
  return {
    maxMode,
    allowLive: words.includes("allow_live"),
    knowledge: pinned ? { kind: "pinned", asOf: NOW - 50 } : { kind: "following", maxLag: 100 },
  };
}

const AGAINST: Readonly<Record<string, (input: AuthorityInput) => AuthorityInput>> = {
  nothing: (input) => input,
  "older than its ttl": (input) => ({ ...input, now: NOW + 51 }),
  "from the future": (input) => ({ ...input, now: NOW - 51 }),
  "without a ttl": ({ decision, ...input }) => {
    const { ttl: _, ...rest } = decision ?? { mode: "", asOf: 0 };
    return { ...input, decision: rest };
  },
  "inconclusive evidence": (input) => ({ ...input, evidence: "inconclusive" }),
  "declared evidence": (input) => ({ ...input, evidence: "declared" }),
  "an object in memory": (input) => ({ ...input, identity: "process" }),
  "another digest": (input) => ({ ...input, identity: "mismatch" }),
  "a cross-context hit": (input) => ({ ...input, crossContextHits: 1 }),
  "no dataset commit": ({ asOf: _, ...input }) => input,
};

describe("docs/authority.md", () => {
  test("maps every mode to its domain", () => {
    const rows = table("mode");
    expect(rows.flatMap(([mode = ""]) => code(mode))).toEqual([...MODES]);
    for (const [mode = "", domain = ""] of rows)
      expect([domainOf(code(mode)[0] ?? "anything else")]).toEqual(code(domain));
  });

  test("explains every reason, in the order in which they are told", () => {
    expect(table("reason").flatMap(([reason = ""]) => code(reason))).toEqual([...DOWNGRADE_REASONS]);
  });

  const cases = table("the world says");
  test("names cases for every mode and every reason", () => {
    expect(new Set(cases.flatMap(([, , , mode = ""]) => code(mode)))).toEqual(new Set(MODES));
    expect(new Set(cases.flatMap((row) => code(row[5] ?? "")))).toEqual(new Set(DOWNGRADE_REASONS));
  });

  test.each(cases)(
    "%s | %s | %s -> %s, %s %s",
    (said = "", file = "", against = "", mode = "", domain = "", reasons = "") => {
      const [word] = code(said);
      const world = worldOf(file);
      const clear: AuthorityInput = {
        world,
        ...(word !== undefined && {
          decision: { mode: word, asOf: NOW - 50, ...(world.knowledge.kind === "following" && { ttl: 100 }) },
        }),
        evidence: "conclusive",
        identity: "file",
        crossContextHits: 0,
        asOf: NOW - 50,
        now: NOW,
        requested: "live",
      };
      const input = against.split(", ").reduce((so, name) => {
        const change = AGAINST[name];
        if (change === undefined) throw new Error(`the page says "${name}", and nobody knows what that is`);
        return change(so);
      }, clear);
      expect(authority(input)).toEqual({
        mode: code(mode)[0],
        domain: code(domain)[0],
        downgrades: code(reasons),
        requested: "live",
      });
    },
  );
});

/** Where a mode becomes what a run may do. Everything else is told by these. */
const DECIDES = ["world/authority.ts", "world/envelope.ts", "world/status.ts", "runner/report.ts"];

test("nobody else says what a run may do: no source writes a mode or a domain beyond backtest by itself", () => {
  const source = join(root, "packages/core/src");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/\.test\./.test(file),
  );
  expect(files.length).toBeGreaterThan(200);
  const writes = files.filter((file) =>
    /\b(mode|domain): "(live|paper|shadow|dryrun)"(?! *\|)[,;} ]/.test(readFileSync(join(source, file), "utf8")),
  );
  expect(writes).toEqual([]);
  for (const file of DECIDES) expect(readFileSync(join(source, file), "utf8")).toMatch(/\bauthority\(/);
});
