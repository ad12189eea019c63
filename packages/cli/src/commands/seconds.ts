import { InvalidArgumentError } from "commander";

/** The value of an option in seconds, as milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || seconds < 0 || seconds > 86_400)
    throw new InvalidArgumentError("It has to be a number of seconds, 0 to 86400.");
  return seconds * 1000;
}
