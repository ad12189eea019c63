import { createConnection, LSPErrorCodes, ProposedFeatures } from "vscode-languageserver/node";
import { growSlowly } from "./memory.ts";
import { serve } from "./server.ts";

/**
 * Serves an editor on standard input and output. The process ends when the editor says so, or goes away.
 *
 * @param version what the server says of itself
 * @param typesWorker the file of `@qmtl/lsp/types-worker`
 */
export function serveStdio(version: string, typesWorker: string): void {
  growSlowly();
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout, {
    connectionStrategy: {
      // A question that nobody waits for any more is not even looked at.
      cancelUndispatched: ({ jsonrpc }) => ({
        jsonrpc,
        id: null,
        error: { code: LSPErrorCodes.RequestCancelled, message: "cancelled" },
      }),
    },
  });
  serve(connection, { version, typesWorker });
  connection.listen();
}
