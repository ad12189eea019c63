import { describe, expect, test } from "vitest";
import { newNonce, scriptedPage, servedPage } from "./webview-page.ts";

describe("a page that the server made", () => {
  const page = servedPage(
    '<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="x"><style>a{}</style></head><body><script type="application/json">{}</script><script>1</script></body></html>',
    { nonce: "N", state: { run: "</script><b>" } },
  );

  test("may run its own script and load nothing", () => {
    expect(page).not.toContain('content="x"');
    expect(page).toContain(
      `<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-N'; base-uri 'none'; form-action 'none'">`,
    );
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<script nonce="N"/g)).toHaveLength(3);
  });

  test("keeps what it is shown again from, whatever is in it", () => {
    expect(page).toContain(String.raw`acquireVsCodeApi().setState({"run":"\u003c/script>\u003cb>"})`);
  });

  test("has the theme after its own style, so that the theme's colours count", () => {
    expect(page.indexOf("--vscode-editor-background")).toBeGreaterThan(page.indexOf("a{}"));
  });
});

test("a page of ours takes its script by nonce and its style from the extension alone", () => {
  const page = scriptedPage({
    title: "a<b",
    script: "s.js",
    style: "s.css",
    source: "https://here",
    nonce: "N",
    state: { uri: 'file:///"x"&y' },
  });
  expect(page).toContain("default-src 'none'; img-src data:; style-src https://here; script-src 'nonce-N'");
  expect(page.match(/<script[^>]*>/g)).toEqual(['<script nonce="N" src="s.js">']);
  expect(page).toContain("<title>a&lt;b</title>");
  expect(page).toContain('<body data-state="{&quot;uri&quot;:&quot;file:///\\&quot;x\\&quot;&amp;y&quot;}">');
});

test("no nonce comes twice", () => {
  expect(new Set(Array.from({ length: 50 }, newNonce)).size).toBe(50);
});
