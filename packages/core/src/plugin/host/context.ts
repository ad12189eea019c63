import { QmtlError } from "../../schema/error.ts";
import type { FetchInit, Logger, Plugin, Secret, SetupContext } from "../contract/plugin.ts";
import { describePlugin, identityOf } from "./identity.ts";
import { hideSecret } from "./secret.ts";

/** What the host has to give; each plugin gets its own view of it. */
export interface HostResources {
  readonly root: string;
  readonly clock: () => number;
  readonly log: Logger;
  /** The value of a secret, or `undefined`. */
  readonly secrets?: ((name: string) => string | undefined) | undefined;
  readonly closed: AbortSignal;
}

export function contextFor(plugin: Plugin, resources: HostResources): SetupContext {
  const identity = identityOf(plugin);
  return Object.freeze({
    log: labelled(resources.log, plugin.name),
    clock: resources.clock,
    secrets: (name: string): Secret => {
      const value = resources.secrets?.(name);
      if (value !== undefined) return hideSecret(name, value);
      throw new QmtlError({
        code: "plugin.unknown-secret",
        message: `${describePlugin(identity)} asks for the secret ${name}, which is not there`,
        place: { plugin: plugin.name },
        next: `Provide ${name} to the process that runs QMTL.`,
      });
    },
    // Few plugins fetch, and what it takes is loaded for those alone.
    fetch: async (url: string, init?: FetchInit) => {
      const { policedFetch } = await import("./fetch.ts");
      return policedFetch({ plugin: identity, hosts: plugin.hosts ?? [], signal: resources.closed })(url, init);
    },
    signal: resources.closed,
    root: resources.root,
  });
}

function labelled(log: Logger, plugin: string): Logger {
  return {
    debug: (message, fields) => log.debug(message, { ...fields, plugin }),
    info: (message, fields) => log.info(message, { ...fields, plugin }),
    warn: (message, fields) => log.warn(message, { ...fields, plugin }),
  };
}
