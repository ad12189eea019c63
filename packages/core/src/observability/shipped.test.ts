import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { METRICS, type MetricSpec } from "./metrics.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const rules = join(root, "deploy/alerts.rules.yml");
const text = (file: string): string => readFileSync(join(root, file), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}
interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const alerts: readonly Rule[] = parse(text("deploy/alerts.rules.yml")).groups.flatMap(
  (group: { readonly rules: readonly Rule[] }) => group.rules,
);
const dashboard: {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
} = JSON.parse(text("deploy/grafana-dashboard.json"));

/** What a rule or a panel asks for, and the labels that its words stand for. */
const queries = [
  ...alerts.map(({ alert, expr, annotations }) => ({
    name: alert,
    expr,
    shown: Object.values(annotations).flatMap((words) =>
      [...words.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label),
    ),
  })),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      name: title,
      expr,
      shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label),
    })),
  ),
];

const FUNCTIONS = new Set(["sum", "max", "by", "increase", "rate", "histogram_quantile"]);
const specs: Readonly<Record<string, MetricSpec>> = METRICS;

/** The metrics of an expression, and the labels that it groups or picks by. */
function read(expr: string) {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\[[^\]]*\]/g, "");
  const picked = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label]) => label),
  );
  const grouped = [...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, inside = ""]) => inside.split(/,\s*/));
  const words =
    bare
      .replaceAll(/\{[^}]*\}/g, "")
      .replaceAll(/by \([^)]*\)/g, "")
      .match(/[a-z_][a-z0-9_]*/g) ?? [];
  const metrics = words
    .filter((word) => !FUNCTIONS.has(word))
    .map((word) => {
      const base = word.replace(/_(bucket|sum|count)$/, "");
      return specs[base]?.kind === "histogram" ? base : word;
    });
  return { metrics, picked, grouped };
}

describe("the shipped alert rules and dashboard", () => {
  test("there are some", () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(dashboard.panels.length).toBeGreaterThan(8);
  });

  test.each(queries)("$name asks for metrics and labels that there are: $expr", ({ expr, shown }) => {
    const { metrics, picked, grouped } = read(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const name of metrics) {
      const spec = specs[name];
      if (spec === undefined) throw new Error(`there is no metric ${name}`);
      const has = [...spec.labels, ...(spec.kind === "histogram" ? ["le"] : [])];
      for (const label of [...picked, ...grouped]) expect(has).toContain(label);
    }
    for (const label of shown) expect(grouped).toContain(label);
  });

  test("the world is chosen among those of a metric that has worlds", () => {
    const [metric, label] = dashboard.templating.list[1]?.query.match(/label_values\((\w+), (\w+)\)/)?.slice(1) ?? [];
    expect(specs[metric ?? ""]?.labels).toContain(label);
  });

  test("every metric has a panel", () => {
    const shown = new Set(dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => read(expr).metrics)));
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });

  const promtool = spawnSync("promtool", ["--version"]).error === undefined;
  test.skipIf(!promtool)(
    `promtool accepts the rules${promtool ? "" : ": skipped, for promtool (Debian's package prometheus) is not installed"}`,
    () => {
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", rules], { encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(stdout).toContain(`${alerts.length} rules found`);
    },
  );
});

test("every metric is counted somewhere, under its name", () => {
  const sources = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
    .filter(
      (file) => /(^|\/)src\/.*\.ts$/.test(file) && !/node_modules|\.test\.|observability\/metrics\.ts$/.test(file),
    )
    .map((file) => text(join("packages", file)));
  expect(sources.length).toBeGreaterThan(100);
  for (const name of Object.keys(METRICS)) {
    const counts = new RegExp(`\\.(count|observe|set)\\(\\s*"${name}"`);
    expect(
      sources.some((source) => counts.test(source)),
      name,
    ).toBe(true);
  }
});
