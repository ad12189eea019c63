// Taken when this module loads: where strategies run, code generation is taken away from everybody else afterwards.
const GenerateFunction: FunctionConstructor = Function;

let made = 0;

/**
 * A function of our own making, or undefined where the host forbids code generation (a content security policy, a V8 flag): the
 * same work is then done by loops that meet every shape. The text holds plumbing alone; all names in it are ours or quoted.
 */
export function generate<F>(parameters: readonly string[], body: string): F | undefined {
  try {
    // A number of its own: V8 shares what it learned about equal texts, which is what each is made to avoid.
    return new GenerateFunction(...parameters, `"use strict"; /* ${made++} */ ${body}`) as F;
  } catch {
    return undefined;
  }
}
