import {
  type ModuleFacts,
  type ModuleReading,
  type ParseSource,
  type Place,
  readModule,
  relocateFacts,
  resolveFacts,
  type StaticGraph,
} from "../facts/index.ts";
import type { Project, WorkspaceFiles } from "../project/index.ts";
import {
  type ComputeBody,
  computeBodies,
  type Finding,
  openForTypes,
  type Rule,
  type StrategyContext,
} from "../rules/index.ts";
import { carryFindings, carryOver } from "./carry.ts";
import { engineFinding } from "./engine-finding.ts";
import { UNREADABLE } from "./engine-rules.ts";
import { runRule, startOf } from "./run-rules.ts";

/** What is known of one file of code with all that it imports. Plain data: no syntax is kept. */
export interface CheckedModule {
  readonly entry: string;
  /** Of the last version that parsed, at the places where things stand now; or of what the parser made of the first one. */
  readonly facts: ModuleFacts;
  /** The text of each file when it was looked at last. */
  readonly texts: ReadonlyMap<string, string>;
  /** By rules that look at code and graph alone. */
  readonly own: readonly Finding[];
  /** By rules that look at worlds and plugins too. */
  readonly around: readonly Finding[];
  /** Where files do not parse; the rest is then of the last version that did. */
  readonly unreadable: readonly Finding[];
  /** Files whose `compute` bodies were looked at: their findings may change while their shape does not. */
  readonly opaque: ReadonlySet<string>;
  /** Files with something in them that only types can tell. */
  readonly open: ReadonlySet<string>;
}

export interface CheckModule {
  readonly files: WorkspaceFiles;
  readonly parse: ParseSource;
  readonly rules: readonly Rule[];
  readonly project: () => Project;
  readonly live: boolean;
  /** The world of a submission, which runs what the file exports by default. */
  readonly world: string | undefined;
  /** Of a submission; others have their defaults. */
  readonly params?: Readonly<Record<string, number | string>>;
  readonly isCancelled: () => boolean;
}

/** Reads and checks a file of code; undefined when it was cancelled. */
export function checkModule(entry: string, before: CheckedModule | undefined, check: CheckModule) {
  const reading = readModule(check.files, entry, check.parse);
  const unreadable = unreadableFindings(reading.facts);
  const texts = textsOf(reading.facts, check.files);
  if (unreadable.length > 0 && before !== undefined) return keepLastGood(before, texts, unreadable);
  const module: CheckedModule = {
    entry,
    facts: reading.facts,
    texts,
    own: [],
    around: [],
    unreadable,
    opaque: new Set(reading.linked.sources.filter(({ opaque }) => opaque.size > 0).map(({ path }) => path)),
    open: new Set(),
  };
  // What a parser makes of half a file is good for names, not for a judgement.
  if (unreadable.length > 0) return module;
  const graphs = graphsOf(module, check);
  const bodies = computeBodies(reading, graphs);
  const own = runOwn(reading, graphs, bodies, check);
  if (own === undefined) return undefined;
  const around = runAround(module, graphs, check);
  if (around === undefined) return undefined;
  return { ...module, own, around, open: openForTypes(reading, bodies) };
}

/** The same findings where only the place of things in imported files has changed; undefined where more has. */
export function relocateModule(
  before: CheckedModule,
  changed: ReadonlySet<string>,
  check: CheckModule,
): CheckedModule | undefined {
  if (changed.has(before.entry) || before.unreadable.length > 0) return undefined;
  // What was not read before is read now, or says something else of what is: a file that came, a manifest.
  if ([...changed].some((path) => !before.texts.has(path))) return undefined;
  if ([...changed].some((path) => before.opaque.has(path) || touches(before, path))) return undefined;
  const facts = relocateFacts(before.facts, check.files, check.parse, changed);
  if (facts === undefined || unreadableFindings(facts).length > 0) return undefined;
  return { ...before, facts, texts: textsOf(facts, check.files) };
}

/** Runs again what looks at worlds and plugins. */
export function checkAround(module: CheckedModule, check: CheckModule): CheckedModule | undefined {
  if (module.unreadable.length > 0) return module;
  const around = runAround(module, graphsOf(module, check), check);
  return around === undefined ? undefined : { ...module, around };
}

/** What each strategy builds. */
function graphsOf({ facts }: CheckedModule, { params }: CheckModule): readonly StaticGraph[] {
  return facts.strategies.map((strategy) => resolveFacts(strategy, params));
}

function touches({ own, around }: CheckedModule, path: string): boolean {
  return [...own, ...around].some(
    ({ place, related, fixes }) =>
      place.file === path ||
      related.some((each) => each.place.file === path) ||
      fixes.some(({ edits }) => edits.some((edit) => edit.place.file === path)),
  );
}

function runOwn(
  reading: ModuleReading,
  graphs: readonly StaticGraph[],
  bodies: readonly ComputeBody[],
  check: CheckModule,
): readonly Finding[] | undefined {
  const collector = { findings: [] as Finding[], live: check.live };
  const whole = startOf(reading.facts.entry);
  for (const rule of check.rules) {
    if (check.isCancelled()) return undefined;
    if (rule.checkModule !== undefined)
      runRule(rule, collector, whole, (report) => rule.checkModule?.({ reading, bodies, report }));
    if (rule.checkStrategy === undefined || rule.usesProject === true) continue;
    const contexts = strategyContexts(reading.facts, graphs, check, () => reading);
    runRule(rule, collector, whole, (report) => {
      for (const context of contexts) rule.checkStrategy?.({ ...context, report });
    });
  }
  return collector.findings;
}

function runAround(
  { entry, facts }: CheckedModule,
  graphs: readonly StaticGraph[],
  check: CheckModule,
): readonly Finding[] | undefined {
  const collector = { findings: [] as Finding[], live: check.live };
  let reading: ModuleReading | undefined;
  const read = (): ModuleReading => {
    reading ??= readModule(check.files, entry, check.parse);
    return reading;
  };
  const { default: main } = facts;
  const contexts = strategyContexts(facts, graphs, check, read).filter(
    ({ index }) => check.world === undefined || main.kind !== "strategy" || index === main.index,
  );
  for (const rule of check.rules) {
    if (rule.usesProject !== true || rule.checkStrategy === undefined) continue;
    if (check.isCancelled()) return undefined;
    runRule(rule, collector, startOf(entry), (report) => {
      for (const context of contexts) rule.checkStrategy?.({ ...context, report });
    });
  }
  return collector.findings;
}

function strategyContexts(
  facts: ModuleFacts,
  graphs: readonly StaticGraph[],
  { project, world }: CheckModule,
  reading: () => ModuleReading,
): readonly Omit<StrategyContext, "report">[] {
  return facts.strategies.map((strategy, index) => ({
    strategy,
    index,
    graph: graphs[index] as StaticGraph,
    placeOf: (at) => facts.spans[at] as Place,
    reading,
    get project() {
      return project();
    },
    world,
  }));
}

function keepLastGood(
  before: CheckedModule,
  texts: ReadonlyMap<string, string>,
  unreadable: readonly Finding[],
): CheckedModule {
  const edits = new Map(
    [...before.texts].map(([path, then]) => [path, { then, now: texts.get(path) ?? then }] as const),
  );
  const carry = carryOver(edits);
  return {
    ...before,
    facts: {
      ...before.facts,
      spans: before.facts.spans.map((span) => ({ ...span, ...carry.around(span) })),
    },
    own: carryFindings(before.own, carry),
    around: carryFindings(before.around, carry),
    texts: new Map([...before.texts].map(([path, then]) => [path, texts.get(path) ?? then])),
    unreadable,
  };
}

const MOST_UNREADABLE = 20;

function unreadableFindings({ files }: ModuleFacts): readonly Finding[] {
  return files.flatMap(({ path, syntaxErrors }) =>
    syntaxErrors
      .slice(0, MOST_UNREADABLE)
      .map(({ message, start, end }) => engineFinding(UNREADABLE, { file: path, start, end }, message)),
  );
}

function textsOf({ files }: ModuleFacts, workspace: WorkspaceFiles): ReadonlyMap<string, string> {
  return new Map(files.map(({ path }) => [path, workspace.read(path) ?? ""]));
}
