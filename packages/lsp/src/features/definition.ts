import { comparePositions, type Place, type Position, placeOf } from "../facts/index.ts";
import { contextOf, type Mark } from "./subject.ts";
import { markAt, type View } from "./view.ts";

/** Where the thing that a word stands for is written. */
export function definitionsAt(view: View, position: Position): readonly Place[] {
  const mark = markAt(view, position);
  return mark === undefined ? [] : definitionsOf(view, mark);
}

function definitionsOf(view: View, mark: Mark): readonly Place[] {
  const defined = view.marks().filter(({ key, role }) => key === mark.key && role === "definition");
  const variables = defined.filter(({ named }) => !named);
  const best = mark.subject.kind === "node" && variables.length > 0 ? variables : defined;
  if (best.length > 0) return best.map(({ place }) => place);
  // A column that the library names, or a node without a name of its own: the call that makes it.
  if (!("node" in mark.subject)) return [];
  const { reading } = view;
  const fact = contextOf(reading, mark.subject.strategy, reading.outside).node(mark.subject.node);
  return [placeOf(reading.syntaxAt(fact.at))];
}

/** Every word that stands for a subject, in any of these views and world files; each place once. */
export function referencesOf(
  key: string,
  marks: readonly (readonly Mark[])[],
  { definitions }: { readonly definitions: boolean },
): readonly Mark[] {
  const found = new Map<string, Mark>();
  for (const some of marks)
    for (const mark of some)
      if (mark.key === key && (definitions || mark.role !== "definition"))
        found.set(`${mark.place.file} ${mark.place.start.line} ${mark.place.start.column}`, mark);
  return [...found.values()].sort(
    (a, b) =>
      (a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0) ||
      comparePositions(a.place.start, b.place.start),
  );
}
