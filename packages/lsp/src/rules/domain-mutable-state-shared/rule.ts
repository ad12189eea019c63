import { placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { codeIssues } from "../code-issues.ts";
import type { ComputeBody } from "../compute-body.ts";
import { labelOf } from "../graph-reads.ts";
import type { Rule } from "../rule.ts";
import { moveToState } from "./move-to-state.ts";

export const domainMutableStateShared: Rule = {
  code: "D103",
  slug: "domain-mutable-state-shared",
  title: "Nodes share a variable that changes",
  severity: "error",
  tier: 1,
  unsuppressable: true,
  checkModule({ reading, bodies, report }) {
    for (const shared of sharedState(codeIssues(reading, bodies))) {
      const fixes = moveToState(reading, shared.declaration, shared.bodies);
      for (const { place } of shared.issues)
        report({
          at: place,
          message: `${shared.name} changes, and ${listOf(shared.bodies)} share it, so one run leaks into another`,
          next: "Keep it in the state of each node.",
          fixes,
          related: [{ message: "It is declared here", place: placeOf(shared.declaration) }],
          data: { variable: shared.name },
        });
    }
  },
};

interface SharedState {
  readonly name: string;
  readonly declaration: ts.VariableDeclaration;
  readonly bodies: readonly ComputeBody[];
  readonly issues: ReturnType<typeof codeIssues>;
}

/** Variables of modules that change and that the code of more than one node reaches. */
export function sharedState(issues: ReturnType<typeof codeIssues>): readonly SharedState[] {
  const byDeclaration = new Map<ts.Node, (typeof issues)[number][]>();
  for (const issue of issues) {
    if (issue.declaration === undefined) continue;
    if (issue.code !== "reassigned-capture" && issue.code !== "capture-write") continue;
    byDeclaration.set(issue.declaration, [...(byDeclaration.get(issue.declaration) ?? []), issue]);
  }
  return [...byDeclaration].flatMap(([declaration, own]): SharedState[] => {
    const bodies = [...new Map(own.flatMap((issue) => issue.bodies).map((body) => [body.fact.index, body])).values()];
    if (bodies.length < 2 || !ts.isVariableDeclaration(declaration)) return [];
    return [{ name: declaration.name.getText(), declaration, bodies, issues: own }];
  });
}

function listOf(bodies: readonly ComputeBody[]): string {
  return bodies.map(({ fact }) => labelOf(fact)).join(" and ");
}
