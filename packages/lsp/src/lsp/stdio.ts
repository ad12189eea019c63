import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { serve } from "./server.ts";

/**
 * Serves an editor on standard input and output. The process ends when the editor says so, or goes away.
 *
 * @param version what the server says of itself
 */
export function serveStdio(version: string): void {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serve(connection, version);
  connection.listen();
}
