/** Markup that is safe to write out: whatever came from outside was escaped on its way in. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Part[];

/**
 * A tagged template that escapes every text put into it, in content and in quoted attributes; {@link Html} and lists of it go in as they are,
 * `undefined` is nothing.
 *
 * @example
 * html`<p title="${name}">${rows.map((row) => html`<b>${row}</b>`)}</p>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((text, string, i) => `${text}${write(parts[i - 1])}${string}`) };
}

function write(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "object") return "html" in part ? part.html : part.map(write).join("");
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text for HTML. Controls that HTML forbids, and marks that turn the direction of what follows, are shown as U+FFFD: a name can't
 * disguise the page.
 */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
      .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
  );
}

/** Data for a `<script type="application/json">`: nothing in it can end the element or begin a comment. */
export function jsonHtml(data: unknown): Html {
  return { html: JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, unicodeEscape) };
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
