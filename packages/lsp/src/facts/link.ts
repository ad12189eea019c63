import type { ManifestNode } from "@qmtl/core/static";
import { ts } from "../syntax/index.ts";
import { describedBuilder } from "./described-builder.ts";
import type { Cause } from "./facts.ts";
import type { Declared } from "./scope.ts";
import type { ParseSource, Source } from "./source.ts";
import { resolveRelative, type VirtualFiles } from "./virtual-files.ts";

/** What a name means, after imports and re-exports have been followed. */
export type Binding =
  | { readonly kind: "declaration"; readonly source: Source; readonly node: Declared | ts.ExportAssignment }
  /** An export of a package; `"*"` is the whole of it. */
  | { readonly kind: "package"; readonly specifier: string; readonly name: string }
  /** All exports of a file. */
  | { readonly kind: "module"; readonly source: Source }
  /** A member of a JSON file; `"default"` is the whole of it. */
  | { readonly kind: "json"; readonly path: string; readonly text: string; readonly name: string }
  | { readonly kind: "global"; readonly name: string }
  | { readonly kind: "unknown"; readonly cause: Cause };

/** A file with all that it imports by relative paths. */
export interface Linked {
  readonly entry: Source;
  /** The entry first. */
  readonly sources: readonly Source[];
  bindingOf(reference: ts.Identifier): Binding;
  exportOf(source: Source, name: string): Binding;
  exportNames(source: Source): readonly string[];
  /** What the manifest of a package says of a builder that it exports; undefined where it says nothing. */
  nodeBuilder(specifier: string, name: string): ManifestNode | undefined;
  /** Names that no file declares, `arguments` and `eval` among them where they are used. */
  readonly globals: ReadonlySet<string>;
  /** The JSON files among what it imports. */
  readonly data: ReadonlyMap<string, string>;
  /** Relative imports, by the path of their file, that lead to no file. */
  readonly unresolved: ReadonlyMap<string, readonly string[]>;
  /**
   * Every expression that means this declaration, or a part of the JSON file at this path, in any file; undefined where a
   * namespace carries it out of sight.
   */
  usesOf(declaration: ts.Node | string): readonly ts.Expression[] | undefined;
}

interface File {
  readonly source: Source;
  /** Specifier to what it names. */
  readonly imports: ReadonlyMap<string, Target>;
}

type Target =
  | { readonly kind: "source"; readonly path: string }
  | { readonly kind: "json"; readonly path: string; readonly text: string }
  | { readonly kind: "package" }
  | { readonly kind: "missing" };

export function link(files: VirtualFiles, entry: string, parse: ParseSource): Linked {
  const loaded = new Map<string, File>();
  const data = new Map<string, string>();
  const unresolved = new Map<string, string[]>();
  const queue = [entry];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (loaded.has(path)) continue;
    const source = parse(path, files.read(path) ?? "");
    const imports = new Map<string, Target>();
    for (const specifier of specifiers(source.file)) {
      const target = targetOf(files, path, specifier);
      imports.set(specifier, target);
      if (target.kind === "source") queue.push(target.path);
      if (target.kind === "json") data.set(target.path, target.text);
      if (target.kind === "missing") unresolved.set(path, [...(unresolved.get(path) ?? []), specifier]);
    }
    loaded.set(path, { source, imports });
  }
  const bindings = new Map<ts.Identifier, Binding>();
  let uses: ReturnType<typeof collectUses> | undefined;
  const linked: Linked = {
    entry: fileOf(entry).source,
    sources: [...loaded.values()].map(({ source }) => source),
    globals: new Set(
      [...loaded.values()].flatMap(({ source: { scopes } }) =>
        scopes.references.filter((each) => scopes.declarationOf(each) === undefined).map(({ text }) => text),
      ),
    ),
    data,
    unresolved,
    nodeBuilder: (specifier, name) => describedBuilder(files, specifier, name),
    bindingOf(reference) {
      const known = bindings.get(reference);
      if (known !== undefined) return known;
      const path = reference.getSourceFile().fileName;
      const declared = fileOf(path).source.scopes.declarationOf(reference);
      const binding: Binding =
        declared === undefined ? { kind: "global", name: reference.text } : followImport(fileOf(path), declared);
      bindings.set(reference, binding);
      return binding;
    },
    exportOf: (source, name) => exported(fileOf(source.path), name, new Set()),
    exportNames: (source) => names(fileOf(source.path), new Set()),
    usesOf(declaration) {
      uses ??= collectUses();
      return uses.escaped.has(declaration) ? undefined : (uses.of.get(declaration) ?? []);
    },
  };
  return linked;

  function fileOf(path: string): File {
    return loaded.get(path) as File;
  }

  function followImport(file: File, declared: Declared): Binding {
    if (ts.isImportSpecifier(declared))
      return imported(file, specifierOf(declared), (declared.propertyName ?? declared.name).text, new Set());
    if (ts.isNamespaceImport(declared)) return imported(file, specifierOf(declared), "*", new Set());
    if (ts.isImportClause(declared)) return imported(file, specifierOf(declared), "default", new Set());
    if (ts.isImportEqualsDeclaration(declared)) return unknown("syntax", "import = is outside the readable subset");
    return { kind: "declaration", source: file.source, node: declared };
  }

  function imported(file: File, specifier: string, name: string, seen: Set<string>): Binding {
    const target = file.imports.get(specifier);
    switch (target?.kind) {
      case "source": {
        const next = fileOf(target.path);
        return name === "*" ? { kind: "module", source: next.source } : exported(next, name, seen);
      }
      case "json":
        return name === "*"
          ? unknown("syntax", "A JSON file is imported by its default or by names")
          : { kind: "json", path: target.path, text: target.text, name };
      case "package":
        return { kind: "package", specifier, name };
      default:
        return unknown("unresolved-import", `There is no file for the import "${specifier}"`);
    }
  }

  function exported(file: File, name: string, seen: Set<string>): Binding {
    const key = `${file.source.path} ${name}`;
    if (seen.has(key)) return unknown("cycle", `The export "${name}" leads back to itself`);
    seen.add(key);
    const stars: string[] = [];
    for (const statement of file.source.file.statements) {
      if (ts.isExportAssignment(statement)) {
        if (name === "default" && statement.isExportEquals !== true)
          return { kind: "declaration", source: file.source, node: statement };
      } else if (ts.isExportDeclaration(statement)) {
        if (statement.isTypeOnly) continue;
        const specifier = textOf(statement.moduleSpecifier);
        const clause = statement.exportClause;
        if (clause === undefined) {
          if (specifier !== undefined && name !== "default") stars.push(specifier);
        } else if (ts.isNamespaceExport(clause)) {
          if (clause.name.text === name && specifier !== undefined) return imported(file, specifier, "*", seen);
        } else {
          const element = clause.elements.find((each) => each.name.text === name && !each.isTypeOnly);
          const local = element?.propertyName ?? element?.name;
          if (local === undefined) continue;
          if (specifier !== undefined) return imported(file, specifier, local.text, seen);
          return ts.isIdentifier(local) ? linked.bindingOf(local) : unknown("syntax", "An export by a quoted name");
        }
      } else {
        const declared = exportedDeclaration(statement, name);
        if (declared !== undefined) return { kind: "declaration", source: file.source, node: declared };
      }
    }
    const found = stars
      .map((specifier) => imported(file, specifier, name, new Set(seen)))
      .filter((b) => b.kind !== "unknown");
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    return found.length > 1
      ? unknown("no-such-export", `More than one export * gives "${name}"`)
      : unknown("no-such-export", `${file.source.path} does not export "${name}"`);
  }

  function names(file: File, seen: Set<string>): readonly string[] {
    if (seen.has(file.source.path)) return [];
    seen.add(file.source.path);
    const found = new Set<string>();
    for (const statement of file.source.file.statements) {
      if (ts.isExportAssignment(statement)) found.add("default");
      else if (ts.isExportDeclaration(statement)) {
        const clause = statement.exportClause;
        if (statement.isTypeOnly) continue;
        if (clause !== undefined && ts.isNamedExports(clause))
          for (const { name } of clause.elements) found.add(name.text);
        if (clause !== undefined) continue;
        const target = file.imports.get(textOf(statement.moduleSpecifier) ?? "");
        if (target?.kind === "source")
          for (const name of names(fileOf(target.path), seen)) if (name !== "default") found.add(name);
      } else for (const name of declaredNames(statement)) found.add(name);
    }
    return [...found];
  }

  function collectUses(): {
    of: ReadonlyMap<ts.Node | string, readonly ts.Expression[]>;
    escaped: ReadonlySet<ts.Node | string>;
  } {
    const of = new Map<ts.Node | string, ts.Expression[]>();
    const escaped = new Set<ts.Node | string>();
    for (const { source } of loaded.values())
      for (const reference of source.scopes.references) note(reference, linked.bindingOf(reference));
    return { of, escaped };

    function note(use: ts.Expression, binding: Binding): void {
      const key = keyOf(binding);
      if (key !== undefined) (of.get(key) ?? of.set(key, []).get(key))?.push(use);
      if (binding.kind !== "module") return;
      const { parent } = use;
      if (ts.isPropertyAccessExpression(parent) && parent.expression === use)
        note(parent, linked.exportOf(binding.source, parent.name.text));
      else if (!ts.isExportSpecifier(parent)) taint(binding.source, new Set());
    }

    function taint(source: Source, seen: Set<Source>): void {
      if (seen.has(source)) return;
      seen.add(source);
      for (const name of linked.exportNames(source)) {
        const binding = linked.exportOf(source, name);
        const key = keyOf(binding);
        if (key !== undefined) escaped.add(key);
        if (binding.kind === "module") taint(binding.source, seen);
      }
    }
  }
}

function keyOf(binding: Binding): ts.Node | string | undefined {
  if (binding.kind === "declaration") return binding.node;
  return binding.kind === "json" ? binding.path : undefined;
}

function unknown(code: Cause["code"], message: string): Binding {
  return { kind: "unknown", cause: { code, message } };
}

function targetOf(files: VirtualFiles, from: string, specifier: string): Target {
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return { kind: "package" };
  const path = resolveRelative(files, from, specifier);
  if (path === undefined) return { kind: "missing" };
  return path.endsWith(".json") ? { kind: "json", path, text: files.read(path) as string } : { kind: "source", path };
}

function specifiers(file: ts.SourceFile): string[] {
  const found: string[] = [];
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = textOf(statement.moduleSpecifier);
    if (specifier !== undefined) found.push(specifier);
  }
  return found;
}

function specifierOf(node: ts.ImportSpecifier | ts.NamespaceImport | ts.ImportClause): string {
  let outer: ts.Node = node;
  while (!ts.isImportDeclaration(outer)) outer = outer.parent;
  return textOf(outer.moduleSpecifier) ?? "";
}

function textOf(node: ts.Expression | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

function exportedDeclaration(statement: ts.Statement, name: string): Declared | undefined {
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return undefined;
  if (ts.isVariableStatement(statement)) {
    for (const declaration of statement.declarationList.declarations) {
      const found = boundName(declaration, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!ts.isFunctionDeclaration(statement) && !ts.isClassDeclaration(statement) && !ts.isEnumDeclaration(statement))
    return undefined;
  const as = hasModifier(statement, ts.SyntaxKind.DefaultKeyword) ? "default" : statement.name?.text;
  return as === name ? statement : undefined;
}

function boundName(node: ts.VariableDeclaration | ts.BindingElement, name: string): Declared | undefined {
  if (ts.isIdentifier(node.name)) return node.name.text === name ? node : undefined;
  for (const element of node.name.elements) {
    const found = ts.isBindingElement(element) ? boundName(element, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function declaredNames(statement: ts.Statement): string[] {
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) return ["default"];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(namesOf);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement))
    return statement.name === undefined ? [] : [statement.name.text];
  return [];
}

function namesOf(node: ts.VariableDeclaration | ts.BindingElement): string[] {
  if (ts.isIdentifier(node.name)) return [node.name.text];
  return node.name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element) : []));
}
