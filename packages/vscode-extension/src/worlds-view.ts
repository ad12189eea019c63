import type { RunRow, WorldRow } from "@qmtl/cli";
import type { QmtlErrorJson } from "@qmtl/core/schema";
import {
  commands,
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  workspace,
} from "vscode";
import { formatRatio } from "./lens-title.ts";
import { hasPackages, type ProjectServer, sentenceOf } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import { runText } from "./run-text.ts";
import { allocationFacts, edgeFacts, type Fact, runnerFacts, type WorldStatus, worldFacts } from "./world-facts.ts";

type StrategyRow = WorldStatus["strategies"][number];

export type WorldsItem =
  | { readonly kind: "problem"; readonly text: string; readonly project: ProjectServer }
  | { readonly kind: "world"; readonly project: ProjectServer; readonly row: WorldRow }
  | { readonly kind: "group"; readonly label: string; readonly facts: readonly Fact[] }
  | { readonly kind: "fact"; readonly fact: Fact }
  | { readonly kind: "strategy"; readonly project: ProjectServer; readonly world: string; readonly row: StrategyRow }
  | { readonly kind: "run"; readonly project: ProjectServer; readonly row: RunRow };

export interface WorldsView extends TreeDataProvider<WorldsItem> {
  refresh(): void;
}

/** World, its decision and its strategies, and the runs of each. */
export function createWorldsView(projects: Projects): WorldsView {
  const changed = new EventEmitter<undefined>();
  return {
    onDidChangeTreeData: changed.event,
    refresh: () => changed.fire(undefined),
    getTreeItem: itemOf,
    async getChildren(parent) {
      if (parent === undefined) return rootsOf(projects);
      if (parent.kind === "world" && "status" in parent.row) return partsOf(parent.project, parent.row.status);
      if (parent.kind === "group") return parent.facts.map((fact) => ({ kind: "fact", fact }));
      if (parent.kind === "strategy") {
        const { runs } = await parent.project.request<{ runs: readonly RunRow[] }>("qmtl/runs", {
          world: parent.world,
        });
        return runs
          .filter(({ strategy }) => strategy === parent.row.strategy)
          .map((row) => ({ kind: "run", project: parent.project, row }));
      }
      return [];
    },
  };
}

async function rootsOf(projects: Projects): Promise<WorldsItem[]> {
  // The view's welcome says so.
  if (!workspace.isTrusted) return [];
  const items: WorldsItem[] = [];
  let count = 0;
  for (const project of projects.all())
    try {
      const { worlds } = await project.request<{ worlds: readonly WorldRow[] }>("qmtl/worlds");
      count += worlds.length;
      items.push(...worlds.map((row): WorldsItem => ({ kind: "world", project, row })));
    } catch (error) {
      count++;
      items.push({ kind: "problem", text: sentenceOf(error), project });
    }
  await commands.executeCommand("setContext", "qmtl.noWorlds", count === 0);
  await commands.executeCommand("setContext", "qmtl.ready", true);
  return items;
}

function partsOf(project: ProjectServer, status: WorldStatus): WorldsItem[] {
  const now = Date.now();
  const groups: readonly (readonly [string, readonly Fact[]])[] = [
    ["allocations", allocationFacts(status)],
    ["edges", edgeFacts(status)],
    ["runners", runnerFacts(status, now)],
  ];
  return [
    ...status.strategies.map((row): WorldsItem => ({ kind: "strategy", project, world: status.world, row })),
    ...groups.flatMap(([label, facts]): WorldsItem[] => (facts.length === 0 ? [] : [{ kind: "group", label, facts }])),
    ...worldFacts(status, now).map((fact): WorldsItem => ({ kind: "fact", fact })),
  ];
}

function itemOf(item: WorldsItem): TreeItem {
  switch (item.kind) {
    case "problem": {
      const problem = new TreeItem(item.text);
      problem.iconPath = new ThemeIcon("warning", new ThemeColor("problemsWarningIcon.foreground"));
      problem.tooltip = item.text;
      if (!hasPackages(item.project.root)) {
        problem.description = "click to install";
        problem.command = { command: "qmtl.installPackages", title: "Install Packages", arguments: [item] };
      }
      return problem;
    }
    case "world":
      return worldItem(item.row);
    case "group": {
      const group = new TreeItem(item.label, TreeItemCollapsibleState.Collapsed);
      group.description = String(item.facts.length);
      return group;
    }
    case "fact": {
      const { label, value, more, icon } = item.fact;
      const fact = new TreeItem(label);
      fact.description = value;
      fact.tooltip = [`${label}: ${value}`, more].filter((text) => text !== undefined).join("\n");
      fact.iconPath = new ThemeIcon(icon);
      return fact;
    }
    case "strategy": {
      const { strategy, active, rank, score, mode, share, reason } = item.row;
      const shown = new TreeItem(strategy, TreeItemCollapsibleState.Collapsed);
      shown.description = [
        active ? `active, ${(share * 100).toFixed(0)} %` : "not active",
        mode,
        rank === undefined ? undefined : `rank ${rank}`,
        score === undefined ? undefined : `score ${formatRatio(score)}`,
      ]
        .filter(Boolean)
        .join(" · ");
      shown.iconPath = active
        ? new ThemeIcon("pass-filled", new ThemeColor("testing.iconPassed"))
        : new ThemeIcon("circle-outline");
      shown.tooltip = reason;
      shown.contextValue = "strategy";
      return shown;
    }
    case "run": {
      const run = new TreeItem(item.row.evalKey.slice(0, 12));
      run.description = runText(item.row, Date.now());
      run.iconPath = new ThemeIcon("graph");
      run.contextValue = "run";
      run.command = { command: "qmtl.showTearsheet", title: "Show Tearsheet", arguments: [item] };
      return run;
    }
  }
}

function worldItem(row: WorldRow): TreeItem {
  const world = new TreeItem(row.world, TreeItemCollapsibleState.Collapsed);
  world.contextValue = "world";
  if ("error" in row) {
    world.collapsibleState = TreeItemCollapsibleState.None;
    world.description = row.error.message;
    world.tooltip = new MarkdownString(problemText(row.error));
    world.iconPath = new ThemeIcon("error", new ThemeColor("problemsErrorIcon.foreground"));
    return world;
  }
  const { active, strategies } = row.status;
  world.description = strategies.length === 0 ? "nothing submitted yet" : `${active} of ${strategies.length} active`;
  world.iconPath = new ThemeIcon("globe");
  return world;
}

function problemText({ message, next, details = [] }: QmtlErrorJson): string {
  return [message, ...details.map((detail) => `- ${detail.message}`), next ?? ""].join("\n\n");
}
