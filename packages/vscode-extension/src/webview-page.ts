import { randomBytes } from "node:crypto";

/** What a page of ours may load: its own script and style sheet, nothing else. */
function policyOf({ nonce, styles }: { readonly nonce: string; readonly styles: string }): string {
  return `default-src 'none'; img-src data:; style-src ${styles}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
}

export function newNonce(): string {
  return randomBytes(16).toString("base64");
}

/** A page whose content a script of ours makes, from what it is sent. */
export function scriptedPage(of: {
  readonly title: string;
  /** Addresses in the webview. */
  readonly script: string;
  readonly style: string;
  /** Where the style sheet may come from. */
  readonly source: string;
  readonly nonce: string;
  /** What it is about; the page finds it in `data-state` of its body. */
  readonly state: object;
}): string {
  const { title, script, style, source, nonce, state } = of;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf({ nonce, styles: source })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${style}">
</head>
<body data-state="${escaped(JSON.stringify(state))}">
<div id="page"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

/**
 * A whole page that the project's server made, as the editor shows it: it may run its own script and load nothing, has the editor's
 * theme, and leaves behind what it needs to be shown again after a reload.
 */
export function servedPage(html: string, of: { readonly nonce: string; readonly state: object }): string {
  const { nonce, state } = of;
  const policy = policyOf({ nonce, styles: "'unsafe-inline'" });
  const kept = JSON.stringify(state).replaceAll("<", String.raw`\u003c`);
  return html
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/i, "")
    .replace(/<head>/i, (head) => `${head}<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace(/<\/head>/i, (end) => `<style>${THEME}</style>${end}`)
    .replace(/<body>/i, (body) => `${body}<script>acquireVsCodeApi().setState(${kept});${FOLLOW_THEME}</script>`)
    .replaceAll(/<script(?=[\s>])/gi, `<script nonce="${nonce}"`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** Pages of reports are light or dark as their root says; the editor says it of the body, and may say something else later. */
const FOLLOW_THEME = `{const tell=()=>{document.documentElement.dataset.theme=/vscode-(light|high-contrast-light)/.test(document.body.className)?"light":"dark"};new MutationObserver(tell).observe(document.body,{attributes:true,attributeFilter:["class"]});tell()}`;

const THEME = `
:root[data-theme]{--page:var(--vscode-editor-background);--card:var(--vscode-editor-background)}
:root[data-theme]:has(body.vscode-high-contrast){--text:var(--vscode-foreground);--muted:var(--vscode-foreground);--edge:var(--vscode-contrastBorder)}
body{padding:0;font-family:var(--vscode-font-family)}
a,summary{color:var(--vscode-textLink-foreground)}
`.trim();
