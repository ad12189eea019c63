/** What VS Code gives the scripts of a webview. */
export interface Editor<S> {
  postMessage(message: unknown): void;
  getState(): S | undefined;
  setState(state: S): void;
}

declare function acquireVsCodeApi<S>(): Editor<S>;

/** It is given once for each page. */
export function editor<S>(): Editor<S> {
  return acquireVsCodeApi<S>();
}
