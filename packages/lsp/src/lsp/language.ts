import { MANIFEST_FILE } from "@qmtl/core/static";
import {
  type CompletionItem,
  CompletionItemKind,
  type Connection,
  type Location,
  LSPErrorCodes,
  MarkupKind,
  type Range,
  ResponseError,
  SemanticTokensBuilder,
  SymbolKind,
  type TextDocumentPositionParams,
  type DocumentSymbol as WireSymbol,
  type WorkspaceSymbol,
} from "vscode-languageserver/node";
import { holds, type Place, type Position, packageOf, textLines } from "../facts/index.ts";
import {
  downstreamOf,
  type HierarchyItem,
  hierarchyItemAt,
  hierarchyItemOf,
  upstreamOf,
} from "../features/call-hierarchy.ts";
import { codeLensesOf } from "../features/code-lens.ts";
import type { Completion } from "../features/completion.ts";
import { completionsAt } from "../features/completion.ts";
import { definitionsAt, referencesOf } from "../features/definition.ts";
import { foldingRangesOf } from "../features/folding.ts";
import { graphAnswerOf } from "../features/graph.ts";
import { hoverAt } from "../features/hover.ts";
import { inlayHintsOf } from "../features/inlay-hints.ts";
import { knownNames, projectSymbolsOf, selectedTags, worldsThatFit } from "../features/known-names.ts";
import { judgedProjectOf } from "../features/projects.ts";
import type { ProjectsAnswer } from "../features/projects-answer.ts";
import { rename, renameRefusal } from "../features/rename.ts";
import { semanticTokensOf, TOKEN_MODIFIERS, TOKEN_TYPES } from "../features/semantic-tokens.ts";
import type { Mark } from "../features/subject.ts";
import { type DocumentSymbol, symbolsOf } from "../features/symbols.ts";
import { markAt } from "../features/view.ts";
import { worldCompletionsAt } from "../features/world-completion.ts";
import { worldDefinitionsAt, worldHoverAt, worldMarkAt } from "../features/world-hover.ts";
import { worldMarksOf } from "../features/world-marks.ts";
import { worldFoldingOf, worldSymbolsOf } from "../features/world-symbols.ts";
import { CONFIG_FILE, type ProjectWorld } from "../project/index.ts";
import type { CheckAnswer } from "./check-answer.ts";
import { checkAnswerOf } from "./check-workspace.ts";
import { codeActionsFor, workspaceEditOf } from "./code-actions.ts";
import { marksAround } from "./marks-around.ts";
import type { ProjectRoot } from "./project-root.ts";
import type { Publisher } from "./publisher.ts";
import { positionOf, rangeOf, wirePositionOf } from "./ranges.ts";
import type { ClientSettings } from "./settings.ts";
import type { Located, Workspace } from "./workspace.ts";

export interface LanguageServices {
  readonly workspace: Workspace;
  readonly publisher: Publisher;
  readonly settings: () => ClientSettings | undefined;
  /** Resolves when the folders that are open were looked through. */
  readonly looked: () => Promise<unknown>;
}

/** Answers what an editor asks about a place or a file. A file that nobody knows has no answer. */
export function answerLanguageRequests(
  connection: Connection,
  { workspace, publisher, settings, looked }: LanguageServices,
): void {
  const builders = new Map<string, SemanticTokensBuilder>();
  const located = ({ textDocument }: { readonly textDocument: { readonly uri: string } }) =>
    workspace.locate(textDocument.uri);
  const marked = (params: TextDocumentPositionParams): (Located & { readonly mark: Mark | undefined }) | undefined => {
    const at = located(params);
    return at === undefined ? undefined : { ...at, mark: markOf(at, params) };
  };

  connection.onHover((params) => {
    const at = located(params);
    if (at === undefined) return null;
    const world = worldOf(at);
    const position = positionOf(params.position);
    const hover =
      world !== undefined
        ? worldHoverAt(world, position, at.root.analysis.project())
        : hoverAt(at.root.view(at.path), position, {
            worldsOf: (stream) => worldsThatFit(stream, at.root.analysis.project()),
            lastRun: () => {
              const last = at.root.lastRun(at.path);
              return last?.isCurrent === true ? last.run : undefined;
            },
          });
    if (hover === undefined) return null;
    return { contents: { kind: MarkupKind.Markdown, value: hover.markdown }, range: rangeOf(hover.place) };
  });

  connection.onCompletion((params) => {
    const at = located(params);
    if (at === undefined) return null;
    const world = worldOf(at);
    const position = positionOf(params.position);
    const found =
      world !== undefined
        ? worldCompletionsAt(at.path, world.text, position, at.root.analysis.project(), tagsIn(at.root))
        : completionsAt(at.root.view(at.path), position, knownNames(at.root.analysis.project()));
    const isTyped = settings()?.typescript === true && world === undefined;
    // What TypeScript offers from the types is not offered twice.
    return found.filter(({ kind }) => !(isTyped && TYPED.has(kind))).map((each, index) => itemOf(each, index));
  });

  connection.onDefinition((params) => {
    const at = located(params);
    if (at === undefined) return null;
    const world = worldOf(at);
    const position = positionOf(params.position);
    const places =
      world !== undefined
        ? worldDefinitionsAt(world, position, at.root.analysis.project(), (specifier, name) =>
            placeInManifest(at.root, specifier, name),
          )
        : definitionsIn(at, position);
    return places.map((place) => locationOf(at.root, place));
  });

  connection.onReferences(async (params, token) => {
    const at = marked(params);
    if (at?.mark === undefined) return null;
    const marks = await marksAround(at, at.mark, token);
    if (marks === undefined) return null;
    const found = referencesOf(at.mark.key, marks, { definitions: params.context.includeDeclaration });
    return found.map(({ place }) => locationOf(at.root, place));
  });

  connection.onDocumentHighlight((params) => {
    const at = marked(params);
    if (at?.mark === undefined) return null;
    const world = worldOf(at);
    const marks = world === undefined ? at.root.view(at.path).marks() : worldMarksOf(world);
    return referencesOf(at.mark.key, [marks], { definitions: true })
      .filter(({ place }) => place.file === at.path)
      .map(({ place, role }) => ({ range: rangeOf(place), kind: role === "read" ? 2 : 3 }));
  });

  connection.onPrepareRename(async (params, token) => {
    const at = marked(params);
    if (at?.mark === undefined) return null;
    const marks = await marksAround(at, at.mark, token);
    if (marks === undefined || renameRefusal(at.mark, marks) !== undefined) return null;
    return { range: rangeOf(at.mark.place), placeholder: at.mark.text };
  });

  connection.onRenameRequest(async (params, token) => {
    const at = marked(params);
    if (at?.mark === undefined) return null;
    const marks = await marksAround(at, at.mark, token);
    if (marks === undefined) return null;
    const renaming = rename(at.mark, params.newName, marks);
    if (renaming.kind === "refused") throw new ResponseError(LSPErrorCodes.RequestFailed, renaming.reason);
    return workspaceEditOf(at.root, renaming.edits);
  });

  connection.onDocumentSymbol((params) => {
    const at = located(params);
    if (at === undefined) return null;
    const world = worldOf(at);
    if (world !== undefined) return worldSymbolsOf(world).map(wireSymbolOf);
    return symbolsOf(at.root.view(at.path)).map(wireSymbolOf);
  });

  connection.onWorkspaceSymbol(({ query }, token): WorkspaceSymbol[] => {
    const wanted = query.toLowerCase();
    const found: WorkspaceSymbol[] = [];
    for (const root of workspace.roots()) {
      for (const { name, kind, place } of projectSymbolsOf(modulesOf(root), root.analysis.project())) {
        if (token.isCancellationRequested || found.length >= MOST_SYMBOLS) return found;
        if (isSubsequence(wanted, name.toLowerCase()))
          found.push({ name, kind: SYMBOL_KINDS[kind], location: locationOf(root, place) });
      }
    }
    return found;
  });

  connection.languages.inlayHint.on((params) => {
    const at = located(params);
    if (at === undefined || worldOf(at) !== undefined) return null;
    const { view, carry } = at.root.steady(at.path);
    const whole = { start: positionOf(params.range.start), end: positionOf(params.range.end) };
    const last = at.root.lastRun(at.path);
    const lastRun = last === undefined ? undefined : { world: last.run.world, isCurrent: last.isCurrent };
    return inlayHintsOf(view, EVERYWHERE, lastRun).flatMap(({ position, text }) => {
      const place = carry({ file: at.path, start: position, end: position });
      if (place === undefined || !holds(whole, place.start)) return [];
      return [{ position: wirePositionOf(place.start), label: text, paddingLeft: false }];
    });
  });

  connection.onCodeLens((params) => {
    const at = located(params);
    const command = settings()?.submitCommand;
    if (at === undefined || command === undefined) return null;
    const { view, carry } = at.root.steady(at.path);
    return codeLensesOf(view).flatMap(({ place: then, strategy, submits }) => {
      const place = carry(then);
      if (place === undefined || !submits) return [];
      const { uri } = params.textDocument;
      return [
        { range: rangeOf(place), command: { title: "Submit to world", command, arguments: [{ uri, strategy }] } },
      ];
    });
  });

  connection.onFoldingRanges((params) => {
    const at = located(params);
    if (at === undefined) return null;
    const world = worldOf(at);
    const ranges = world !== undefined ? worldFoldingOf(world) : foldingRangesOf(at.root.view(at.path));
    return ranges.map(({ from, to }) => ({ startLine: from - 1, endLine: to - 1 }));
  });

  connection.languages.semanticTokens.on((params) => {
    const builder = new SemanticTokensBuilder();
    builders.set(params.textDocument.uri, builder);
    const at = located(params);
    if (at !== undefined) push(builder, at);
    return builder.build();
  });
  connection.languages.semanticTokens.onDelta((params) => {
    const builder = builders.get(params.textDocument.uri) ?? new SemanticTokensBuilder();
    builders.set(params.textDocument.uri, builder);
    builder.previousResult(params.previousResultId);
    const at = located(params);
    if (at !== undefined) push(builder, at);
    return builder.buildEdits();
  });
  connection.languages.semanticTokens.onRange((params) => {
    const builder = new SemanticTokensBuilder();
    const at = located(params);
    if (at !== undefined) push(builder, at, params.range);
    return builder.build();
  });

  connection.languages.callHierarchy.onPrepare((params) => {
    const at = located(params);
    const item = at === undefined ? undefined : hierarchyItemAt(at.root.view(at.path), positionOf(params.position));
    return at === undefined || item === undefined ? null : [hierarchyOf(at, item)];
  });
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) => {
    const from = itemFrom(item.data);
    if (from === undefined) return null;
    return upstreamOf(from.root.view(from.path), from.item).map((step) => ({
      to: hierarchyOf(from, step.item),
      fromRanges: step.reads.map(rangeOf),
    }));
  });
  connection.languages.callHierarchy.onIncomingCalls(({ item }) => {
    const from = itemFrom(item.data);
    if (from === undefined) return null;
    return downstreamOf(from.root.view(from.path), from.item).map((step) => ({
      from: hierarchyOf(from, step.item),
      fromRanges: step.reads.map(rangeOf),
    }));
  });

  connection.onCodeAction((params) => {
    const at = located(params);
    if (at === undefined) return null;
    // What was published may be older than the text that the actions are for.
    const findings = at.root.analysis.findings(at.path) ?? publisher.findings(at) ?? [];
    return [...codeActionsFor(at.root, at.path, findings, params)];
  });

  connection.onRequest("qmtl/graph", async (params: unknown) => {
    const uri = uriIn(params);
    await looked();
    const at = uri === undefined ? undefined : workspace.locate(uri);
    if (uri === undefined || at === undefined || worldOf(at) !== undefined) return null;
    const { view, carry } = at.root.steady(at.path);
    return graphAnswerOf(view, (place) => {
      const now = carry(place);
      return now === undefined ? null : locationOf(at.root, now);
    });
  });

  connection.onRequest("qmtl/check", async (): Promise<CheckAnswer> => {
    await looked();
    await publisher.idle();
    return checkAnswerOf(workspace, publisher);
  });
  connection.onRequest(
    "qmtl/projects",
    (): ProjectsAnswer<Location> => ({
      projects: workspace
        .roots()
        .filter((root) => root.has(CONFIG_FILE))
        .map((root) => ({
          folder: root.folder,
          ...judgedProjectOf(root.analysis.project(), strategyViews(root), (place) => locationOf(root, place)),
        })),
    }),
  );

  function hierarchyOf({ root, path }: Located, item: HierarchyItem) {
    return {
      name: item.name,
      detail: item.detail,
      kind: SymbolKind.Variable,
      uri: root.uriOf(item.place.file),
      range: rangeOf(item.place),
      selectionRange: rangeOf(item.selection),
      data: { uri: root.uriOf(path), strategy: item.strategy, node: item.node },
    };
  }

  function itemFrom(data: unknown): (Located & { readonly item: HierarchyItem }) | undefined {
    const { strategy, node } = (data ?? {}) as { readonly strategy?: unknown; readonly node?: unknown };
    const uri = uriIn({ textDocument: data });
    const at = uri === undefined ? undefined : workspace.locate(uri);
    if (at === undefined || typeof strategy !== "number" || typeof node !== "number") return undefined;
    const item = hierarchyItemOf(at.root.view(at.path), strategy, node);
    return item === undefined ? undefined : { ...at, item };
  }

  function push(builder: SemanticTokensBuilder, at: Located, within?: Range): void {
    if (worldOf(at) !== undefined) return;
    for (const { start, length, type, modifiers } of semanticTokensOf(at.root.view(at.path))) {
      const { line, character } = wirePositionOf(start);
      if (within !== undefined && (line < within.start.line || line > within.end.line)) continue;
      const bits = modifiers.reduce((sum, each) => sum | (1 << TOKEN_MODIFIERS.indexOf(each)), 0);
      builder.push(line, character, length, TOKEN_TYPES.indexOf(type), bits);
    }
  }
}

const MOST_SYMBOLS = 500;
const TYPED: ReadonlySet<Completion["kind"]> = new Set(["column", "input", "interval", "domain", "word"]);
const EVERYWHERE = { start: { line: 1, column: 1 }, end: { line: Number.MAX_SAFE_INTEGER, column: 1 } };

function worldOf({ root, path }: Located): ProjectWorld | undefined {
  if (!/\.ya?ml$/.test(path)) return undefined;
  return root.analysis.project().worlds.find((world) => world.path === path);
}

function markOf(at: Located, { position }: TextDocumentPositionParams): Mark | undefined {
  const world = worldOf(at);
  return world === undefined
    ? markAt(at.root.view(at.path), positionOf(position))
    : worldMarkAt(world, positionOf(position));
}

function* modulesOf(root: ProjectRoot) {
  for (const path of root.analysis.paths()) {
    const facts = root.analysis.module(path)?.facts;
    if (facts !== undefined) yield facts;
  }
}

function* strategyViews(root: ProjectRoot) {
  for (const path of root.analysis.paths())
    if ((root.analysis.module(path)?.facts.strategies.length ?? 0) > 0) yield root.view(path);
}

function tagsIn(root: ProjectRoot): readonly string[] {
  return selectedTags([...modulesOf(root)].flatMap(({ strategies }) => strategies));
}

/** Where a manifest describes a metric. */
function placeInManifest(root: ProjectRoot, specifier: string, name: string): Place | undefined {
  const file = `node_modules/${packageOf(specifier)}/${MANIFEST_FILE}`;
  const text = root.text(file) ?? "";
  const found = new RegExp(`"name"\\s*:\\s*"(${name})"`).exec(text);
  if (found === null) return undefined;
  const lines = textLines(text);
  const to = found.index + found[0].length - 1;
  return { file, start: lines.positionAt(to - name.length), end: lines.positionAt(to) };
}

/** Where a word is written; tags and symbols are written in world files. */
function definitionsIn({ root, path }: Located, position: Position): readonly Place[] {
  const view = root.view(path);
  const mark = markAt(view, position);
  if (mark?.subject.kind !== "tag" && mark?.subject.kind !== "symbol") return definitionsAt(view, position);
  return root.analysis
    .project()
    .worlds.flatMap((world) => worldMarksOf(world))
    .filter(({ key, role }) => key === mark.key && role === "definition")
    .map(({ place }) => place);
}

function locationOf(root: ProjectRoot, place: Place): Location {
  return { uri: root.uriOf(place.file), range: rangeOf(place) };
}

const ITEM_KINDS: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  column: CompletionItemKind.Field,
  input: CompletionItemKind.Variable,
  tag: CompletionItemKind.EnumMember,
  symbol: CompletionItemKind.EnumMember,
  interval: CompletionItemKind.EnumMember,
  domain: CompletionItemKind.EnumMember,
  word: CompletionItemKind.EnumMember,
  metric: CompletionItemKind.Variable,
  key: CompletionItemKind.Property,
  plugin: CompletionItemKind.Module,
  preset: CompletionItemKind.Module,
};

function itemOf({ label, kind, detail, insert, replace, documentation }: Completion, index: number): CompletionItem {
  return {
    label,
    kind: ITEM_KINDS[kind],
    ...(detail !== "" && { detail }),
    ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    // In the order in which things are declared.
    sortText: String(index).padStart(4, "0"),
    filterText: insert,
    textEdit: { range: rangeOf(replace), newText: insert },
  };
}

const SYMBOL_KINDS: Readonly<Record<DocumentSymbol["kind"], SymbolKind>> = {
  strategy: SymbolKind.Class,
  param: SymbolKind.Constant,
  node: SymbolKind.Variable,
  column: SymbolKind.Field,
  world: SymbolKind.Namespace,
  preset: SymbolKind.Module,
  gate: SymbolKind.Boolean,
  symbol: SymbolKind.EnumMember,
};

function wireSymbolOf({ name, detail, kind, place, selection, children }: DocumentSymbol): WireSymbol {
  return {
    name: name === "" ? "?" : name,
    detail,
    kind: SYMBOL_KINDS[kind],
    range: rangeOf(place),
    selectionRange: rangeOf(selection),
    children: children.map(wireSymbolOf),
  };
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === wanted[at]) at++;
  return at >= wanted.length;
}

function uriIn(params: unknown): string | undefined {
  const { textDocument } = (params ?? {}) as { readonly textDocument?: unknown };
  const { uri } = (textDocument ?? {}) as { readonly uri?: unknown };
  return typeof uri === "string" ? uri : undefined;
}
