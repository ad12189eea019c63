import type { TestRunner } from "./runner.ts";

/** Runs a suite without a test runner, and gives the numbers of the cases that fail, such as `AL-03`. */
export async function failingCases(suite: (runner: TestRunner) => void): Promise<readonly string[]> {
  const cases: { readonly title: string; readonly body: () => void | Promise<void> }[] = [];
  suite({
    describe: (_title, body) => body(),
    test: (title, body) => {
      cases.push({ title, body });
    },
  });
  const failed: string[] = [];
  for (const { title, body } of cases) {
    try {
      await body();
    } catch {
      failed.push(title.split(" ", 1)[0] ?? title);
    }
  }
  return failed;
}
