import type { ModuleReading, Place, StaticGraph, StrategyFacts } from "../facts/index.ts";
import type { Project, ProjectWorld, WorkspaceFiles } from "../project/index.ts";
import type { TypeProblem } from "../types/problem.ts";
import type { ComputeBody } from "./compute-body.ts";
import type { Finding, Fix, RelatedPlace, Severity } from "./finding.ts";

/** One kind of mistake: what is known of it beforehand, and who looks for it. */
export interface Rule {
  readonly code: string;
  readonly slug: string;
  /** For people: what is wrong. */
  readonly title: string;
  readonly severity: Severity;
  readonly tier: 0 | 1;
  /** TypeScript reports it too where the input is typed by our builders. */
  readonly provenByTypes?: true;
  /** A submission is refused for it whatever a comment says. */
  readonly unsuppressable?: true;
  /** What it leaves open is no pass for live: with `--domain live` it is an error. */
  readonly opensLive?: true;
  /** Shown faded. */
  readonly unnecessary?: true;
  /** Looks at what surrounds strategies: worlds, presets, plugins. */
  readonly usesProject?: true;
  /** Looks at the code of a file with all that it imports. */
  readonly checkModule?: (context: ModuleContext) => void;
  /** Looks at one strategy's graph. */
  readonly checkStrategy?: (context: StrategyContext) => void;
  readonly checkWorld?: (context: WorldContext) => void;
  /** Looks at the configuration and the project's own manifests. */
  readonly checkProject?: (context: ProjectContext) => void;
  /** Puts into words what TypeScript has proven of a file where the rule itself could not see it. */
  readonly checkTypes?: (context: TypesContext) => void;
}

/** What a rule says; the engine adds what is known of the rule. */
export interface Draft {
  readonly at: Place;
  readonly message: string;
  readonly next?: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  readonly data?: Readonly<Record<string, string>>;
  /** Where it is not the rule's own. */
  readonly severity?: Finding["severity"];
}

interface Context {
  readonly report: (draft: Draft) => void;
}

export interface ModuleContext extends Context {
  readonly reading: ModuleReading;
  /** The functions behind `compute` of all strategies of the file, each with what it reads. */
  readonly bodies: readonly ComputeBody[];
}

export interface StrategyContext extends Context {
  readonly strategy: StrategyFacts;
  /** Its index in the file. */
  readonly index: number;
  /** What it builds with the defaults of its params. */
  readonly graph: StaticGraph;
  placeOf(at: number): Place;
  /** The syntax behind the facts: it is read again where it was forgotten. */
  reading(): ModuleReading;
  readonly project: Project;
  /** The world of a submission; absent while the strategy is only written. */
  readonly world: string | undefined;
}

export interface TypesContext extends Context {
  readonly problems: readonly TypeProblem[];
  /** The file of the problems with all that it imports. */
  reading(): ModuleReading;
}

export interface WorldContext extends Context {
  readonly world: ProjectWorld;
  readonly project: Project;
  /** Judge it as if everything had been promoted to live. */
  readonly live: boolean;
  /** The last day that is over, `2026-03-31`; absent where there is no clock. */
  readonly lastDay: string | undefined;
}

export interface ProjectContext extends Context {
  readonly project: Project;
  readonly files: WorkspaceFiles;
}
