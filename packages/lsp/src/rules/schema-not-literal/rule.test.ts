import { describeRule } from "../rule.test.kit.ts";

describeRule("S206");
