import { fileURLToPath } from "node:url";
import { serveStdio } from "./stdio.ts";

declare const QMTL_VERSION: string;
serveStdio(QMTL_VERSION, fileURLToPath(new URL("./types-worker.cjs", import.meta.url)));
