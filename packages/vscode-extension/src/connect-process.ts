import type { ChildProcessWithoutNullStreams } from "node:child_process";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

/** A connection with a process that speaks on its standard input and output; it does not listen yet. */
export function connectProcess({ stdin, stdout }: ChildProcessWithoutNullStreams): MessageConnection {
  return createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
}
