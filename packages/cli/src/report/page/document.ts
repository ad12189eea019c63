import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";

/** What the page carries besides its content. */
export interface Assets {
  readonly style: string;
  /** Absent on a page that needs none. */
  readonly script?: string;
}

/**
 * A whole document that may load nothing: its policy admits the one style sheet and the one script that are in it, by their digests, and no
 * script where it has none.
 *
 * @param data of the script, as markup
 */
export function documentHtml(of: {
  readonly title: string;
  readonly body: Html;
  readonly data?: Html;
  readonly assets: Assets;
}): string {
  const { style, script } = of.assets;
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src ${script === undefined ? "'none'" : `'${digest(script)}'`}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="QMTL">
<title>${of.title}</title>
<style>${asIs(style, "style")}</style>
</head>
<body>
${of.body}
${of.data && html`<script type="application/json" id="run-data">${of.data}</script>\n`}${script === undefined ? undefined : html`<script>${asIs(script, "script")}</script>\n`}</body>
</html>
`.html
  }`;
}

/** Our own text, which must not end its element: it can't be escaped there. */
function asIs(text: string, tag: "style" | "script"): Html {
  if (new RegExp(`</${tag}|<!--`, "i").test(text)) throw new TypeError(`The ${tag} of the page would end its element`);
  return { html: text };
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
