import type { Capture } from "./captures.ts";
import { type CodeNode, type CodeTree, child, children, isFunction, list } from "./code-tree.ts";
import type { Scopes } from "./scopes.ts";

/** The one identifier that tagged code uses; names that begin with it are refused in sources. */
export const hookName = "__qmtl";

export interface TaggedLiteral {
  readonly index: number;
  readonly captures: readonly Capture[];
}

export interface Tags {
  /** What the module imports from packages, as `specifier#export`. */
  readonly imports: readonly string[];
  /** The source with its tags; `id` names the module in them. */
  write(id: string): string;
}

/** At one position first what closes, the innermost first; then statements; then what opens, the outermost first. */
type Rank = "close" | "statement" | "open";
const ranks: readonly Rank[] = ["close", "statement", "open"];

interface Insertion {
  readonly at: number;
  readonly rank: Rank;
  /** Orders within the rank: smaller first. */
  readonly order: number;
  readonly text: (id: string) => string;
}

/** Properties whose function runs for every bar; the closures it makes are never captured by another node. */
const hotNames = new Set(["compute", "state"]);
const callbackMethods = new Set(
  "map filter reduce reduceRight forEach some every find findIndex findLast findLastIndex sort toSorted flatMap from".split(
    " ",
  ),
);

/**
 * Decides which literals of a module get a tag, and where it is written. Left untagged, which is always safe: what stands
 * inside a hot function, callbacks of array methods, functions called on the spot, and the strategy's own `graph`.
 */
export function tagSource(tree: CodeTree, scopes: Scopes, identify: (literal: CodeNode) => TaggedLiteral): Tags {
  const insertions: Insertion[] = [];
  const imports: string[] = [];
  const firstStatement = list(tree.module, "statements")[0]?.start ?? 0;

  function insert(at: number, rank: Rank, order: number, text: (id: string) => string): void {
    insertions.push({ at, rank, order, text });
  }

  /** `"site", () => [captures]` */
  function tagOf(literal: CodeNode): (id: string) => string {
    const { index, captures } = identify(literal);
    const thunk = captures.map((one) => (one.binding.isMutable ? "void 0" : captureText(one)));
    return (id) => `"${id}.${index}", () => [${thunk.join(", ")}]`;
  }

  function wrap(node: CodeNode, open: string, close: (id: string) => string): void {
    insert(node.start, "open", -node.end, () => open);
    insert(node.end, "close", -node.start, (id) => `, ${close(id)})`);
  }

  function tagExpression(node: CodeNode): void {
    if (isCalledOnTheSpot(node) || isArrayCallback(node) || isGraph(node)) return;
    wrap(node, `${hookName}.t(`, tagOf(node));
  }

  /** Before anything else of its block has run, so that the name still stands for this function. */
  function tagDeclaration(node: CodeNode): void {
    const block = node.parent;
    const name = child(node, "name");
    const binding = name === undefined ? undefined : scopes.binding(name);
    if (block === undefined || (block.tag !== "module" && block.tag !== "block") || binding?.isMutable === true) return;
    if (block.parent?.tag === "namespace") return;
    const at = block.tag === "module" ? firstStatement : block.start + 1;
    const tag = tagOf(node);
    const alias = name?.word ?? `${hookName}_default`;
    if (name === undefined) insert(node.anchor ?? node.start, "statement", 0, () => ` ${alias}`);
    insert(at, "statement", node.start, (id) => `${hookName}.t(${alias}, ${tag(id)});`);
  }

  function tagClass(node: CodeNode): void {
    const tag = tagOf(node);
    insert(node.anchor ?? node.start, "statement", 0, (id) => ` static { ${hookName}.t(this, ${tag(id)}); } `);
  }

  /** A method's function is the property's value only when nothing later in the literal can replace it. */
  function tagMethods(node: CodeNode): void {
    const properties = list(node, "properties");
    const tagged = properties.filter((one, index) => isTaggableMethod(one, properties.slice(index + 1)));
    if (tagged.length === 0) return;
    const tags = tagged.map((one) => ({ key: JSON.stringify(child(one, "name")?.word), tag: tagOf(one) }));
    wrap(node, `${hookName}.m(`, (id) => `[${tags.map(({ key, tag }) => `[${key}, ${tag(id)}]`).join(", ")}]`);
  }

  /** Packages are linked before any code of the module runs. */
  function linkPackages(node: CodeNode): void {
    const specifier = node.word ?? "";
    if (/^[./]/.test(specifier) || specifier.startsWith("@qmtl/")) return;
    const link = (local: string, exported: string): void => {
      imports.push(`${specifier}#${exported}`);
      const call = `${JSON.stringify(specifier)}, ${JSON.stringify(exported)}`;
      insert(firstStatement, "statement", -1, (id) => `${hookName}.x(() => ${local}, "${id}", ${call});`);
    };
    for (const one of list(node, "bindings")) {
      const name = child(one, "name");
      if (name !== undefined && isUsed(name)) link(name.word ?? "", one.word ?? "");
    }
    for (const [index, one] of list(node, "names").entries()) {
      const local = `${hookName}_${node.start}_${index}`;
      const exported = one.word ?? "";
      const clause = exported === "*" ? `* as ${local}` : `{ ${importName(exported)} as ${local} }`;
      const statement = `import ${clause} from ${JSON.stringify(specifier)};`;
      insert(firstStatement, "statement", -2, () => statement);
      link(local, exported);
    }
  }

  const used = new Set<unknown>();
  const collect = (node: CodeNode): void => {
    const binding = node.tag === "id" ? scopes.binding(node) : undefined;
    if (binding !== undefined && !binding.declarations.includes(node)) used.add(binding);
    for (const one of children(node)) collect(one);
  };
  collect(tree.module);
  /** An import that is only used as a type does not exist at run time. */
  const isUsed = (name: CodeNode): boolean => used.has(scopes.binding(name));

  function walk(node: CodeNode, isHot: boolean): void {
    if (node.tag === "import" || (node.tag === "reexport" && node.word !== undefined)) linkPackages(node);
    if (node.tag === "namespace") return;
    if (!isHot) {
      if (node.tag === "fn" && node.asides.has("statement")) tagDeclaration(node);
      else if (node.tag === "fn" || node.tag === "arrow") tagExpression(node);
      else if (node.tag === "class") tagClass(node);
      else if (node.tag === "object") tagMethods(node);
    }
    const isInside = isHot || isHotFunction(node);
    for (const one of children(node)) walk(one, isInside);
  }
  walk(tree.module, false);

  return {
    imports,
    write(id) {
      insertions.sort((a, b) => a.at - b.at || ranks.indexOf(a.rank) - ranks.indexOf(b.rank) || a.order - b.order);
      const out: string[] = [];
      let last = 0;
      for (const { at, text } of insertions) {
        out.push(tree.text.slice(last, at), text(id));
        last = at;
      }
      out.push(tree.text.slice(last));
      return out.join("");
    },
  };
}

function captureText({ binding, property }: Capture): string {
  const value = binding.isNamespaceImport ? `${hookName}.ns(${binding.name})` : binding.name;
  return property === undefined ? value : `${hookName}.p(${value}, ${JSON.stringify(property)})`;
}

const importName = (exported: string): string => (/^[\w$]+$/.test(exported) ? exported : JSON.stringify(exported));

/** Also `new function () {}`, which with a tag would construct the tagging call. */
function isCalledOnTheSpot(node: CodeNode): boolean {
  const user = node.parent;
  return (user?.tag === "call" || user?.tag === "new") && child(user, "expression") === node;
}

function isArrayCallback(node: CodeNode): boolean {
  const call = node.parent;
  if (call?.tag !== "call" || !list(call, "arguments").includes(node)) return false;
  const callee = child(call, "expression");
  return callee?.tag === "get." && callbackMethods.has(child(callee, "name")?.word ?? "");
}

function keyOf(node: CodeNode): string | undefined {
  const holder = node.tag === "method" ? node : node.parent?.tag === "prop" ? node.parent : undefined;
  const key = holder === undefined ? undefined : child(holder, "name");
  return key?.tag === "key" ? key.word : undefined;
}

const isGraph = (node: CodeNode): boolean => keyOf(node) === "graph";

function isHotFunction(node: CodeNode): boolean {
  if (!isFunction(node) || node.tag === "get" || node.tag === "set" || node.parent?.tag === "class") return false;
  return hotNames.has(keyOf(node) ?? "");
}

function isTaggableMethod(node: CodeNode, later: readonly CodeNode[]): boolean {
  const key = child(node, "name");
  if (node.tag !== "method" || key?.tag !== "key" || isGraph(node)) return false;
  return later.every((one) => {
    const other = child(one, "name");
    return one.tag !== "spread" && other?.tag === "key" && other.word !== key.word && other.word !== "__proto__";
  });
}
