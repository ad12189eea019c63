import { describeRule } from "../rule.test.kit.ts";

describeRule("W502");
