import ts from "typescript";

/** Every kind of syntax that a compute can hold, each in a form where each token has a meaning. */
export const allSyntax: readonly string[] = [
  "export const it = (i, s = { n: 1 }, ...r) => { const a = i.x + 2 * 3 - s.n ** 2 / 4 % 5, b = !a, c = ~a; return [a, b, c, -a, +a, r]; };",
  "export const it = ({ a, b: [c, , d = 4], ...e }) => { let f = a, g = c; f += 1; g -= 2; f *= 3; g /= 4; f **= 2; g %= 3; return f + g + d + e.h; };",
  "export const it = (i) => { let n = i.n; for (let k = 0, m = 9; k < m; k++) { if (k === 3) continue; if (k !== 7) n += k; else break; } return n; };",
  "export const it = (i) => { let n = 0; for (const v of i.v) for (const k in v) { n += v[k]; } while (n > 9) n--; do { n++; } while (n < 3); return n; };",
  "export const it = (i) => { outer: for (const v of i.v) { inner: for (const w of v) { if (w) continue outer; else break inner; } } return i.v; };",
  'export const it = (i) => { switch (i.k) { case 1: return "a"; case "b": { return i.x; } default: return null; case 3: break; } return undefined; };',
  "export const it = (i) => { try { if (i.x) throw i.y; return 1; } catch (e) { return e.m; } finally { i.z(); } };",
  "export const it = (i) => { try { return i.x(); } catch { return i.y; } };",
  "export const it = (i) => i?.a?.[i.b]?.(i.c) ?? (i.d || i.e) ?? (i.f && i.g);",
  "export const it = (i) => { let v = i.v; v ||= i.a; v &&= i.b; v ??= i.c; v <<= 1; v >>= 2; v >>>= 3; v |= 4; v ^= 5; v &= 6; return v; };",
  "export const it = (i) => [i.a < i.b, i.a > i.b, i.a <= i.b, i.a >= i.b, i.a == i.b, i.a != i.b, i.a === i.b, i.a !== i.b, i.a << 1, i.b >> 2, i.a >>> 3, i.a & 4, i.b | 5, i.a ^ 6];",
  "export const it = (i) => ({ a: i.x, ['b' + i.y]: 1, 'c d': 2, 3: 4, ...i.z, get e() { return i.e; }, set e(v) { i.e(v); }, f(q) { return q; }, *g(q) { yield q; yield* q; }, i });",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
  "export const it = (i) => `p${i.a}q${i.b + 1}r`.length + String.raw`s${i.c}\\n`.length + `t`;",
  "export const it = (i) => /a[b-d]+/gi.test(i.s) ? 'x\\n' : \"y\";",
  "export const it = (i) => { class A { static n = 1; m = i.m; #p = 2; static #q(x) { return x; } ['k' + i.k]() { return 3; } get g() { return this.#p; } set g(v) { this.m = v; } static { A.n = 5; } constructor(x, ...y) { this.x = x; this.y = y; } has(o) { return #p in o && A.#q(o); } } return new A(1, ...i.r).g + A.n; };",
  "export const it = (i) => { class B { v() { return 1; } } class C extends B { v() { return super.v() + 1; } constructor() { super(); new.target.z; } } return new C().v() + (class D extends C { static w = D.name; }).w.length; };",
  "export const it = function f(i, j = f) { function g(x) { return h(x); } function h(x) { return x > 0 ? g(x - 1) : j; } const k = (y) => y, l = (z) => { return z; }; return g(i.a) + k(l(i.b)) + (function () { return this; })(); };",
  "export const it = (i) => { var a = 1; { let a = 2; { const a = 3; i.f(a); } i.g(a); } return a; };",
  "export const it = (i) => { delete i.a; void i.b; typeof i.c; 'd' in i; i instanceof Array; (i.e, i.f); i.g++; ++i.h; i.j--; --i.k; };",
  "export const it = (i) => { let a, b, c; [a, b = 2, ...c] = i.v; ({ a, p: b, q: c = 3 } = i.w); [b, a] = [a, b]; return a + b + c.length; };",
  "export const it = (i) => i.v + 1_000 + 0x10 + 0b11 + 0o17 + 1e3 + 0.5 + 7n + 0x1Fn + -0;",
  "export const it = (i) => { function* g(n) { const x = yield n; return yield* g(x); } return [...g(i.n)].map((v, k) => v * k).filter(Boolean).reduce((p, q) => p + q, 0); };",
  "export const it = (i) => { if (i.a) { debugger; } else if (i.b) ; else { return; } for (;;) { if (i.c()) break; } };",
  "export const it = (i) => new (i.make())(1).k + new Map([[1, 2]]).size + (() => { })() + [, 1, , 2].length + [].at(-1);",
];

/** Types and their like around code; only `.ts` files have them. */
export const typedSyntax: readonly string[] = [
  "export const it = (i: { a: number }, s?: string): number => { const a: number = i.a as number; let b = <any>a + s; b! += 1; return (b satisfies number) + f<number>(a); function f<T extends number>(x: T): T { return x; } };",
  "export const it = (i) => { enum E { A = 1, B, C = 'c', D = A + 2 } const enum F { X = 4 } return [E.A, E.B, E.C, E.D, F.X, E[i.k]]; };",
  "export const it = (i) => { abstract class A { abstract m(): void; private readonly n: number = 1; declare z: string; static override s = 2; constructor(public x: number, private y = 3, z?: number) { this.n = z!; } [key: string]: any; o?(): void; p!: number; } interface I { q: number } type T = I['q']; return new (A as any)(i).x as T; };",
  "export const it = (i) => { function o(x: number): number; function o(x: string): string; function o(x: any): any { return x; } declare const z: number; return o(i.a!)!.b!.c; };",
];

const replacements: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "+": ["-", "*"],
    "-": ["+"],
    "*": ["/", "**", ""],
    "/": ["*", "%"],
    "%": ["*"],
    "**": ["*"],
    "<": ["<=", ">"],
    ">": [">=", "<"],
    "<=": ["<"],
    ">=": [">"],
    "==": ["===", "!="],
    "!=": ["=="],
    "===": ["==", "!=="],
    "!==": ["==="],
    "&&": ["||"],
    "||": ["&&", "??"],
    "??": ["||"],
    "&": ["|"],
    "|": ["^"],
    "^": ["&"],
    "<<": [">>"],
    ">>": [">>>", "<<"],
    ">>>": [">>"],
    "=": ["+=", "??="],
    "+=": ["-=", "="],
    "-=": ["+="],
    "*=": ["/="],
    "/=": ["*="],
    "**=": ["*="],
    "%=": ["/="],
    "||=": ["&&="],
    "&&=": ["||="],
    "??=": ["||="],
    "<<=": [">>="],
    ">>=": [">>>="],
    ">>>=": [">>="],
    "|=": ["^="],
    "^=": ["&="],
    "&=": ["|="],
    "++": ["--"],
    "--": ["++"],
    "?.": ["."],
    ".": ["?."],
    "!": ["~", "-"],
    "~": ["-", "!"],
    let: ["const", "var"],
    const: ["let", "var"],
    var: ["let", "const"],
    break: ["continue"],
    continue: ["break"],
    in: ["instanceof", "of"],
    of: ["in"],
    instanceof: ["in"],
    typeof: ["void", "delete"],
    void: ["typeof"],
    delete: ["void"],
    while: ["if"],
    if: ["while"],
    return: ["throw", "void"],
    throw: ["return"],
    true: ["false"],
    false: ["true"],
    null: ["undefined"],
    this: ["undefined"],
    super: ["this"],
    get: ["set", "static", "async"],
    set: ["get"],
    "...": [""],
    static: [""],
    "=>": [],
    "?": [],
    async: [""],
    yield: ["void"],
    private: ["public", ""],
    public: ["protected", ""],
    readonly: [""],
    declare: [""],
    abstract: [""],
    override: [""],
  }),
);

/** One changed text per token and way to change it, and per pair of neighbours swapped, and per part left out. */
export function mutationsOf(source: string): string[] {
  const file = ts.createSourceFile("m.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const names = new Set<string>();
  const found: string[] = [];
  const replace = (start: number, end: number, text: string): void => {
    found.push(source.slice(0, start) + text + source.slice(end));
  };
  const each = (node: ts.Node, visit: (node: ts.Node) => void): void => {
    visit(node);
    for (const one of node.getChildren(file)) each(one, visit);
  };
  each(file, (node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
  });
  const afterName = source.indexOf("=");
  each(file, (node) => {
    const start = node.getStart(file);
    if (start < afterName || isErased(node)) return;
    if (node.getChildCount(file) === 0) mutateToken(node, start);
    if (node.kind === ts.SyntaxKind.SyntaxList) mutateList(node);
  });
  return found;

  /** The next two names of the text, and one that it does not have. */
  function otherNames(name: string): string[] {
    const all = [...names];
    const at = all.indexOf(name);
    return [1, 2]
      .map((step) => all[(at + step) % all.length]!)
      .filter((one) => one !== name)
      .concat("zz");
  }

  function mutateToken(node: ts.Node, start: number): void {
    const text = node.getText(file);
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (text === "") return;
    replace(start, node.end, "");
    for (const other of replacements.get(text) ?? []) replace(start, node.end, ` ${other} `);
    if (ts.isIdentifier(node)) for (const name of otherNames(text)) replace(start, node.end, name);
    if (ts.isPrivateIdentifier(node)) replace(start, node.end, text.slice(1));
    if (ts.isNumericLiteral(node)) replace(start, node.end, `${Number(text.replaceAll("_", "")) + 1}`);
    if (ts.isNumericLiteral(node) && !isKey && source[start - 1] !== "-") replace(start, node.end, `"${text}"`);
    if (ts.isBigIntLiteral(node)) for (const other of ["9n", "7"]) replace(start, node.end, other);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) replace(start + 1, start + 1, "z");
    if (ts.isTemplateMiddleOrTemplateTail(node)) replace(start + 1, start + 1, "z");
    if (ts.isRegularExpressionLiteral(node)) {
      replace(start + 1, start + 1, "z");
      replace(node.end, node.end, "m");
      replace(node.end - 1, node.end, "");
    }
  }

  function mutateList(list: ts.Node): void {
    const parts = list.getChildren(file).filter((one) => one.kind !== ts.SyntaxKind.CommaToken && !isErased(one));
    for (const [index, one] of parts.entries()) {
      const next = parts[index + 1];
      replace(one.getStart(file), one.end, "");
      if (next === undefined) continue;
      const between = source.slice(one.end, next.getStart(file));
      replace(one.getStart(file), next.end, next.getText(file) + between + one.getText(file));
    }
  }
}

/** Within what leaves nothing behind: types, overloads, declarations; and `const` of an enum. */
function isErased(node: ts.Node): boolean {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isTypeParameterDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return true;
  if (ts.isFunctionDeclaration(node) && node.body === undefined) return true;
  if (ts.isMethodDeclaration(node) && node.body === undefined) return true;
  if (ts.isIndexSignatureDeclaration(node)) return true;
  if (node.kind === ts.SyntaxKind.ConstKeyword && ts.isEnumDeclaration(node.parent)) return true;
  if (ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true)
    return true;
  return node.parent !== undefined && isErased(node.parent);
}
