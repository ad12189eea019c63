import { isoText, type WorldStatus } from "@qmtl/core";
import type { Colors } from "./error.ts";
import { formatNumber, formatPercent } from "./number.ts";
import { renderPairs, renderTable } from "./table.ts";

/** What a person reads after `qmtl world status`. */
export function renderWorldStatus(status: WorldStatus, colors: Colors): string {
  const { knowledge, decided, apply } = status;
  const out = [
    colors.bold(`World ${status.world}`),
    renderPairs([
      ["mode", `at most ${status.mode}`],
      [
        "knowledge",
        knowledge.kind === "pinned"
          ? `as of ${isoText(knowledge.asOf)}`
          : `follows, at most ${sayDuration(knowledge.maxLag)} behind`,
      ],
      [
        "decision",
        decided === undefined
          ? "none yet"
          : `revision ${decided.revision} at ${isoText(decided.at)}${decided.stale ? colors.yellow(", stale") : ""}`,
      ],
      [
        "activation",
        apply.kind === "rolled-back" ? colors.red(`rolled back (${apply.gates}): ${apply.reason}`) : apply.kind,
      ],
      ...lastApply(status),
      ["journal", `revision ${status.revision}, ${status.trials} ${status.trials === 1 ? "trial" : "trials"}`],
    ]),
  ];
  if (status.configurationChanged) out.push(colors.yellow("  The world's file changed since the last decision."));
  const downgrades = Object.entries(status.downgrades);
  if (downgrades.length > 0)
    out.push(`  downgrades: ${downgrades.map(([reason, count]) => `${reason} ${count}`).join(", ")}`);
  out.push("");
  if (status.strategies.length === 0) out.push("No strategy was submitted yet.");
  else
    out.push(
      renderTable(
        [
          { title: "strategy" },
          { title: "version" },
          { title: "active" },
          { title: "stage" },
          { title: "mode" },
          { title: "rank", align: "right" },
          { title: "score", align: "right" },
          { title: "share", align: "right" },
          { title: "why" },
        ],
        status.strategies.map((one) => [
          one.strategy,
          one.version.slice(0, 8),
          one.active ? colors.green("yes") : "no",
          one.stage === undefined ? "" : `${one.stage.at}${one.stage.hold === undefined ? "" : ` (${one.stage.hold})`}`,
          one.mode,
          one.rank === undefined ? "" : String(one.rank),
          one.score === undefined ? "" : formatNumber(one.score),
          formatPercent(one.share),
          one.reason,
        ]),
      ),
    );
  if (status.runners.length > 0)
    out.push(
      "",
      renderTable(
        [
          { title: "runner" },
          { title: "version" },
          { title: "domain" },
          { title: "gate" },
          { title: "last bar" },
          { title: "seen" },
        ],
        status.runners.map(({ session, version, domain, gate, bar, seen, lost }) => [
          session,
          version.slice(0, 8),
          domain,
          lost ? colors.red("lost") : gate === "open" ? colors.green(gate) : colors.yellow(gate),
          bar === undefined ? "" : isoText(bar),
          isoText(seen),
        ]),
      ),
    );
  const open = status.edges.filter(({ standing }) => standing === "open");
  if (open.length > 0)
    out.push(
      "",
      renderPairs(
        open.map(({ producer, from, to, expires, reason }) => [
          "open edge",
          `${producer.kind === "node" ? `node ${producer.node.slice(0, 12)}` : `${producer.strategy}@${producer.version.slice(0, 8)}`} ${from} -> ${to}${expires === undefined ? "" : ` until ${isoText(expires)}`}: ${reason}`,
        ]),
      ),
    );
  out.push("", `${colors.cyan("next:")} ${status.next}`);
  return out.join("\n");
}

function lastApply({ lastApply: last }: WorldStatus): readonly (readonly [string, string])[] {
  if (last === undefined) return [];
  const { apply, run, phase, waiting, outcome } = last;
  const named = run === undefined ? String(apply) : `${apply} (${run})`;
  const standing = outcome === undefined ? `${phase}, waits for ${waiting.join(", ")}` : outcome.kind;
  return [["last apply", `${named}: ${standing}`]];
}

/** In the largest unit that it is whole in, as a world file says it. */
function sayDuration(milliseconds: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const;
  const [unit, size] = units.find(([, each]) => milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / size} ${unit}`;
}
