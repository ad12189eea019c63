import { type CauseCode, explainCause } from "@qmtl/core/static";
import {
  constancyOf,
  holds,
  identifiedFunctions,
  isReference,
  type ModuleReading,
  type Place,
  placeOf,
  positionAt,
  type Source,
  unwrap,
} from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { type ComputeBody, isInside, walk } from "./compute-body.ts";

/** Something in the code of nodes for which code identity has no answer. */
export interface CodeIssue {
  readonly kind: IssueKind;
  /** Of code identity. */
  readonly code: CauseCode;
  readonly subject: string;
  readonly message: string;
  readonly place: Place;
  /** The nodes whose code reaches it. */
  readonly bodies: readonly ComputeBody[];
  /** The variable outside of all functions that it is about. */
  readonly declaration?: ts.Node;
  /** The function that it was found in; code identity names a cause once for each. */
  readonly literal?: ts.Node;
}

export type IssueKind =
  /** The wall clock. */
  | "clock"
  /** Another answer from run to run, or from machine to machine. */
  | "nondeterministic"
  /** It waits, or reaches out of the process. */
  | "effect"
  /** It reads what identity can't prove. */
  | "capture"
  /** Its syntax has no identity. */
  | "unreadable";

const CLOCKS: ReadonlySet<string> = new Set(["Date", "performance"]);

/** Globals by which code reaches out of itself. */
const EFFECTS: ReadonlySet<string> = new Set(
  (
    "fetch XMLHttpRequest WebSocket EventSource console setTimeout setInterval setImmediate clearTimeout clearInterval " +
    "queueMicrotask requestAnimationFrame localStorage sessionStorage indexedDB navigator document window Worker Deno Bun require fs"
  ).split(" "),
);

/** Modules of Node.js that wait, or reach out of the process. */
const EFFECT_MODULES: ReadonlySet<string> = new Set(
  "fs fs/promises http https http2 net dgram dns tls child_process worker_threads timers timers/promises readline".split(
    " ",
  ),
);

const UNSTABLE_MODULES: ReadonlySet<string> = new Set("crypto os process".split(" "));

function nodeModuleKind(specifier: string): IssueKind | undefined {
  const name = specifier.replace(/^node:/, "");
  if (EFFECT_MODULES.has(name)) return "effect";
  return UNSTABLE_MODULES.has(name) ? "nondeterministic" : undefined;
}

/** Globals that differ from run to run or from machine to machine. */
const UNSTABLE: ReadonlySet<string> = new Set("crypto process Intl os".split(" "));

const KINDS: Readonly<Partial<Record<CauseCode, IssueKind>>> = {
  "async-code": "effect",
  "generator-compute": "effect",
  "unsupported-syntax": "unreadable",
  "source-observer": "unreadable",
  "function-name": "unreadable",
};

const found = new WeakMap<ModuleReading, readonly CodeIssue[]>();

/** What code identity says of the functions that nodes reach, each once, in reading order. */
export function codeIssues(reading: ModuleReading, bodies: readonly ComputeBody[]): readonly CodeIssue[] {
  const before = found.get(reading);
  if (before !== undefined) return before;
  const issues = new Map<string, CodeIssue>();
  for (const body of bodies)
    for (const literal of reachable(reading, body.node)) {
      const source = sourceOf(reading, literal);
      if (source === undefined) continue;
      for (const { code, subject, line, column } of identifiedFunctions(source).of(literal)?.issues ?? []) {
        const place = placeOfIssue(source, { line, column }, subject);
        const key = `${code} ${place.file} ${line}:${column} ${subject}`;
        const known = issues.get(key);
        if (known !== undefined) {
          issues.set(key, { ...known, bodies: [...new Set([...known.bodies, body])] });
          continue;
        }
        const declaration = declarationAt(reading, source, place);
        issues.set(key, {
          kind: kindOf(code, subject),
          code,
          subject,
          message: explainCause(code, subject),
          place,
          bodies: [body],
          literal,
          ...(declaration !== undefined && { declaration }),
        });
      }
    }
  for (const issue of linkedIssues(reading, bodies, [...issues.values()]))
    issues.set(`${issue.code} ${issue.place.file} ${issue.place.start.line}:${issue.place.start.column}`, issue);
  const all = [...issues.values()];
  found.set(reading, all);
  return all;
}

/** What one file alone does not tell: a variable that changes elsewhere, and what is imported from Node.js. Once per function. */
function linkedIssues(
  reading: ModuleReading,
  bodies: readonly ComputeBody[],
  known: readonly CodeIssue[],
): readonly CodeIssue[] {
  const changing = new Map(
    known.flatMap((issue) =>
      issue.declaration !== undefined && (issue.code === "capture-write" || issue.code === "reassigned-capture")
        ? [[issue.declaration, issue] as const]
        : [],
    ),
  );
  const more = new Map<ts.Node, CodeIssue>();
  for (const body of bodies)
    for (const literal of reachable(reading, body.node)) {
      const told = new Set<unknown>();
      walk(literal, (node) => {
        if (!ts.isIdentifier(node) || !isReference(node)) return;
        const issue = more.get(node) ?? linkedIssue(reading, literal, node, changing);
        if (issue === undefined) return;
        const about = issue.declaration ?? issue.subject;
        const isKnown =
          told.has(about) ||
          known.some(
            (each) => each.declaration === about && each.code === issue.code && isWithin(each.place, placeOf(literal)),
          );
        told.add(about);
        if (!isKnown) more.set(node, { ...issue, bodies: [...new Set([...issue.bodies, body])] });
      });
    }
  return [...more.values()].filter(
    ({ code, declaration, bodies: own }) =>
      code !== "capture-write" ||
      new Set([...own, ...(changing.get(declaration as ts.Node)?.bodies ?? [])].map(({ fact }) => fact.index)).size > 1,
  );
}

function linkedIssue(
  reading: ModuleReading,
  literal: ts.Node,
  name: ts.Identifier,
  changing: ReadonlyMap<ts.Node, CodeIssue>,
): CodeIssue | undefined {
  const binding = reading.linked.bindingOf(name);
  const place = placeOf(name);
  if (binding.kind === "package") {
    const kind = nodeModuleKind(binding.specifier);
    if (kind === undefined) return undefined;
    const code = "unlisted-global";
    return { kind, code, subject: name.text, message: explainCause(code, name.text), place, bodies: [] };
  }
  if (binding.kind !== "declaration" || isInside(binding.node, literal)) return undefined;
  const { node: declaration } = binding;
  const known = changing.get(declaration);
  if (known !== undefined) return { ...known, place, bodies: [] };
  if (declaration.getSourceFile() === name.getSourceFile() || !ts.isVariableDeclaration(declaration)) return undefined;
  if ((declaration.parent.flags & ts.NodeFlags.Const) !== 0) return undefined;
  if (constancyOf(reading.linked).isAssignedOnce(declaration)) return undefined;
  const code = "reassigned-capture";
  const message = explainCause(code, name.text);
  return { kind: "capture", code, subject: name.text, message, place, bodies: [], declaration };
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.file === outer.file && holds(outer, inner.start);
}

function kindOf(code: CauseCode, subject: string): IssueKind {
  const root = subject.split(/[.[ ]/)[0] ?? "";
  if (code === "nondeterministic") return CLOCKS.has(root) ? "clock" : "nondeterministic";
  if (code === "unlisted-global" || code === "dynamic-code" || code === "capture-write") {
    if (EFFECTS.has(root)) return "effect";
    if (UNSTABLE.has(root)) return "nondeterministic";
    if (subject === "import()") return "effect";
    return "capture";
  }
  return KINDS[code] ?? "capture";
}

const reached = new WeakMap<ModuleReading, Map<ts.Node, readonly ts.Node[]>>();

/** A function with those that it mentions, as far as they are written in the workspace. */
export function reachable(reading: ModuleReading, root: ts.Node): readonly ts.Node[] {
  const known = reached.get(reading) ?? new Map<ts.Node, readonly ts.Node[]>();
  reached.set(reading, known);
  const before = known.get(root);
  if (before !== undefined) return before;
  const found = reachableFrom(reading, root);
  known.set(root, found);
  return found;
}

function reachableFrom(reading: ModuleReading, root: ts.Node): readonly ts.Node[] {
  const seen = new Set<ts.Node>([root]);
  const queue: ts.Node[] = [root];
  for (const literal of queue)
    walk(literal, (node) => {
      if (!ts.isIdentifier(node)) return;
      const declared = declarationOf(reading, node);
      const target = declared === undefined ? undefined : functionOf(declared);
      // A function inside of this one is part of its text.
      if (target === undefined || seen.has(target) || isInside(target, literal)) return;
      seen.add(target);
      queue.push(target);
    });
  return queue;
}

/** What a name in code means, where it is declared in the workspace. */
export function declarationOf(reading: ModuleReading, name: ts.Identifier): ts.Node | undefined {
  if (!isReference(name)) return undefined;
  const binding = reading.linked.bindingOf(name);
  return binding.kind === "declaration" ? binding.node : undefined;
}

function functionOf(declared: ts.Node): ts.Node | undefined {
  if (ts.isFunctionDeclaration(declared) || ts.isClassDeclaration(declared)) return declared;
  if (!ts.isVariableDeclaration(declared) || declared.initializer === undefined) return undefined;
  const value = unwrap(declared.initializer);
  return ts.isArrowFunction(value) || ts.isFunctionExpression(value) || ts.isClassExpression(value) ? value : undefined;
}

function sourceOf(reading: ModuleReading, node: ts.Node): Source | undefined {
  const file = node.getSourceFile();
  return reading.linked.sources.find((source) => source.file === file);
}

/** The text of the subject, or the word that stands there. */
function placeOfIssue({ file, path }: Source, start: Place["start"], subject: string): Place {
  const offset = file.getPositionOfLineAndCharacter(start.line - 1, start.column - 1);
  const { text } = file;
  const member = subject.startsWith(".") ? text.indexOf(subject, offset) + 1 : 0;
  if (member > 0)
    return { file: path, start: positionAt(file, member), end: positionAt(file, member + subject.length - 1) };
  const length = text.startsWith(subject, offset)
    ? subject.length
    : (/^[\w$]+|^[^\s\w]/.exec(text.slice(offset, offset + 200))?.[0].length ?? 1);
  return { file: path, start, end: positionAt(file, offset + Math.max(1, length)) };
}

/** The variable behind the name at a place, when it stands outside of all functions. */
function declarationAt(reading: ModuleReading, { file }: Source, { start }: Place): ts.Node | undefined {
  const name = identifierIn(file, start);
  const declared = name === undefined ? undefined : declarationOf(reading, name);
  if (declared === undefined || !ts.isVariableDeclaration(declared)) return undefined;
  const statement = declared.parent.parent;
  return ts.isVariableStatement(statement) && ts.isSourceFile(statement.parent) ? declared : undefined;
}

/** The name that begins at a place. */
export function identifierAt(reading: ModuleReading, { file, start }: Place): ts.Identifier | undefined {
  const source = reading.linked.sources.find(({ path }) => path === file);
  return source === undefined ? undefined : identifierIn(source.file, start);
}

function identifierIn(file: ts.SourceFile, start: Place["start"]): ts.Identifier | undefined {
  const offset = file.getPositionOfLineAndCharacter(start.line - 1, start.column - 1);
  let name: ts.Identifier | undefined;
  const descend = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.getStart(file) === offset) name = node;
    ts.forEachChild(node, (child) => {
      if (child.pos <= offset && offset < child.end) descend(child);
    });
  };
  descend(file);
  return name;
}
