/** The version of this package, as its package.json says it. */
export const QMTL_VERSION = "0.1.0";
