import type { ts } from "../syntax/index.ts";
import { buildAlign, buildBarTime, buildCast, buildPick, buildResample, buildRng } from "./build-clock.ts";
import { buildIndicator, signatureOf } from "./build-indicator.ts";
import { buildForwardReturn, buildTripleBarrier } from "./build-label.ts";
import { buildCompute, buildStream, buildWindow } from "./build-node.ts";
import { buildPlugin } from "./build-plugin.ts";
import { buildDataset, buildOrders, buildTargets } from "./build-result.ts";
import type { Reader } from "./reader.ts";
import { callSchema } from "./schema-export.ts";
import { unknownValue, type Value } from "./value.ts";

/** What a call of a package's export gives. Arguments are read before, in the order in which they are written. */
export function callBuilder(
  reader: Reader,
  { specifier, name }: { readonly specifier: string; readonly name: string },
  call: ts.CallExpression,
): Value {
  // A strategy is read by itself, once its graph is wanted.
  if (specifier === "@qmtl/core/strategy" && name === "strategy") return { kind: "strategy", call, from: call };
  const args = call.arguments.map(reader.evaluate);
  if (specifier === "@qmtl/core/schema") return callSchema(name, args, call);
  if (specifier === "@qmtl/core/strategy") return callStrategy(reader, name, args, call);
  const signature = specifier === "@qmtl/core/indicators" ? signatureOf(name) : undefined;
  if (signature !== undefined) return buildIndicator(reader, signature, args, call);
  const described = reader.nodeBuilder(specifier, name);
  if (described !== undefined) return buildPlugin(reader, described, args, call);
  return unknownValue(call, "package", `What ${name}() of ${specifier} makes is not described as data`);
}

function callStrategy(reader: Reader, name: string, args: readonly Value[], call: ts.CallExpression): Value {
  const spec = args[0] ?? unknownValue(call, "missing", "There are no options here");
  switch (name) {
    case "stream":
      return buildStream(reader, spec, call);
    case "node":
      return buildCompute(reader, "user", spec, call);
    case "crossSection":
      return buildCompute(reader, "cross-section", spec, call);
    case "aggregate":
      return buildCompute(reader, "aggregate", spec, call);
    case "window":
      return buildWindow(args, call);
    case "pick":
      return buildPick(reader, args, call);
    case "resample":
      return buildResample(reader, args, call);
    case "align":
      return buildAlign(reader, args, call);
    case "cast":
      return buildCast(reader, args, call);
    case "barTime":
      return buildBarTime(reader, args, call);
    case "rng":
      return buildRng(reader, args, call);
    case "forwardReturn":
      return buildForwardReturn(reader, args, call);
    case "tripleBarrier":
      return buildTripleBarrier(reader, args, call);
    case "targetWeights":
    case "targetPositions":
      return buildTargets(reader, name, args, call);
    case "orders":
      return buildOrders(reader, spec, call);
    case "dataset":
      return buildDataset(reader, spec, call);
    case "param.int":
      return { kind: "declared-param", of: "int", call, from: call };
    case "param.float":
      return { kind: "declared-param", of: "float", call, from: call };
    case "param.choice":
      return { kind: "declared-param", of: "choice", call, from: call };
    case "kernel":
    case "crossKernel":
      return unknownValue(call, "package", `What ${name}() makes depends on a kernel that is not described as data`);
    case "readArtifact":
      return unknownValue(call, "refused", "readArtifact() does not run yet in this version");
    default:
      return unknownValue(call, "helper-call", `What ${name}() returns is not followed`);
  }
}
