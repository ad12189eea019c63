import type { Position } from "../facts/index.ts";
import { type View, viewOf } from "./view.ts";

/** A file whose text marks places: `|1` is a position, `«1:text»` a range. */
export interface MarkedText {
  readonly text: string;
  readonly positions: Readonly<Record<string, Position>>;
  readonly ranges: Readonly<Record<string, { readonly start: Position; readonly end: Position }>>;
}

export function markedText(marked: string): MarkedText {
  const positions: Record<string, Position> = {};
  const ranges: Record<string, { start: Position; end: Position }> = {};
  const open: { name: string; start: Position }[] = [];
  let text = "";
  const here = (): Position => {
    const lines = text.split("\n");
    return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  };
  for (const part of marked.split(/(\|\d|«\d+:|»)/)) {
    if (/^\|\d$/.test(part)) positions[part.slice(1)] = here();
    else if (/^«\d+:$/.test(part)) open.push({ name: part.slice(1, -1), start: here() });
    else if (part === "»") {
      const range = open.pop();
      if (range === undefined) throw new Error("» without «");
      ranges[range.name] = { start: range.start, end: here() };
    } else text += part;
  }
  return { text, positions, ranges };
}

export interface MarkedFiles {
  readonly view: View;
  /** By file. */
  readonly texts: Readonly<Record<string, MarkedText>>;
  position(name: string): Position;
  /** As `file line:column-line:column`. */
  range(name: string): string;
}

/** The view of the first of some files. */
export function markedFiles(files: Readonly<Record<string, string>>): MarkedFiles {
  const texts = Object.fromEntries(Object.entries(files).map(([path, marked]) => [path, markedText(marked)]));
  const [first = ""] = Object.keys(files);
  return {
    view: viewOf({ read: (path) => texts[path]?.text }, first),
    texts,
    position(name) {
      const found = texts[first]?.positions[name];
      if (found === undefined) throw new Error(`no position |${name} in ${first}`);
      return found;
    },
    range(name) {
      for (const [file, { ranges }] of Object.entries(texts)) {
        const range = ranges[name];
        if (range !== undefined) return rangeText({ file, ...range });
      }
      throw new Error(`no range «${name}:»`);
    },
  };
}

export function rangeText({
  file,
  start,
  end,
}: {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}): string {
  return `${file} ${start.line}:${start.column}-${end.line}:${end.column}`;
}

/** A strategy with one of everything that the features speak of. */
export const SAMPLE = `import { sma } from "@qmtl/core/indicators";
import { f64, fraction, ohlcv } from "@qmtl/core/schema";
import { node, param, pick, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";

export default strategy({
  name: "sample",
  params: { «20:fast»: param.int(10, { min: 2, max: 200 }) },
  graph({ params }) {
    const «1:bars» = stream({ schema: ohlcv, tags: ["us-|7index"], interval: "1d" });
    const ko = pick(bars, "K|8O");
    const «2:tr|1end» = node({
      name: "tr|2end",
      inputs: { «3:fast»: sma(bars.close, params.fa|3st), recent: window(bars.close, 20), bars },
      output: { «4:weight», side: f64 },
      compute: ({ «5:fast», recent, bars: { «6:close» } }) => {
        if (fa|4st > recent.newest) return { «7:weight»: cl|5ose, side: 1 };
        return { «8:weight»: 0, side: 0 };
      },
    });
    return targetWeights(trend.«9:wei|6ght»);
  },
});
`.replace("output: { «4:weight»", "output: { «4:weight»: fraction");
