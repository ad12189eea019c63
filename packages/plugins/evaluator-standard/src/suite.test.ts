import { evaluatorSuite } from "@qmtl/core/plugin-testing";
import { describe, test } from "vitest";
import plugin from "./index.ts";

evaluatorSuite({ describe, test }, { plugin, config: {}, root: "." });
