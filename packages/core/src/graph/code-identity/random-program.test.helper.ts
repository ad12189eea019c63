/** Small random functions over few names, so that scopes shadow one another in every way JavaScript knows. */
export interface RandomOptions {
  /** Leaves out functions and classes with a name, which renaming variables would change. */
  readonly nameless?: boolean;
}

const names = ["a", "b", "c"];

function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 5; i++) next();
  return next;
}

/** The text of a function expression. Not all of them are valid; try before use. */
export function randomProgram(seed: number, { nameless = false }: RandomOptions = {}): string {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const name = (): string => pick(names);
  const ownName = (): string => (nameless ? "" : pick(["", name()]));
  const lambda = (text: string): string => (nameless ? `[${text}][0]` : `(${text})`);

  function pattern(depth: number): string {
    const fallback = (): string => (random() < 0.5 ? ` = ${expression(depth - 1)}` : "");
    const form = depth <= 0 ? 0 : below(6);
    if (form < 4) return name();
    return form === 4 ? `{ ${name()}${fallback()} }` : `[${name()}${fallback()}]`;
  }

  function parameters(depth: number): string {
    const one = (): string => {
      const fallback = random() < 0.5 ? lambda(`() => ${expression(depth - 1)}`) : expression(depth - 1);
      return pattern(depth - 1) + (random() < 0.3 ? ` = ${fallback}` : "");
    };
    return Array.from({ length: below(3) }, one).join(", ");
  }

  const expressions: readonly ((depth: number) => string)[] = [
    (d) => `(${expression(d)} + ${expression(d)})`,
    (d) => `(${name()} ${pick(["=", "+=", "??="])} ${expression(d)})`,
    (d) => `((${parameters(d)}) => ${expression(d)})(${expression(d)})`,
    (d) => `(function ${ownName()}(${parameters(d)}) { ${statements(d)} })(${expression(d)})`,
    () => `typeof ${name()}`,
    (d) => `[${expression(d)}, ${expression(d)}].length`,
    (d) => `({ ${name()}: ${expression(d)}, ${name()} }).${name()}`,
    (d) =>
      `(class ${ownName()} { static ${name()} = ${expression(d)}; static m() { ${statements(d)} } }).${pick([name(), "m()"])}`,
    (d) => `(${expression(d)} ? ${expression(d)} : ${expression(d)})`,
    () => `${name()}?.${name()}`,
    () => `(${name()}++)`,
  ];

  function expression(depth: number): string {
    if (depth <= 0 || random() < 0.4) return pick([name(), name(), name(), String(below(3))]);
    return pick(expressions)(depth - 1);
  }

  const compound: readonly ((depth: number) => string)[] = [
    (d) => `{ ${statements(d)} }`,
    (d) => (nameless ? ";" : `function ${name()}(${parameters(d)}) { ${statements(d)} }`),
    (d) => `try { ${statement(d)} throw ${expression(d)}; } catch (${pattern(d)}) { ${statements(d)} }`,
    (d) =>
      `for (${pick(["var", "let", "const"])} ${name()} of [${expression(d)}, ${expression(d)}]) { ${statements(d)} }`,
    (d) => `for (let ${name()} = 0, n = 0; n++ < 2;) { ${statements(d)} }`,
    (d) => `switch (${expression(d)}) { case ${expression(0)}: ${statement(d)} default: ${statement(d)} }`,
    (d) => `if (${expression(d)}) { ${statements(d)} }`,
    (d) =>
      nameless ? ";" : `class ${name()} { static ${name()} = ${expression(d)}; ${name()}() { ${statements(d)} } }`,
    (d) => `[${name()}, ${name()}] = [${expression(d)}, ${expression(d)}];`,
    (d) => `({ ${name()}, ${name()}: ${name()} } = { ${name()}: ${expression(d)} });`,
  ];

  function statement(depth: number): string {
    const form = random();
    if (form < 0.25) return `${pick(["var", "let", "const"])} ${pattern(depth)} = ${expression(depth)};`;
    if (form < 0.32) return `var ${name()};`;
    if (form < 0.4) return `${expression(depth)};`;
    if (form < 0.5 || depth <= 0) return `return ${expression(depth)};`;
    return pick(compound)(depth - 1);
  }

  function statements(depth: number): string {
    return Array.from({ length: 1 + below(2) }, () => statement(depth)).join(" ");
  }

  const form = below(3);
  if (form === 0) return `(${parameters(1)}) => ${expression(3)}`;
  if (form === 1) return `function ${ownName()}(${parameters(2)}) { ${statements(2)} return ${expression(1)}; }`;
  return `(${parameters(2)}) => { ${statements(2)} return ${expression(1)}; }`;
}

type Anything = (...values: unknown[]) => unknown;

const outer = [
  { a: 1, b: 2, c: 3 },
  { a: "x", b: () => 9, c: { a: 1, b: 2 } },
];
const calls = (): unknown[][] => [[], [1, 2, 3], [{ a: 5, b: 6, c: 7 }, [8], undefined], [[4], { a: undefined }, 0]];

/** A module that exports the program and gives it three variables to capture. */
export const moduleOf = (program: string): string =>
  `const a = $.a, b = $.b, c = $.c; export const it = [${program}][0];`;

/** What such a module's program does over several outer values and arguments; `undefined` when it is not JavaScript. */
export function behaviour(module: string): string | undefined {
  let make: Anything;
  try {
    make = new Function("$", `"use strict"; ${module.replace("export const it =", "return")}`) as Anything;
  } catch {
    return undefined;
  }
  const seen = outer.flatMap((values) => calls().map((given) => attempt(() => (make(values) as Anything)(...given))));
  return seen.join(" | ");
}

function attempt(run: () => unknown, depth = 0): string {
  try {
    return show(run(), depth);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.name : `throws ${show(thrown, 0)}`;
  }
}

function show(value: unknown, depth: number): string {
  if (typeof value === "function")
    return `f${value.length}${depth < 2 ? attempt(() => (value as Anything)(), depth + 1) : ""}`;
  if (typeof value !== "object" || value === null)
    return `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
  const entries = Object.entries(value).map(([key, one]) => `${key}: ${show(one, depth + 1)}`);
  return `${Array.isArray(value) ? "array" : "object"} { ${entries.join(", ")} }`;
}
