import fc from "fast-check";
import { expect, test } from "vitest";
import { html, jsonHtml } from "./html.ts";

test("texts are escaped, markup goes in as it is, nothing is nothing", () => {
  const name = `<b a='1' c="2">&`;
  expect(html`<p title="${name}">${html`<i>${name}</i>`}${[html`<br>`, "<"]}${undefined}${0}</p>`.html).toBe(
    '<p title="&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;"><i>&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;</i><br>&lt;0</p>',
  );
});

test("no text can open an element, end an attribute or turn the direction of the page", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(html`${text}`.html).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    }),
  );
  expect(html`${"a\u202eb\u0000c\u2066"}`.html).toBe("a\ufffdb\ufffdc\ufffd");
});

test("data for a script survives as it is, and can't end the script", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const text = jsonHtml(data).html;
      expect(text).not.toMatch(/[<>&]/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  );
  expect(jsonHtml("</script><!--\u2028").html).toBe('"\\u003c/script\\u003e\\u003c!--\\u2028"');
});
