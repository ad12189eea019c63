import { expect, test } from "vitest";
import { withPolicy } from "./page-policy.ts";

test("a page may run its own script and load nothing", () => {
  const page = withPolicy(
    '<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="x"><style>a{}</style></head><body><script type="application/json">{}</script><script>1</script></body></html>',
    "N",
  );
  expect(page).not.toContain('content="x"');
  expect(page).toContain(
    `<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-N'">`,
  );
  expect(page.match(/<script nonce="N"/g)).toHaveLength(2);
});
