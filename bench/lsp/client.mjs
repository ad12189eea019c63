import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../packages/lsp/package.json", import.meta.url));
const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-languageserver/node");

/** The built server over stdio, as an editor has it. */
export function startServer(server, folder) {
  const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Set();
  let isSettled;
  const settled = new Promise((resolve) => {
    isSettled = resolve;
  });
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, version, diagnostics }) => {
    for (const wait of waiting) wait(uri, version, diagnostics);
  });
  for (const method of ["client/registerCapability", "window/workDoneProgress/create"])
    connection.onRequest(method, () => null);
  connection.onNotification("$/progress", ({ value }) => {
    if (value.kind === "end") isSettled();
  });
  connection.listen();
  function megabytes(of) {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(new RegExp(`${of}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  }
  return {
    settled,
    async initialize() {
      const uri = pathToFileURL(folder).href;
      await connection.sendRequest("initialize", {
        processId: process.pid,
        rootUri: uri,
        capabilities: { window: { workDoneProgress: true }, textDocument: { publishDiagnostics: {} } },
        workspaceFolders: [{ uri, name: "bench" }],
      });
      connection.sendNotification("initialized", {});
    },
    send: (method, params) => connection.sendNotification(method, params),
    ask: (method, params) => connection.sendRequest(method, params),
    /** Resolves when each of these files was published, the one that has a version with it. */
    published(files) {
      const left = new Map(files.map(({ uri, version }) => [uri, version]));
      return new Promise((resolve) => {
        const wait = (uri, version) => {
          if (!left.has(uri) || (left.get(uri) !== undefined && left.get(uri) !== version)) return;
          left.delete(uri);
          if (left.size > 0) return;
          waiting.delete(wait);
          resolve();
        };
        waiting.add(wait);
      });
    },
    /** Resolves when a file was published with a finding of this code. */
    found(uri, code) {
      return new Promise((resolve) => {
        const wait = (other, _version, diagnostics) => {
          if (other !== uri || !diagnostics.some((each) => each.code === code)) return;
          waiting.delete(wait);
          resolve();
        };
        waiting.add(wait);
      });
    },
    residentMegabytes: () => megabytes("VmRSS"),
    /** Since it was asked last. */
    peakMegabytes() {
      const peak = megabytes("VmHWM");
      writeFileSync(`/proc/${child.pid}/clear_refs`, "5");
      return peak;
    },
    async stop() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await new Promise((resolve) => {
        child.once("exit", resolve);
      });
      connection.dispose();
    },
  };
}
