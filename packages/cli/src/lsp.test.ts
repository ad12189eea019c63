import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/qmtl.js", import.meta.url));

function message(body: object): string {
  const content = JSON.stringify({ jsonrpc: "2.0", ...body });
  return `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
}

describe("qmtl lsp", () => {
  test("speaks the protocol on standard input and output, and nothing else", async () => {
    const child = spawn(process.execPath, [bin, "lsp", "--stdio"]);
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    child.stdin.write(
      [
        message({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } }),
        message({ method: "initialized", params: {} }),
        message({ id: 2, method: "shutdown" }),
        message({ method: "exit" }),
      ].join(""),
    );
    const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const answers = stdout
      .split(/Content-Length: \d+\r\n\r\n/)
      .slice(1)
      .map((answer) => JSON.parse(answer) as { readonly id?: number });
    const server = expect.objectContaining({ name: "qmtl" });
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 1, result: expect.objectContaining({ serverInfo: server }) }),
    );
  });

  test("says how it is to be started", () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [bin, "lsp"], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("--stdio");
  });
});
