import type { SubmitResult } from "@qmtl/core";
import { type Disposable, Hover, languages, MarkdownString, workspace } from "vscode";
import { figureText, shareText } from "./figure-text.ts";
import { agoText, variantsText } from "./lens-title.ts";
import { beginsStrategy } from "./preview-figure.ts";
import type { ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import type { LastRun, Results } from "./results.ts";
import { isStale } from "./run-files.ts";
import { sparkline } from "./sparkline.ts";

interface RunAnswer {
  readonly series: { readonly equity: readonly number[] };
}

/** Points that a small picture shows. */
const POINTS = 240;

/** On the line where a strategy begins: its equity as a small picture, with the figures beside it; of the preview, or of the last run. */
export function provideEquityHover(projects: Projects, results: Results): Disposable {
  const known = new Map<string, readonly number[]>();
  const equityOf = async (project: ProjectServer, run: string, world: string): Promise<readonly number[]> => {
    const found = known.get(run);
    if (found !== undefined) return found;
    const { series } = await project.request<RunAnswer>("qmtl/run", { run, world });
    const step = Math.max(1, Math.ceil(series.equity.length / POINTS));
    const equity = series.equity.filter((_, at) => at % step === 0 || at === series.equity.length - 1);
    known.set(run, equity);
    return equity;
  };
  return languages.registerHoverProvider(
    { language: "typescript", scheme: "file" },
    {
      async provideHover(document, position) {
        if (!workspace.isTrusted || !beginsStrategy(document.lineAt(position.line).text)) return undefined;
        const file = document.uri.fsPath;
        const project = projects.of(document.uri);
        const [preview, last] = [results.preview(file), results.last(file)];
        if (project === undefined) return undefined;
        if (preview !== undefined)
          return hoverOf(
            `Preview in ${preview.world} · ${variantsText(preview.variants)}`,
            preview.equity,
            preview.metrics,
          );
        if (last === undefined) return undefined;
        const equity = last.evalKey === null ? [] : await equityOf(project, last.evalKey, last.world);
        return hoverOf(
          `${titleOf(last)}${isStale(project.root, last.files) ? " · before your change" : ""}`,
          equity,
          last.metrics,
        );
      },
    },
  );
}

function titleOf({ world, status, at }: LastRun): string {
  return `Last run in ${world}: ${status}, ${agoText(Date.now() - at)}`;
}

const ROWS: readonly (readonly [metric: string, words: string, text: (value: number) => string])[] = [
  ["sharpe", "Sharpe", figureText],
  ["deflated_sharpe", "deflated Sharpe", figureText],
  ["cagr", "return per year", shareText],
  ["total_return", "total return", shareText],
  ["max_drawdown", "greatest drawdown", shareText],
  ["num_trades", "trades", figureText],
];

function hoverOf(title: string, equity: readonly number[], metrics: SubmitResult["metrics"]): Hover {
  const picture = sparkline(equity);
  const rows = ROWS.flatMap(([metric, words, text]) => {
    const value = metrics[metric];
    return typeof value === "number" ? [`| ${words} | ${text(value)} |`] : [];
  });
  const [first, end] = [equity[0], equity.at(-1)];
  const said = first === undefined || end === undefined ? "" : `Equity from ${figureText(first)} to ${figureText(end)}`;
  const parts = [
    `**${title}**`,
    ...(picture === undefined ? [] : [`![${said}](${picture})`, said]),
    ...(rows.length === 0 ? [] : [["| | |", "| --- | --: |", ...rows].join("\n")]),
  ];
  return new Hover(new MarkdownString(parts.join("\n\n")));
}
