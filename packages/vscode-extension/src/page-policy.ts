/** The page loads nothing: its own script and styles alone may take effect. */
export function withPolicy(html: string, nonce: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">`;
  return html
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/i, "")
    .replace(/<head>/i, (head) => `${head}${policy}`)
    .replaceAll(/<script(?=[\s>])/gi, `<script nonce="${nonce}"`);
}
