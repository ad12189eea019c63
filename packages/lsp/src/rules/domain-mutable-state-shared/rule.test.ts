import { describeRule } from "../rule.test.kit.ts";

describeRule("D103");
