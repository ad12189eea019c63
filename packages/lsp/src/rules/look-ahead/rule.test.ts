import { describeRule } from "../rule.test.kit.ts";

describeRule("C401");
