import { type LookupAddress, lookup as resolveName } from "node:dns";
import type { ClientRequest, IncomingMessage } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isQmtlError, QmtlError } from "../../schema/error.ts";
import type { FetchInit, FetchResponse } from "../contract/plugin.ts";
import { isPublicAddress } from "./address.ts";
import { describePlugin, type PluginIdentity } from "./identity.ts";

export interface FetchPolicy {
  readonly plugin: PluginIdentity;
  /** `host` or `host:port`, in lower case, compared exactly; without a port only 443. */
  readonly hosts: readonly string[];
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Most bytes of one body. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Most milliseconds for one call, redirects and body included. Default 30,000. */
  readonly maxMilliseconds?: number;
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  readonly permits?: (address: string) => boolean;
  readonly request?: (
    url: URL,
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ) => ClientRequest;
}

type PolicedFetch = (url: string, init?: FetchInit) => Promise<FetchResponse>;

const INIT_KEYS: ReadonlySet<string> = new Set(["method", "headers", "body", "signal"]);
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Never sent to another host than the one they were written for. */
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/**
 * `ctx.fetch`: https only, hosts that the plugin declares, and never an address of this machine or its networks. Names are
 * checked when the connection is made, so that a name that changes its address between check and use gains nothing; every
 * redirect is checked again.
 *
 * @returns a function that throws `plugin.fetch-refused`, `plugin.fetch-too-large`, `plugin.fetch-timeout`, `plugin.fetch-failed`
 */
export function policedFetch(policy: FetchPolicy): PolicedFetch {
  return async (address, init = {}) => {
    for (const key of Object.keys(init))
      if (!INIT_KEYS.has(key))
        throw refusal(policy, `does not know the option "${key}"`, "Use method, headers, body, signal.");
    const controller = new AbortController();
    const limit = policy.maxMilliseconds ?? 30_000;
    const timer = setTimeout(() => controller.abort(timeoutError(policy, limit)), limit);
    const cancel = (): void => controller.abort(fetchError(policy, "fetch-failed", "was cancelled"));
    const signals = [policy.signal, ...(init.signal === undefined ? [] : [init.signal])];
    for (const signal of signals) signal.addEventListener("abort", cancel);
    try {
      if (signals.some((signal) => signal.aborted)) cancel();
      return await follow(policy, permittedUrl(policy, address), init, controller.signal);
    } catch (error) {
      if (controller.signal.aborted && isQmtlError(controller.signal.reason)) throw controller.signal.reason;
      if (isQmtlError(error)) throw error;
      throw fetchError(
        policy,
        "fetch-failed",
        `failed: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", cancel);
    }
  };
}

async function follow(policy: FetchPolicy, first: URL, init: FetchInit, signal: AbortSignal): Promise<FetchResponse> {
  let url = first;
  let method = (init.method ?? "GET").toUpperCase();
  let body = init.body;
  let headers = Object.fromEntries(
    Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (headers["host"] !== undefined) throw refusal(policy, "may not set the header host", "Leave it out.");
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await send(policy, url, { method, headers, body, signal });
    const target = response.headers["location"];
    if (!REDIRECTS.has(response.status) || target === undefined) return response;
    const next = permittedUrl(policy, new URL(target, url).href);
    if (next.host !== url.host)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name)));
    if (response.status === 303 || (response.status < 303 && method === "POST")) {
      method = "GET";
      body = undefined;
    }
    url = next;
  }
  throw fetchError(policy, "fetch-failed", `was redirected more than ${MAX_REDIRECTS} times from ${first.host}`);
}

interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

function send(policy: FetchPolicy, url: URL, sending: Sending): Promise<FetchResponse> {
  const limit = policy.maxBytes ?? 64 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: sending.method,
      headers: { ...sending.headers },
      signal: sending.signal,
      lookup: guardedLookup(policy),
      agent: false,
    };
    const request = (policy.request ?? requestHttps)(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) {
          // Rejected first: the whole body may have been parsed already, and destroying says nothing then.
          reject(fetchError(policy, "fetch-too-large", `got more than ${limit} bytes from ${url.host}`));
          request.destroy();
        } else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("aborted", () => reject(fetchError(policy, "fetch-failed", `lost the connection to ${url.host}`)));
      response.on("end", () => resolve(answer(response, Buffer.concat(chunks))));
    });
    request.on("error", reject);
    request.end(sending.body);
  });
}

function answer(response: IncomingMessage, body: Buffer): FetchResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return {
    status: response.statusCode ?? 0,
    headers,
    text: () => Promise.resolve(body.toString("utf8")),
    bytes: () => Promise.resolve(new Uint8Array(body)),
  };
}

function permittedUrl(policy: FetchPolicy, address: string): URL {
  if (!URL.canParse(address))
    throw refusal(policy, `may not fetch "${address}", which is no URL`, "Write the whole URL.");
  const url = new URL(address);
  if (url.protocol !== "https:")
    throw refusal(policy, `may not fetch over ${url.protocol.slice(0, -1)} (${url.host})`, "Use https.");
  if (url.username !== "" || url.password !== "")
    throw refusal(policy, `may not put credentials into the URL of ${url.host}`, "Send them in a header.");
  if (!policy.hosts.includes(url.host))
    throw refusal(
      policy,
      `may not fetch from ${url.host}, which it does not declare`,
      policy.hosts.length === 0
        ? `The plugin declares no hosts: its author adds hosts: ["${url.host}"].`
        : `The plugin declares ${policy.hosts.join(", ")}.`,
    );
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && !(policy.permits ?? isPublicAddress)(literal))
    throw privateAddress(policy, url.hostname, literal);
  return url;
}

function guardedLookup(policy: FetchPolicy): LookupFunction {
  const resolve = policy.resolve ?? resolveAll;
  const permits = policy.permits ?? isPublicAddress;
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        const refused = addresses.find((entry) => !permits(entry.address));
        if (refused !== undefined) callback(privateAddress(policy, host, refused.address), "", 0);
        else if (first === undefined)
          callback(fetchError(policy, "fetch-failed", `found no address for ${host}`), "", 0);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, "", 0),
    );
  };
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    resolveName(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

function privateAddress(policy: FetchPolicy, host: string, address: string): QmtlError {
  return refusal(
    policy,
    `may not connect to ${host}, whose address ${address} is not on the public internet`,
    "Plugins reach public hosts only.",
  );
}

function refusal(policy: FetchPolicy, what: string, next: string): QmtlError {
  return new QmtlError({
    code: "plugin.fetch-refused",
    message: `${describePlugin(policy.plugin)} ${what}`,
    place: { plugin: policy.plugin.name, method: "fetch" },
    next,
    class: "failed",
  });
}

function fetchError(policy: FetchPolicy, code: string, what: string, cause?: unknown): QmtlError {
  return new QmtlError({
    code: `plugin.${code}`,
    message: `A request of ${describePlugin(policy.plugin)} ${what}`,
    place: { plugin: policy.plugin.name, method: "fetch" },
    next: "Check the network and the host, then try again.",
    class: "failed",
    ...(cause !== undefined && { cause }),
  });
}

function timeoutError(policy: FetchPolicy, limit: number): QmtlError {
  return fetchError(policy, "fetch-timeout", `was not answered within ${limit} ms`);
}
