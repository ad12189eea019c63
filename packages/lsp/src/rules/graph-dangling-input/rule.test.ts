import { describeRule } from "../rule.test.kit.ts";

describeRule("G303");
