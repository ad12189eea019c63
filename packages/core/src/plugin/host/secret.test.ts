import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { hideSecret } from "./secret.ts";

test("a secret shows its name everywhere, and its value only when it is revealed", () => {
  const secret = hideSecret("API_KEY", "canary-1234");
  expect(secret.reveal()).toBe("canary-1234");
  const shown = [
    JSON.stringify({ secret }),
    `${secret}`,
    String(secret),
    inspect(secret),
    inspect({ deep: [{ secret }] }, { depth: null, showHidden: true }),
    format("%s %o %j", secret, secret, secret),
    new Error(`failed with ${secret}`).message,
    Object.entries(secret).join(),
  ];
  for (const text of shown) expect(text).not.toContain("canary");
  expect(shown[0]).toBe('{"secret":"[secret API_KEY]"}');
  expect(inspect(secret)).toBe("[secret API_KEY]");
});
