import type { Place } from "../../facts/index.ts";
import type { Fix } from "../finding.ts";
import type { WorldContext } from "../rule.ts";
import { placeAt } from "../world-config-mismatch/place-at.ts";

interface Instant {
  readonly text: string;
  readonly why: string;
}

/** Pins the instant that the project's other worlds judge by, or the last day that is over: of no other day there is a reason. */
export function pinFix(context: WorldContext): readonly Fix[] {
  const edit = pinEdit(context);
  if (edit === undefined) return [];
  return instants(context).map(({ text, why }) => ({
    title: `Pin it to ${text}, ${why}`,
    edits: [{ place: edit.place, text: edit.text(`as_of: ${text}`) }],
    isSafe: false,
  }));
}

function instants({ world, project, lastDay }: WorldContext): readonly Instant[] {
  const others = project.worlds
    .filter((each) => each !== world && each.config?.knowledge.kind === "pinned")
    .flatMap((each): { readonly text: string; readonly of: string }[] => {
      const text = textAt(each.text, placeAt({ world: each }, "as_of"));
      return text === undefined ? [] : [{ text, of: each.name }];
    })
    .toSorted((a, b) => (a.text < b.text ? 1 : -1));
  const [newest] = others;
  return [
    ...(newest === undefined ? [] : [{ text: newest.text, why: `as world "${newest.of}" is` }]),
    ...(lastDay === undefined || lastDay === newest?.text ? [] : [{ text: lastDay, why: "the last day that is over" }]),
  ];
}

/** In the place of `follow`, or on a line below the id. */
function pinEdit(
  context: WorldContext,
): { readonly place: Place; readonly text: (entry: string) => string } | undefined {
  const follow = placeAt(context, "follow", "key");
  const value = placeAt(context, "follow");
  const { text, path } = context.world;
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  if (follow !== undefined && value !== undefined) {
    // A block of lines reaches to the start of the next one.
    const after = value.end.column === 1 ? lineBreak : "";
    return { place: { ...follow, end: value.end }, text: (entry) => `${entry}${after}` };
  }
  const id = placeAt(context, "id", "key");
  const idValue = placeAt(context, "id");
  if (id === undefined || idValue === undefined || id.start.line !== idValue.end.line || id.start.column !== 1)
    return undefined;
  const lines = text.split("\n");
  const line = lines[id.start.line - 1] ?? "";
  const at = { line: id.start.line, column: line.replace(/\r$/, "").length + 1 };
  return { place: { file: path, start: at, end: at }, text: (entry) => `${lineBreak}${entry}` };
}

function textAt(text: string, place: Place | undefined): string | undefined {
  if (place === undefined || place.start.line !== place.end.line) return undefined;
  return text.split("\n")[place.start.line - 1]?.slice(place.start.column - 1, place.end.column - 1);
}
