/**
 * The few parts of a TypeScript parser that code identity needs, described structurally: the module namespace of
 * `typescript` 5.9 and of 6.0 both fit, and no declaration here mentions either. Nothing of it enters a hash.
 */
export interface SyntaxApi {
  readonly version: string;
  readonly SyntaxKind: Readonly<Record<string, string | number>>;
  createSourceFile(
    fileName: string,
    text: string,
    languageVersion: number,
    setParentNodes: boolean,
    scriptKind: number,
  ): ParsedNode;
  forEachChild(node: ParsedNode, visit: (child: ParsedNode) => undefined): unknown;
  tokenToString(kind: number): string | undefined;
}

/** A node of the parser. Further properties are read by the names that the frozen table lists. */
export interface ParsedNode {
  readonly kind: number;
  readonly pos: number;
  readonly end: number;
  /** Given the file that it stands in, it need not be looked for. */
  getStart(file?: ParsedNode): number;
}
