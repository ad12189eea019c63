// Taken when this module loads: where strategies run, code generation is taken away from everybody else afterwards.
const GenerateFunction: FunctionConstructor = Function;

/** By kin and text, the least lately used first. */
const made = new Map<string, unknown>();
const MOST = 512;
let count = 0;

/**
 * A function of our own making, or undefined where the host forbids code generation (a content security policy, a V8 flag): the
 * same work is then done by loops that meet every shape. The text holds plumbing alone; all names in it are ours or quoted.
 *
 * With a `kin`, equal text and kin give the same function, so that what V8 learned in one run serves the next; `kin` says what the text does
 * not: what its calls meet. Without, it is compiled for this one use, with all that it closes over taken as constant: slower to start, faster
 * in the end.
 */
export function generate<F>(parameters: readonly string[], body: string, kin?: string): F | undefined {
  const key = kin === undefined ? undefined : JSON.stringify([kin, body]);
  try {
    // A number of its own: V8 shares what it learned about equal texts, whatever their calls meet.
    const known =
      (key !== undefined && made.get(key)) ||
      new GenerateFunction(...parameters, `"use strict"; /* ${count++} */ ${body}`);
    if (key !== undefined) keep(key, known);
    return known as F;
  } catch {
    return undefined;
  }
}

function keep(key: string, known: unknown): void {
  made.delete(key);
  made.set(key, known);
  if (made.size > MOST) made.delete(made.keys().next().value as string);
}
