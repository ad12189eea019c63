/** What `qmtl/projects` answers: what can be judged, and by what. `L` is how places are told. */
export interface ProjectsAnswer<L> {
  readonly projects: readonly JudgedProject<L>[];
}

export interface JudgedProject<L> {
  /** Absolute. */
  readonly folder: string;
  readonly worlds: readonly {
    readonly name: string;
    readonly place: L;
    /** Those of its policy's preset stand where the policy does. */
    readonly gates: readonly { readonly name: string; readonly expression: string; readonly place: L }[];
  }[];
  /** What a submission runs of each file. */
  readonly strategies: readonly {
    readonly name: string;
    readonly place: L;
    /** Names of the worlds that take all of its streams, or may. */
    readonly worlds: readonly string[];
  }[];
}
