import { type Project, readProject, roleOf, type WorkspaceFiles } from "../project/index.ts";
import { type Finding, RULES, type Rule } from "../rules/index.ts";
import type { TypeProblem } from "../types/problem.ts";
import { carryFindings, carryOver } from "./carry.ts";
import { createCheckedModules } from "./checked-modules.ts";
import { type CheckedModule, type CheckModule, checkAround, checkModule, relocateModule } from "./module-check.ts";
import { byPlace } from "./order.ts";
import { type Collector, runRule, runWorldRules, startOf } from "./run-rules.ts";
import { sourceStore } from "./source-store.ts";
import { suppress } from "./suppression.ts";
import { beside, carryTyped, type TypedFindings, typedFindings } from "./typed-findings.ts";

export interface AnalysisOptions {
  /** Default: all. */
  readonly rules?: readonly Rule[];
  /** Judge as if everything had been promoted to live: what is open then is an error. */
  readonly live?: boolean;
  /** The world that strategies are meant for; otherwise any of the project may take them. */
  readonly world?: string;
  /** Gives the last day that is over in UTC, `2026-03-31`, for fixes that name one. The analysis itself has no clock. */
  readonly lastDay?: () => string;
}

export interface CheckOptions {
  /** Asked between rules. */
  readonly isCancelled?: () => boolean;
  /** What the files that import this one say of it is taken as it was before the last edits: to be asked for again. */
  readonly soon?: boolean;
}

/**
 * What is known of the files of one project. It reads only through the virtual files it was given, runs nothing of theirs, and
 * keeps what an edit leaves as it was.
 */
export interface Analysis {
  /** Configuration, plugins and worlds as they stand now. */
  project(): Project;
  /** Every file that can have findings, sorted. */
  paths(): readonly string[];
  /** Code with the strategies in it; undefined for a file that imports nothing of ours. While it does not parse, its last good version. */
  module(path: string): CheckedModule | undefined;
  /** Files of code that import this one, as far as they were checked. */
  dependants(path: string): readonly string[];
  /** What there is to say about one file now, in the order of its text; undefined when it was cancelled. */
  findings(path: string, options?: CheckOptions): readonly Finding[] | undefined;
  /** Whether a file holds something that only types can tell, as it was looked at last: {@link Analysis.answerTypes}. */
  asksTypes(path: string): boolean;
  /**
   * Says what TypeScript has proven of a file as it stands now: its findings are merged with all others until it asks no more.
   * Findings of an earlier answer stay where their text does. `undefined` takes them back.
   */
  answerTypes(path: string, problems: readonly TypeProblem[] | undefined): void;
  /**
   * Says that files were edited, made or removed. Nothing is read before it is asked for.
   *
   * @returns the files whose findings may be others now: the edited first, then those that import them, then the rest
   */
  changed(paths: readonly string[]): readonly string[];
}

/** JavaScript has no types to check. */
const TYPED = /\.m?tsx?$/;

const NONE: ReadonlySet<string> = new Set();

/** Files whose syntax is kept. */
const MOST_SOURCES = 16;

/**
 * @example
 * const analysis = createAnalysis({ read: (path) => texts.get(path), list: () => [...texts.keys()] });
 * for (const path of analysis.paths()) show(path, analysis.findings(path));
 */
export function createAnalysis(files: WorkspaceFiles, options: AnalysisOptions = {}): Analysis {
  const { rules = RULES, live = false, world, lastDay } = options;
  const parse = sourceStore(MOST_SOURCES);
  const modules = createCheckedModules();
  /** Edited since the module was checked, by its entry. */
  const edited = new Map<string, Set<string>>();
  /** Modules whose surroundings have changed. */
  const moved = new Set<string>();
  let known: Project | undefined;
  let isProjectOld = true;
  /** Files of ours among those that are listed; each is looked into once. */
  const entries = new Map<string, boolean>();
  /** What types have told, by file. */
  const typed = new Map<string, TypedFindings>();

  const project = (): Project => {
    if (known === undefined || isProjectOld) known = readProject(files, parse, known);
    isProjectOld = false;
    return known;
  };
  /** Codes of rules that types may have something to say to. */
  const byTypes = new Set(rules.flatMap(({ code, checkTypes }) => (checkTypes === undefined ? [] : [code])));
  const never = (): boolean => false;
  const setting = ({ isCancelled = never }: CheckOptions): CheckModule => ({
    files,
    parse,
    rules,
    project,
    live,
    world,
    isCancelled,
  });

  function isEntry(path: string): boolean {
    const before = entries.get(path);
    if (before !== undefined) return before;
    const is = roleOf(path, project().config) === "module" && (files.read(path)?.includes("@qmtl/core") ?? false);
    entries.set(path, is);
    return is;
  }

  /** @returns false when it was cancelled */
  function update(entry: string, given: CheckOptions): boolean {
    const check = setting(given);
    const before = modules.get(entry);
    const dirty = edited.get(entry);
    let now = before;
    if (before === undefined || dirty !== undefined) {
      now =
        (before !== undefined && dirty !== undefined ? relocateModule(before, dirty, check) : undefined) ??
        checkModule(entry, before, check);
    }
    if (now !== undefined && moved.has(entry) && before !== undefined) now = checkAround(now, check);
    if (now === undefined) return false;
    modules.set(now);
    edited.delete(entry);
    moved.delete(entry);
    return true;
  }

  function dependants(path: string): readonly string[] {
    return modules.importersOf(path);
  }

  function moduleFindings(path: string, given: CheckOptions): readonly Finding[] | undefined {
    const found = new Map<string, Finding>();
    for (const entry of [path, ...dependants(path)]) {
      if (entry === path && !isEntry(path)) continue;
      const waits = entry !== path && given.soon === true && (edited.has(entry) || moved.has(entry));
      if (!waits && !update(entry, given)) return undefined;
      const module = modules.get(entry) as CheckedModule;
      for (const finding of waits ? asBefore(module, path) : findingsOf(module))
        if (finding.place.file === path) found.set(keyOf(finding), finding);
    }
    const known = typedOf(path);
    return known === undefined ? [...found.values()] : beside([...found.values()], known);
  }

  function asksTypes(path: string): boolean {
    if (!TYPED.test(path)) return false;
    return [path, ...dependants(path)].some((entry) => {
      if (entry === path && !isEntry(path)) return false;
      const module = modules.get(entry);
      return module?.unreadable.length === 0 && module.open.has(path);
    });
  }

  function typedOf(path: string): readonly Finding[] | undefined {
    const known = typed.get(path);
    if (known === undefined) return undefined;
    const doesParse = (modules.get(path)?.unreadable.length ?? 0) === 0;
    if (doesParse && !asksTypes(path)) {
      typed.delete(path);
      return undefined;
    }
    return carryTyped(known, files.read);
  }

  function asBefore(module: CheckedModule, path: string): readonly Finding[] {
    const then = module.texts.get(path) ?? "";
    return carryFindings(findingsOf(module), carryOver(new Map([[path, { then, now: files.read(path) ?? "" }]])));
  }

  function worldFindings(path: string): readonly Finding[] {
    const one = project().worlds.find((each) => each.path === path);
    if (one === undefined) return [];
    return runWorldRules(rules, { world: one, project: project(), live, lastDay: lastDay?.() });
  }

  function projectFindings(path: string): readonly Finding[] {
    const collector: Collector = { findings: [], live };
    for (const rule of rules)
      if (rule.checkProject !== undefined)
        runRule(rule, collector, startOf(path), (report) => rule.checkProject?.({ project: project(), files, report }));
    return collector.findings.filter(({ place }) => place.file === path);
  }

  return {
    project,
    dependants,
    paths() {
      const { config } = project();
      return files
        .list()
        .filter((path) => {
          const role = roleOf(path, config);
          return role === "module" ? isEntry(path) || dependants(path).length > 0 : role !== "other";
        })
        .toSorted();
    },
    module(path) {
      if (!isEntry(path)) return undefined;
      update(path, {});
      return modules.get(path);
    },
    findings(path, given = {}) {
      const text = files.read(path);
      if (text === undefined) return [];
      const role = roleOf(path, project().config);
      const found =
        role === "module"
          ? moduleFindings(path, given)
          : role === "world"
            ? worldFindings(path)
            : role === "config" || role === "manifest"
              ? projectFindings(path)
              : [];
      if (found === undefined) return undefined;
      const isOpen = role === "module" && !typed.has(path) && asksTypes(path);
      return suppress(path, text, found, isOpen ? byTypes : NONE).toSorted(byPlace);
    },
    asksTypes,
    answerTypes(path, problems) {
      if (problems === undefined) typed.delete(path);
      else typed.set(path, typedFindings(path, problems, { ...setting({}), rules }));
    },
    changed(paths) {
      const affected = new Set(paths);
      let isAround = false;
      for (const path of paths) {
        entries.delete(path);
        const role = roleOf(path, project().config);
        if (role !== "module" && role !== "other") isAround = true;
        const isThere = files.read(path) !== undefined;
        const own = modules.get(path) === undefined ? [] : [path];
        // A manifest says what builders make. What leads to no file may lead to this one now.
        const waiting = role === "manifest" ? modules.entries() : isThere ? modules.unresolved() : [];
        for (const entry of [...own, ...modules.importersOf(path), ...waiting]) {
          edited.set(entry, (edited.get(entry) ?? new Set()).add(path));
          affected.add(entry);
        }
        if (isThere) continue;
        modules.delete(path);
        typed.delete(path);
      }
      if (isAround) {
        isProjectOld = true;
        for (const entry of modules.entries()) moved.add(entry);
        for (const { path } of project().worlds) affected.add(path);
        for (const entry of modules.entries()) affected.add(entry);
      }
      return [...affected];
    },
  };
}

function findingsOf({ unreadable, own, around }: CheckedModule): readonly Finding[] {
  return [...unreadable, ...own, ...around];
}

function keyOf({ code, message, place: { start, end } }: Finding): string {
  return `${code} ${start.line}:${start.column}-${end.line}:${end.column} ${message}`;
}
