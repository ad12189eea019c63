// Taken when this module loads: where strategies run, code generation is taken away from everybody else afterwards.
const GenerateFunction: FunctionConstructor = Function;

let count = 0;

/** What was made by key, or is made now. What can't be made is not kept. */
export type Recent<V> = (key: string, make: () => V | undefined) => V | undefined;

/** @param most what was asked for lately and is kept */
export function recent<V>(most: number): Recent<V> {
  const made = new Map<string, V>();
  return (key, make) => {
    const value = made.get(key) ?? make();
    if (value === undefined) return undefined;
    made.delete(key);
    made.set(key, value);
    if (made.size > most) made.delete(made.keys().next().value as string);
    return value;
  };
}

/** By kin and text. */
const functions = recent<unknown>(512);

/**
 * A function of our own making, or undefined where the host forbids code generation (a content security policy, a V8 flag): the
 * same work is then done by loops that meet every shape. The text holds plumbing alone; all names in it are ours or quoted.
 *
 * With a `kin`, equal text and kin give the same function, so that what V8 learned in one run serves the next; `kin` says what the text does
 * not: what its calls meet. Without, it is made for this one use.
 */
export function generate<F>(parameters: readonly string[], body: string, kin?: string): F | undefined {
  const make = () => {
    try {
      // A number of its own: V8 shares what it learned about equal texts, whatever their calls meet.
      return new GenerateFunction(...parameters, `"use strict"; /* ${count++} */ ${body}`);
    } catch {
      return undefined;
    }
  };
  return (kin === undefined ? make() : functions(JSON.stringify([kin, body]), make)) as F | undefined;
}
