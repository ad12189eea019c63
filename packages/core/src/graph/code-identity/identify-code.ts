import { canonicalText, makesNamedFunctions } from "./canonical-text.ts";
import { findCaptures } from "./captures.ts";
import type { CauseCode } from "./causes.ts";
import { type CodeNode, type CodeTree, child, children, list } from "./code-tree.ts";
import { type Finding, inspect } from "./issues.ts";
import { nameOf } from "./names.ts";
import { readCode } from "./read-code.ts";
import { codeScheme, digest } from "./scheme.ts";
import { resolveScopes, type Scopes } from "./scopes.ts";
import type { SyntaxApi } from "./syntax-api.ts";
import { hookName, tagSource } from "./tag-source.ts";

/** A reason, found in the text alone, why a function or class has no identity of its own. */
export interface CodeIssue {
  readonly code: CauseCode;
  /** What the message is about: a variable, a global, a piece of syntax. */
  readonly subject: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** What the text of one function or class literal says against it. */
export interface InspectedFunction {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly issues: readonly CodeIssue[];
}

/** One function or class literal of a module. All of it is plain data. */
export interface IdentifiedFunction extends InspectedFunction {
  /** SHA-256 of the scheme and the canonical text, 64 hexadecimal digits. Says nothing about captured values. */
  readonly hash: string;
  /** Its `name` in JavaScript; empty for an anonymous one. */
  readonly name: string;
  /** What it uses from outside, as `name` or `name.property`, in the order of its slots. */
  readonly captures: readonly string[];
  readonly traits: FunctionTraits;
}

export interface FunctionTraits {
  readonly isClass: boolean;
  /** A generator may be called by a compute, but not be one. */
  readonly generator: boolean;
  /** Sees the `this` it is called with. */
  readonly usesThis: boolean;
  /** Reads a property called `name`, perhaps of a function. */
  readonly readsName: boolean;
  /** Makes functions whose `name` a bundler may change. */
  readonly makesNames: boolean;
  /** A class whose instances have private members. */
  readonly privateInstance: boolean;
}

/** A mistake for which a module cannot be used at all. */
export interface CodeError {
  readonly code: "syntax" | "exported-reassigned" | "reserved-name" | "commonjs";
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface ImportSite {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface IdentifiedCode {
  /** Names this module's functions in the tags: 12 digits, the same wherever and however formatted the file is. */
  readonly id: string;
  /** The source with tags. It has the lines of the source. */
  readonly code: string;
  /** In the order in which the tags number them. */
  readonly functions: readonly IdentifiedFunction[];
  /** Imports and re-exports that exist at run time, in the order of the source. */
  readonly imports: readonly ImportSite[];
  readonly errors: readonly CodeError[];
}

/**
 * Finds every function and class of a module, hashes the canonical text of each, and tags them for the run time.
 *
 * Code by text: two literals have the same hash exactly when they have the same syntax tree up to types, comments,
 * formatting and the names of local variables. What they capture counts by value, and is read when the graph is sealed.
 *
 * @param file its extension tells TypeScript (`.ts`, `.mts`) from JavaScript (`.js`, `.mjs`); the path enters no hash.
 * @throws QmtlError `identity.nesting` when the source nests deeper than any strategy would.
 */
export function identifyCode(file: string, source: string, syntax: SyntaxApi): IdentifiedCode {
  const tree = readCode(file, withoutMark(source), syntax);
  const { text } = tree;
  if (tree.syntaxErrors.length > 0) {
    const errors = tree.syntaxErrors.map(
      ({ start, message }): CodeError => ({ code: "syntax", message, ...tree.position(start) }),
    );
    return { id: "", code: text, functions: [], imports: [], errors };
  }
  const scopes = resolveScopes(tree.module);
  const functions: IdentifiedFunction[] = [];
  const tags = tagSource(tree, scopes, (literal) => {
    const captures = findCaptures(literal, scopes);
    const { findings, traits } = inspect(literal, scopes, captures);
    const canonical = canonicalText(literal, scopes, captures);
    functions.push({
      hash: digest(codeScheme, canonical),
      name: nameOf(literal),
      ...inspected(tree, literal, findings),
      captures: captures.all.map(
        ({ binding, property }) => binding.name + (property === undefined ? "" : `.${property}`),
      ),
      traits: { isClass: literal.tag === "class", ...traits, makesNames: makesNamedFunctions(literal) },
    });
    return { index: functions.length - 1, captures: captures.all };
  });
  const id = digest(codeScheme, ...functions.map(withoutPlace), ...tags.imports).slice(0, 12);
  return { id, code: tags.write(id), functions, imports: importSites(tree), errors: moduleErrors(tree, scopes) };
}

/**
 * What {@link identifyCode} says against the same functions, at every place and not only at the first, for those who ask for nothing
 * else, at every key that is pressed.
 *
 * @throws QmtlError `identity.nesting`, as {@link identifyCode} does
 */
export function inspectCode(file: string, source: string, syntax: SyntaxApi): readonly InspectedFunction[] {
  const tree = readCode(file, withoutMark(source), syntax);
  if (tree.syntaxErrors.length > 0) return [];
  const scopes = resolveScopes(tree.module);
  const functions: InspectedFunction[] = [];
  tagSource(tree, scopes, (literal) => {
    const captures = findCaptures(literal, scopes);
    functions.push(inspected(tree, literal, inspect(literal, scopes, captures, "everywhere").findings));
    return { index: functions.length - 1, captures: captures.all };
  });
  return functions;
}

function inspected(tree: CodeTree, literal: CodeNode, findings: readonly Finding[]): InspectedFunction {
  const issues = findings.map(({ code, subject, start }) => ({ code, subject, ...tree.position(start) }));
  return { ...tree.position(literal.start), issues };
}

/** Without the byte order mark. */
function withoutMark(source: string): string {
  return source.startsWith("\uFEFF") ? source.slice(1) : source;
}

function withoutPlace(one: IdentifiedFunction): string {
  const issues = one.issues.map(({ code, subject }) => [code, subject]);
  return JSON.stringify([one.hash, one.name, issues, one.traits]);
}

function importSites(tree: CodeTree): ImportSite[] {
  return list(tree.module, "statements").flatMap((one) => {
    const isImport = (one.tag === "import" || one.tag === "reexport") && one.word !== undefined;
    return isImport ? [{ specifier: one.word, ...tree.position(one.start) }] : [];
  });
}

function moduleErrors(tree: CodeTree, scopes: Scopes): CodeError[] {
  const errors: CodeError[] = [];
  const report = (code: CodeError["code"], message: string, at: CodeNode): void => {
    errors.push({ code, message, ...tree.position(at.start) });
  };
  const exportedTwice = (name: string | undefined, at: CodeNode): void =>
    report(
      "exported-reassigned",
      `The export ${name} is assigned after its declaration, so another file would see it change. Export a const, or a function that returns the value.`,
      at,
    );
  for (const binding of scopes.moduleBindings) {
    const at = binding.declarations.find(isExported);
    const isMerged = binding.kind === "namespace" || binding.kind === "enum";
    if (binding.isMutable && !isMerged && at !== undefined) exportedTwice(binding.name, at);
  }
  const visit = (node: CodeNode): void => {
    if (node.tag === "name") {
      const local = child(node, "local");
      if (local !== undefined && scopes.binding(local)?.isMutable === true) exportedTwice(local.word, node);
    }
    if (node.tag === "id" && node.word?.startsWith(hookName)) {
      report("reserved-name", `Names that begin with ${hookName} are reserved. Rename ${node.word}.`, node);
    }
    const isFree = node.tag === "id" && scopes.binding(node) === undefined;
    if (isFree && (node.word === "module" || node.word === "exports" || node.word === "require")) {
      report(
        "commonjs",
        `A strategy is made of ES modules; ${node.word} belongs to CommonJS. Use import and export.`,
        node,
      );
    }
    for (const one of children(node)) visit(one);
  };
  visit(tree.module);
  return errors;
}

function isExported(declaration: CodeNode): boolean {
  for (let at: CodeNode | undefined = declaration; at !== undefined; at = at.parent) {
    if (at.asides.has("exported")) return true;
    if (at.tag === "vars" || at.tag === "fn" || at.tag === "class") return false;
  }
  return false;
}
