import fc from "fast-check";
import { expect, test } from "vitest";
import { type ComputeContext, computeKey, type EvaluationContext, evalKey } from "./key.ts";

const compute: ComputeContext = {
  nodeId: "n",
  world: "w",
  domain: "backtest",
  partition: "",
  engine: "engine/1",
  blocks: ["b1", "b2"],
};
const evaluation: EvaluationContext = {
  world: "w",
  domain: "backtest",
  version: "v",
  graph: "g",
  params: { fast: 10 },
  worldConfig: "c",
  dataset: "d",
  schemas: "s",
  engine: "engine/1",
  guards: "guards/1",
};

test.each<[string, Partial<ComputeContext>]>([
  ["node", { nodeId: "m" }],
  ["world", { world: "x" }],
  ["domain", { domain: "live" }],
  ["partition", { partition: "1" }],
  ["engine", { engine: "engine/2" }],
  ["data", { blocks: ["b1"] }],
])("a ComputeKey changes with the %s", (_what, change) => {
  expect(computeKey(compute)).toMatch(/^[0-9a-f]{64}$/);
  expect(computeKey({ ...compute, ...change })).not.toBe(computeKey(compute));
});

test.each<[string, Partial<EvaluationContext>]>([
  ["world", { world: "x" }],
  ["domain", { domain: "live" }],
  ["version", { version: "x" }],
  ["graph", { graph: "x" }],
  ["params", { params: { fast: 11 } }],
  ["world's configuration", { worldConfig: "x" }],
  ["dataset", { dataset: "x" }],
  ["schemas", { schemas: "x" }],
  ["engine", { engine: "x" }],
  ["guards", { guards: "x" }],
])("an EvalKey changes with the %s", (_what, change) => {
  expect(evalKey({ ...evaluation, ...change })).not.toBe(evalKey(evaluation));
});

test("text can't move from one part of a key to the next", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
      const one = computeKey({ ...compute, nodeId: a + b, world: c });
      const other = computeKey({ ...compute, nodeId: a, world: b + c });
      expect(one === other).toBe(b === "");
    }),
  );
});

test("no two contexts share a key: of worlds, domains, partitions and data there is no hit across", () => {
  const contexts = fc.record({
    world: fc.constantFrom("a", "b", "ab"),
    domain: fc.constantFrom("backtest", "dryrun", "live", "shadow"),
    partition: fc.constantFrom("", "a", "b"),
    data: fc.constantFrom("a", "b", "ba"),
  });
  fc.assert(
    fc.property(contexts, contexts, (one, other) => {
      const computeOf = ({ world, domain, partition, data }: typeof one) =>
        computeKey({ ...compute, world, domain, partition, blocks: [data] });
      const evalOf = ({ world, domain, data }: typeof one) => evalKey({ ...evaluation, world, domain, dataset: data });
      const same = one.world === other.world && one.domain === other.domain && one.data === other.data;
      expect(computeOf(one) === computeOf(other)).toBe(same && one.partition === other.partition);
      expect(evalOf(one) === evalOf(other)).toBe(same);
    }),
  );
});

test("the order of params does not count", () => {
  const a = evalKey({ ...evaluation, params: { fast: 1, slow: 2 } });
  expect(evalKey({ ...evaluation, params: { slow: 2, fast: 1 } })).toBe(a);
});

test("golden keys: a change of the scheme must be meant", () => {
  expect(computeKey(compute)).toMatchInlineSnapshot(
    `"efb4335843c97bd91e564968c5f9080fd33b1b54d2e0e1b1f5ffc6359c0a6eef"`,
  );
  expect(evalKey(evaluation)).toMatchInlineSnapshot(`"35ef4455d5e640d1852ad0c62c2a5ae8e90965c3a27bddc54605b815d13821c5"`);
});
