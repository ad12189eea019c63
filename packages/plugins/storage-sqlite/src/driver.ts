import { createRequire } from "node:module";
import type Libsql from "libsql";

export type Driver = typeof Libsql;

/**
 * To learn which C library there is, the driver's loader asks Node for a diagnostic report, and every thread of the process has to write its part
 * first. Without reports the file system tells; where it does not, the report has to.
 */
export function loadWithoutReport(load: () => Driver): Driver {
  const report = Object.getOwnPropertyDescriptor(process, "report") as PropertyDescriptor;
  Object.defineProperty(process, "report", { configurable: true, value: undefined });
  try {
    return load();
  } catch {
    Object.defineProperty(process, "report", report);
    return load();
  } finally {
    Object.defineProperty(process, "report", report);
  }
}

const require = createRequire(import.meta.url);

/** SQLite for Node. */
export const Database: Driver = loadWithoutReport(() => require("libsql") as Driver);
