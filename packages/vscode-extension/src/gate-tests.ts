import type { RunRow } from "@qmtl/cli";
import {
  type CancellationToken,
  type DiagnosticCollection,
  type Disposable,
  Location,
  type LogOutputChannel,
  Range,
  type TestItem,
  TestMessage,
  type TestRun,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  Uri,
  workspace,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { gateOutcome, submissionFault } from "./gate-message.ts";
import { agoText, formatRatio } from "./lens-title.ts";
import { sentenceOf } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import type { Results } from "./results.ts";
import { type Submitted, submitTo } from "./submit.ts";

interface WirePlace {
  readonly uri: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** As much of the language server's `qmtl/projects` as is shown here. */
interface ProjectsAnswer {
  readonly projects: readonly {
    readonly folder: string;
    readonly worlds: readonly {
      readonly name: string;
      readonly place: WirePlace;
      readonly gates: readonly { readonly name: string; readonly expression: string; readonly place: WirePlace }[];
    }[];
    readonly strategies: readonly {
      readonly name: string;
      readonly place: WirePlace;
      readonly worlds: readonly string[];
    }[];
  }[];
}

/** What a strategy's item stands for. */
interface Candidate {
  readonly folder: string;
  readonly world: string;
  readonly strategy: string;
  readonly uri: Uri;
}

export interface GateTests extends Disposable {
  /** Shows what came of a submission from elsewhere. */
  report(submitted: Submitted): void;
}

/** What was submitted before, in the output of a run: so many lines. */
const HISTORY = 5;
const REST_MS = 500;

/**
 * The gates of each world as tests of the strategies that fit it. Running one submits its strategy; a gate fails with the distance to its
 * bound, at the strategy. What is there is read, never run.
 */
export function showGateTests(of: {
  readonly client: () => LanguageClient | undefined;
  readonly projects: Projects;
  readonly results: Results;
  readonly violations: DiagnosticCollection;
  readonly output: LogOutputChannel;
  readonly submitted: (what: Submitted) => void;
}): GateTests {
  const { client, projects, results, violations, output, submitted } = of;
  const controller = tests.createTestController("qmtl.gates", "QMTL Gates");
  const candidates = new WeakMap<TestItem, Candidate>();

  const look = async (): Promise<void> => {
    const answer = await client()?.sendRequest<ProjectsAnswer>("qmtl/projects");
    const found = answer?.projects ?? [];
    controller.items.replace(
      found.flatMap(({ folder, worlds, strategies }) =>
        worlds.map((world) => {
          const item = itemAt(`${folder} ${world.name}`, world.name, world.place);
          const name = workspace.name ?? "";
          if (found.length > 1 && !folder.endsWith(name)) item.description = workspace.asRelativePath(folder);
          item.children.replace(
            strategies
              .filter((strategy) => strategy.worlds.includes(world.name))
              .map((strategy) => {
                const own = itemAt(`${item.id} ${strategy.name} ${strategy.place.uri}`, strategy.name, strategy.place);
                candidates.set(own, {
                  folder,
                  world: world.name,
                  strategy: strategy.name,
                  uri: Uri.parse(strategy.place.uri),
                });
                own.children.replace(
                  world.gates.map((gate) => {
                    const shown = itemAt(`${own.id} ${gate.name}`, gate.name, gate.place);
                    shown.description = gate.expression;
                    return shown;
                  }),
                );
                return own;
              }),
          );
          return item;
        }),
      ),
    );
  };
  const itemAt = (id: string, label: string, { uri, range: { start } }: WirePlace): TestItem => {
    const item = controller.createTestItem(id, label, Uri.parse(uri));
    item.range = new Range(start.line, start.character, start.line, start.character);
    return item;
  };
  const lookAgain = (): void => {
    look().catch((error: unknown) => output.error(`gates: ${sentenceOf(error)}`));
  };

  /** The strategies that a request is about. */
  const wanted = ({ include, exclude = [] }: TestRunRequest): readonly TestItem[] => {
    const left = new Set(exclude.flatMap(strategiesOf));
    const all = include ?? [...controller.items].map(([, item]) => item);
    return [...new Set(all.flatMap(strategiesOf))].filter((item) => !left.has(item));
  };
  const strategiesOf = (item: TestItem): TestItem[] => {
    if (candidates.has(item)) return [item];
    if (item.parent !== undefined && candidates.has(item.parent)) return [item.parent];
    return [...item.children].flatMap(([, child]) => strategiesOf(child));
  };

  const judge = async (run: TestRun, item: TestItem, token: CancellationToken): Promise<void> => {
    const candidate = candidates.get(item);
    const project = candidate && projects.of(candidate.uri);
    if (candidate === undefined || project === undefined) return;
    const gates = [...item.children].map(([, gate]) => gate);
    // A strategy's own state follows from its gates, where there are some.
    const all = gates.length > 0 ? gates : [item];
    for (const one of all) run.started(one);
    const begun = Date.now();
    try {
      const document = await workspace.openTextDocument(candidate.uri);
      if (document.isDirty && !(await document.save())) throw new Error(`${candidate.strategy} could not be saved`);
      const done = await submitTo({ project, document, results, violations }, candidate.world, token, (phase) =>
        run.appendOutput(`${phase}\r\n`, undefined, item),
      );
      if (done === undefined) {
        for (const one of all) run.skipped(one);
        return;
      }
      await tell(run, item, done, Date.now() - begun);
      submitted(done);
    } catch (error) {
      for (const one of all) run.errored(one, new TestMessage(sentenceOf(error)), Date.now() - begun);
    }
  };
  const tell = async (
    run: TestRun,
    item: TestItem,
    { project, world, result }: Submitted,
    took?: number,
  ): Promise<void> => {
    const at = item.uri && item.range && new Location(item.uri, item.range);
    const lines = [`${result.strategy} in ${world}: ${result.status}. ${result.reason}`];
    for (const [, gate] of item.children) {
      const outcome = gateOutcome(result, gate.label);
      if (outcome === undefined) {
        run.skipped(gate);
        continue;
      }
      lines.push(
        `${outcome.passed ? "pass" : "FAIL"}  ${gate.label}: ${outcome.passed ? gate.description : outcome.message.text}`,
      );
      if (outcome.passed) run.passed(gate, took);
      else {
        const { text, expected, actual } = outcome.message;
        const message = actual === undefined ? new TestMessage(text) : TestMessage.diff(text, expected, actual);
        if (at !== undefined) message.location = at;
        run.failed(gate, message, took);
      }
    }
    const fault = submissionFault(result);
    if (fault !== undefined) {
      const message = new TestMessage(fault);
      if (at !== undefined) message.location = at;
      run.errored(item, message, took);
    } else if (item.children.size === 0) run.passed(item, took);
    lines.push(...(await historyOf(project, world, result.strategy)));
    run.appendOutput(`${lines.join("\n").replaceAll("\n", "\r\n")}\r\n`, undefined, item);
  };
  const historyOf = async (project: Submitted["project"], world: string, strategy: string): Promise<string[]> => {
    const { runs } = await project.request<{ runs: readonly RunRow[] }>("qmtl/runs", { world });
    const own = runs.filter((run) => run.strategy === strategy).slice(0, HISTORY);
    return own.map(
      ({ evalKey, at, sharpe, maxDrawdown }) =>
        `run ${evalKey.slice(0, 12)}, ${agoText(Date.now() - Date.parse(at))}: Sharpe ${sharpe === null ? "undefined" : formatRatio(sharpe)}, drawdown ${maxDrawdown === null ? "undefined" : `${(maxDrawdown * 100).toFixed(1)} %`}`,
    );
  };
  const runAll = async (
    request: TestRunRequest,
    items: readonly TestItem[],
    token: CancellationToken,
  ): Promise<void> => {
    const run = controller.createTestRun(request);
    try {
      for (const item of items) for (const [, gate] of item.children) run.enqueued(gate);
      // One after the other: each is judged on the ledger that the one before has left.
      for (const item of items) {
        if (token.isCancellationRequested || run.token.isCancellationRequested) run.skipped(item);
        else await judge(run, item, run.token);
      }
    } finally {
      run.end();
    }
  };
  const profile = controller.createRunProfile(
    "Submit",
    TestRunProfileKind.Run,
    async (request, token) => {
      if (!workspace.isTrusted) return;
      if (request.continuous !== true) return runAll(request, wanted(request), token);
      const saving = workspace.onDidSaveTextDocument(({ uri }) => {
        const saved = wanted(request).filter((item) => candidates.get(item)?.uri.toString() === uri.toString());
        if (saved.length > 0) void runAll(request, saved, token);
      });
      token.onCancellationRequested(() => saving.dispose());
    },
    true,
    undefined,
    true,
  );
  controller.resolveHandler = async (item) => {
    if (item === undefined) await look();
  };
  controller.refreshHandler = look;
  let resting: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(resting);
    resting = setTimeout(lookAgain, REST_MS);
  };
  const listening = [
    controller,
    profile,
    workspace.onDidSaveTextDocument(rest),
    workspace.onDidCreateFiles(rest),
    workspace.onDidDeleteFiles(rest),
    projects.onChange(rest),
  ];
  rest();
  return {
    report(done) {
      for (const [, world] of controller.items)
        for (const [, item] of world.children) {
          const candidate = candidates.get(item);
          if (candidate?.world !== done.world || candidate.uri.fsPath !== done.document.uri.fsPath) continue;
          const run = controller.createTestRun(new TestRunRequest([item]), undefined, true);
          tell(run, item, done)
            .catch((error: unknown) => output.error(`gates: ${sentenceOf(error)}`))
            .finally(() => run.end());
        }
    },
    dispose() {
      clearTimeout(resting);
      for (const one of listening) one.dispose();
    },
  };
}
