import { serveStdio } from "./stdio.ts";

declare const QMTL_VERSION: string;
serveStdio(QMTL_VERSION);
