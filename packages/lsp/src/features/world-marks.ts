import type { TextRange } from "@qmtl/core/static";
import { comparePositions, type Place, type TextLines, textLines } from "../facts/index.ts";
import type { ProjectWorld } from "../project/index.ts";
import type { Mark, Subject } from "./subject.ts";

const SYMBOL = /^data\.presets\[\d+\]\.universe\.symbols\[\d+\]\.id$/;
const TAG = /^data\.presets\[\d+\]\.universe\.symbols\[\d+\]\.tags\[\d+\]$/;
const PRESET = /^data\.presets\[\d+\]\.preset$/;
const EVALUATOR = /^evaluators\[\d+\]\.use$/;
const EXPRESSION = /^policy\.(gates\..+|score)$/;

/** The words of a world file that stand for something: symbols, tags, presets, plugins, and the metrics of gates and score. */
export function worldMarksOf({ path, text, checked }: ProjectWorld): readonly Mark[] {
  const lines = textLines(text);
  const marks: Mark[] = [];
  for (const [at, { value }] of Object.entries(checked.positions)) {
    const written = wordIn(lines, text, value);
    const put = (subject: Subject, role: Mark["role"], word = written): void => {
      marks.push({
        subject,
        key: keyOf(subject),
        role,
        place: placeIn(path, lines, word),
        named: true,
        text: text.slice(word.from, word.to),
        quoted: true,
        shorthand: false,
      });
    };
    const said = text.slice(written.from, written.to);
    if (SYMBOL.test(at)) put({ kind: "symbol", symbol: said }, "definition");
    else if (TAG.test(at)) put({ kind: "tag", tag: said }, "definition");
    else if (PRESET.test(at)) put({ kind: "preset", preset: said }, "read");
    else if (EVALUATOR.test(at)) put({ kind: "plugin", plugin: "evaluator", use: said }, "read");
    else if (at === "allocator.use") put({ kind: "plugin", plugin: "allocator", use: said }, "read");
    else if (EXPRESSION.test(at))
      for (const { index, 0: word } of said.matchAll(/[A-Za-z_]\w*/g))
        if (word !== "true" && word !== "false") {
          const from = written.from + index;
          put({ kind: "metric", metric: word }, "read", { from, to: from + word.length });
        }
  }
  return marks.sort((a, b) => comparePositions(a.place.start, b.place.start));
}

/** As the marks of strategies have them, so that a tag of a world and of a strategy are one. */
function keyOf(subject: Subject): string {
  switch (subject.kind) {
    case "tag":
      return `tag ${subject.tag}`;
    case "symbol":
      return `symbol ${subject.symbol}`;
    case "preset":
      return `preset ${subject.preset}`;
    case "plugin":
      return `plugin ${subject.plugin} ${subject.use}`;
    case "metric":
      return `metric ${subject.metric}`;
    default:
      return subject.kind;
  }
}

interface Word {
  readonly from: number;
  readonly to: number;
}

/** Without the quotes around it. */
function wordIn(lines: TextLines, text: string, { line, column, endLine, endColumn }: TextRange): Word {
  const from = lines.offsetAt({ line, column });
  const to = lines.offsetAt({ line: endLine, column: endColumn });
  const isQuoted = to - from >= 2 && /["']/.test(text.charAt(from)) && text.charAt(from) === text.charAt(to - 1);
  return isQuoted ? { from: from + 1, to: to - 1 } : { from, to };
}

function placeIn(file: string, lines: TextLines, { from, to }: Word): Place {
  return { file, start: lines.positionAt(from), end: lines.positionAt(to) };
}
