import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { installed, startServer } from "./server.kit.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The editor and the browser that most tests share; absent where they can't be had. */
    readonly shared:
      | { readonly url: string; readonly home: string; readonly pid: number; readonly browser: string }
      | undefined;
  }
}

/** Starts one editor and one browser for all files of tests. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (installed.missing !== undefined || installed.chromium === undefined) {
    project.provide("shared", undefined);
    return undefined;
  }
  const [server, browser] = await Promise.all([
    startServer(),
    chromium.launchServer({
      executablePath: installed.chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      ],
    }),
  ]);
  const { url, home, pid } = server;
  project.provide("shared", { url, home, pid, browser: browser.wsEndpoint() });
  return async () => {
    await browser.close();
    await server.stop();
  };
}
