import { inspect } from "node:util";
import type { Secret } from "../contract/plugin.ts";

/** A secret that shows its name instead of its value in text, JSON and inspection. */
export function hideSecret(name: string, value: string): Secret {
  const shown = (): string => `[secret ${name}]`;
  return Object.freeze({ reveal: () => value, toString: shown, toJSON: shown, [inspect.custom]: shown });
}
