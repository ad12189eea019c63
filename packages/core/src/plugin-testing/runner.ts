/** The functions of a test runner that a suite needs; vitest, jest, mocha and `node:test` fit. */
export interface TestRunner {
  describe(title: string, body: () => void): void;
  test(title: string, body: () => void | Promise<void>): void;
}
