import { CST, Lexer } from "yaml";
import type { Mistake } from "./mistake.ts";

/**
 * What a world file may be at most. The YAML parser recurses over nesting and spends memory per token, so hostile text is
 * refused from the lexer's tokens, before it is parsed.
 */
export const YAML_LIMITS = {
  /** UTF-8 bytes of the file. */
  bytes: 256 * 1024,
  /** Maps and lists inside each other. */
  depth: 64,
  keys: 5_000,
  /** Lexer tokens, which bound the time to parse. */
  tokens: 60_000,
} as const;

/** Escapes that YAML 1.2 knows inside double quotes. */
const UNKNOWN_ESCAPE =
  /\\(?:[^0abt\tnvfre "/\\N_LPxuU\r\n]|x(?![\dA-Fa-f]{2})|u(?![\dA-Fa-f]{4})|U(?![\dA-Fa-f]{8})|$)/;

const REFUSED: Readonly<Record<string, { readonly what: string; readonly next: string }>> = {
  alias: { what: "Aliases (`*name`) are not part of world files", next: "Write the value out." },
  anchor: { what: "Anchors (`&name`) are not part of world files", next: "Remove the anchor." },
  tag: { what: "Tags (`!name`) are not part of world files", next: "Remove the tag." },
  "directive-line": { what: "Directives (`%…`) are not part of world files", next: "Remove the line." },
};

/** Mistakes that stand in the tokens alone. Empty: the text may be parsed. Time and memory are linear in at most the limits. */
export function scanYaml(text: string): readonly Mistake[] {
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > YAML_LIMITS.bytes)
    return [
      tooMuch("world.too-large", `The file has ${bytes} bytes; a world file has at most ${YAML_LIMITS.bytes}`, 0, 0),
    ];
  const mistakes: Mistake[] = [];
  const open = new Nesting();
  let offset = 0;
  let lineStart = 0;
  let keys = 0;
  let tokens = 0;
  let documents = 0;
  let content = false;
  let literal = false;
  for (const source of new Lexer().lex(text)) {
    if (CONTROL.has(source) && !literal) {
      literal = source === CST.SCALAR;
      continue;
    }
    const kind = literal ? "scalar" : CST.tokenType(source);
    literal = false;
    tokens += 1;
    const column = offset - lineStart;
    const from = offset;
    const to = offset + source.length;
    const newline = source.lastIndexOf("\n");
    if (newline >= 0) lineStart = offset + newline + 1;
    offset = to;

    if (tokens > YAML_LIMITS.tokens) {
      mistakes.push(tooMuch("world.too-many-keys", `The file has more than ${YAML_LIMITS.tokens} tokens`, from, to));
      return mistakes;
    }
    const refused = kind === null ? undefined : REFUSED[kind];
    if (refused !== undefined)
      mistakes.push({ code: "world.yaml-feature", message: refused.what, path: "", from, to, next: refused.next });
    switch (kind) {
      case "doc-start":
        documents += 1;
        if (documents > 1 || content) {
          const message = "The file holds more than one YAML document; a world file holds one";
          mistakes.push({
            code: "world.yaml-feature",
            message,
            path: "",
            from,
            to,
            next: "Remove `---` and what follows, or split the file.",
          });
          return mistakes;
        }
        break;
      case "flow-map-start":
      case "flow-seq-start":
        open.flow(column);
        break;
      case "flow-map-end":
      case "flow-seq-end":
        if (open.close()) break;
        mistakes.push(unreadable(`\`${source}\` closes nothing`, from, to));
        return mistakes;
      case "map-value-ind":
      case "explicit-key-ind":
        keys += 1;
        open.block(column, kind);
        break;
      case "seq-item-ind":
        open.block(column, kind);
        break;
      case "double-quoted-scalar": {
        const wrong = UNKNOWN_ESCAPE.exec(source.replace(/\\\\/g, "  "));
        if (wrong !== null) {
          mistakes.push(
            unreadable(
              `\`${wrong[0]}\` is no escape of a double-quoted text`,
              from + wrong.index,
              from + wrong.index + wrong[0].length,
            ),
          );
          return mistakes;
        }
        open.scalar(column);
        break;
      }
      case "single-quoted-scalar":
      case "scalar":
        open.scalar(column);
        break;
      case "newline":
        open.newline();
        break;
      default:
        break;
    }
    if (kind !== null && !BLANK.has(kind)) content = true;
    if (open.depth > YAML_LIMITS.depth) {
      const message = `The file nests maps and lists more than ${YAML_LIMITS.depth} deep`;
      mistakes.push(tooMuch("world.too-deep", message, from, to));
      return mistakes;
    }
    if (keys > YAML_LIMITS.keys) {
      mistakes.push(tooMuch("world.too-many-keys", `The file has more than ${YAML_LIMITS.keys} keys`, from, to));
      return mistakes;
    }
  }
  return mistakes;
}

/** Tokens without text of their own: a mode, the end of a flow, "the next one is a scalar". */
const CONTROL: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);
const BLANK: ReadonlySet<string> = new Set([
  "space",
  "newline",
  "comment",
  "byte-order-mark",
  "directive-line",
  "doc-end",
  "doc-start",
]);

/**
 * How deep the text is nested, from columns alone: a block map or list is open while no later entry stands to its left.
 * It may count a map and the list in its column as one; it never counts less than half of the parser's depth.
 */
class Nesting {
  readonly #blocks: number[] = [];
  #flows = 0;
  /** Column of the scalar that may be a key of this line. */
  #key: number | undefined;

  get depth(): number {
    return this.#blocks.length + this.#flows;
  }

  scalar(column: number): void {
    this.#key ??= column;
  }

  newline(): void {
    this.#key = undefined;
  }

  flow(column: number): void {
    this.#key ??= column;
    this.#flows += 1;
  }

  /** False when there was nothing to close. */
  close(): boolean {
    this.#flows -= 1;
    return this.#flows >= 0;
  }

  block(column: number, kind: string): void {
    if (this.#flows > 0) return;
    const at = kind === "map-value-ind" ? (this.#key ?? column) : column;
    while (this.#blocks.length > 0 && (this.#blocks.at(-1) ?? 0) >= at) this.#blocks.pop();
    this.#blocks.push(at);
    this.#key = undefined;
  }
}

function tooMuch(code: string, message: string, from: number, to: number): Mistake {
  return {
    code,
    message,
    path: "",
    from,
    to,
    next: "A world is small: move data to files and presets, and keep the world to its own fields.",
  };
}

function unreadable(message: string, from: number, to: number): Mistake {
  return { code: "world.yaml-syntax", message, path: "", from, to, next: "Correct the YAML at this place." };
}
