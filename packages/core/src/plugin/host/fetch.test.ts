import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FetchPolicy, policedFetch } from "./fetch.ts";

const plugin = { kind: "data-provider", name: "@acme/feed", use: "acme", version: "2.1.0" } as const;

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server;
let port: number;
const seen: Seen[] = [];
let respond: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end();

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      seen.push({ url: request.url ?? "", method: request.method ?? "", headers: request.headers, body });
      respond(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen.length = 0;
});

/** Everything as in earnest, but the transport speaks plain HTTP to the local server whatever the host. */
function policy(over: Partial<FetchPolicy> = {}): FetchPolicy {
  return {
    plugin,
    hosts: ["api.example.com", "files.example.com"],
    signal: new AbortController().signal,
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    permits: () => true,
    request: (url, options, onResponse) =>
      requestHttp({ ...options, host: url.hostname, port, path: url.pathname + url.search }, onResponse),
    ...over,
  };
}

describe("ctx.fetch", () => {
  test("gives status, headers and body", async () => {
    respond = (_request, response) => response.writeHead(201, { "content-type": "text/plain" }).end("grüezi");
    const fetch = policedFetch(policy());
    const answer = await fetch("https://api.example.com/v1?q=1", {
      method: "post",
      headers: { "X-Key": "k" },
      body: "hello",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers["content-type"]).toBe("text/plain");
    expect(await answer.text()).toBe("grüezi");
    expect(new TextDecoder().decode(await answer.bytes())).toBe("grüezi");
    expect(seen).toMatchObject([{ url: "/v1?q=1", method: "POST", body: "hello", headers: { "x-key": "k" } }]);
  });

  test.each([
    ["http://api.example.com/", "may not fetch over http"],
    ["ftp://api.example.com/", "may not fetch over ftp"],
    ["https://evil.example.com/", "does not declare"],
    ["https://api.example.com.evil.com/", "does not declare"],
    ["https://api.example.com:8443/", "does not declare"],
    ["https://user:pass@api.example.com/", "credentials"],
    ["no url", "is no URL"],
    ["/relative", "is no URL"],
  ])("refuses %s", async (url, why) => {
    await expect(policedFetch(policy())(url)).rejects.toMatchObject({
      code: "plugin.fetch-refused",
      message: expect.stringContaining(why),
      place: { plugin: "@acme/feed" },
    });
    expect(seen).toEqual([]);
  });

  test("refuses options that it does not know, and the header host", async () => {
    const fetch = policedFetch(policy());
    await expect(fetch("https://api.example.com/", { redirect: "manual" } as never)).rejects.toThrow(
      'the option "redirect"',
    );
    await expect(fetch("https://api.example.com/", { headers: { Host: "evil" } })).rejects.toThrow("header host");
  });

  test("refuses a name that leads to a private address, when it connects", async () => {
    const { permits: _permits, ...earnest } = policy({
      resolve: async () => [
        { address: "8.8.8.8", family: 4 },
        { address: "169.254.169.254", family: 4 },
      ],
    });
    await expect(policedFetch(earnest)("https://api.example.com/")).rejects.toMatchObject({
      code: "plugin.fetch-refused",
      message: expect.stringContaining("169.254.169.254"),
    });
    expect(seen).toEqual([]);
  });

  test.each(["127.0.0.1", "[::1]", "2130706433", "0x7f.1"])(
    "refuses the literal address %s even if declared",
    async (host) => {
      const { permits: _permits, ...earnest } = policy({ hosts: ["127.0.0.1", "[::1]"] });
      await expect(policedFetch(earnest)(`https://${host}/`)).rejects.toMatchObject({
        code: "plugin.fetch-refused",
        message: expect.stringContaining("not on the public internet"),
      });
      expect(seen).toEqual([]);
    },
  );

  test("follows redirects between declared hosts, without taking credentials along", async () => {
    respond = (request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "https://files.example.com/b" }).end();
      else response.end("there");
    };
    const headers = { Authorization: "secret", Cookie: "c=1", Accept: "text/plain" };
    const answer = await policedFetch(policy())("https://api.example.com/a", { method: "POST", headers, body: "x" });
    expect(await answer.text()).toBe("there");
    expect(seen[1]).toMatchObject({ url: "/b", method: "GET", body: "" });
    expect(seen[1]?.headers).toMatchObject({ accept: "text/plain" });
    expect(seen[1]?.headers.authorization).toBeUndefined();
    expect(seen[1]?.headers.cookie).toBeUndefined();
  });

  test.each(["http://api.example.com/", "https://evil.example.com/", "https://169.254.169.254/"])(
    "refuses a redirect to %s",
    async (location) => {
      respond = (_request, response) => response.writeHead(307, { location }).end();
      await expect(policedFetch(policy())("https://api.example.com/")).rejects.toMatchObject({
        code: "plugin.fetch-refused",
      });
      expect(seen).toHaveLength(1);
    },
  );

  test("ends a ring of redirects", async () => {
    respond = (_request, response) => response.writeHead(302, { location: "/again" }).end();
    await expect(policedFetch(policy())("https://api.example.com/")).rejects.toThrow("redirected more than 5 times");
    expect(seen).toHaveLength(6);
  });

  test("ends a body that is too large", async () => {
    respond = (_request, response) => response.end(Buffer.alloc(5000));
    await expect(policedFetch(policy({ maxBytes: 4999 }))("https://api.example.com/")).rejects.toMatchObject({
      code: "plugin.fetch-too-large",
    });
    expect((await (await policedFetch(policy({ maxBytes: 5000 }))("https://api.example.com/")).bytes()).length).toBe(
      5000,
    );
  });

  test("ends a server that does not answer, or not to the end", async () => {
    for (const half of [
      () => undefined,
      (_request: IncomingMessage, response: ServerResponse) => response.write("half"),
    ]) {
      respond = half;
      await expect(policedFetch(policy({ maxMilliseconds: 40 }))("https://api.example.com/")).rejects.toMatchObject({
        code: "plugin.fetch-timeout",
      });
    }
  });

  test("a connection that breaks is an error, not a short body", async () => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("short");
      setImmediate(() => response.destroy());
    };
    await expect(policedFetch(policy())("https://api.example.com/")).rejects.toMatchObject({
      code: "plugin.fetch-failed",
    });
  });

  test("ends when the caller cancels, or the host closes", async () => {
    respond = () => undefined;
    const [caller, host] = [new AbortController(), new AbortController()];
    const one = policedFetch(policy())("https://api.example.com/", { signal: caller.signal });
    const two = policedFetch(policy({ signal: host.signal }))("https://api.example.com/");
    caller.abort();
    host.abort();
    await expect(one).rejects.toMatchObject({
      code: "plugin.fetch-failed",
      message: expect.stringContaining("cancelled"),
    });
    await expect(two).rejects.toMatchObject({ code: "plugin.fetch-failed" });
    await expect(policedFetch(policy({ signal: host.signal }))("https://api.example.com/")).rejects.toThrow(
      "cancelled",
    );
  });

  test("says which name could not be found", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
    await expect(policedFetch(policy({ resolve }))("https://api.example.com/")).rejects.toMatchObject({
      code: "plugin.fetch-failed",
      message: expect.stringContaining("ENOTFOUND"),
    });
  });
});
