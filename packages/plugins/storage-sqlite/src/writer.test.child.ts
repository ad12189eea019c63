import storageSqlite from "./index.ts";

/**
 * A process that appends to a journal: `node writer <root> <writer> <count>`. It prints each record once it is acknowledged,
 * so that whoever kills it knows what must be there.
 */
async function main(root: string, writer: string, count: number): Promise<void> {
  const { signal } = new AbortController();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const refuse = (): never => {
    throw new Error("not for this process");
  };
  const context = { log, clock: () => 0, secrets: refuse, fetch: refuse, signal, root };
  const storage = await storageSqlite.setup(context, { path: ".qmtl" });
  const { state, objects } = storage;
  if (state === undefined || objects === undefined) throw new Error("a contract is missing");
  for (let n = 1; n <= count; n++) {
    for (let done = false; !done; ) {
      const expectedRevision = await state.head("w", "s", { signal });
      const digest = await objects.put(new TextEncoder().encode(`${writer}:${n}`), { signal });
      const answer = await state.append(
        "w",
        [
          { stream: "s", expectedRevision, records: [{ writer, n, digest }] },
          {
            stream: `own-${writer}`,
            expectedRevision: await state.head("w", `own-${writer}`, { signal }),
            records: [n],
          },
        ],
        { signal },
      );
      done = answer.kind === "appended";
      if (answer.kind === "appended") process.stdout.write(`${answer.heads["s"]} ${n} ${digest}\n`);
    }
  }
  await storage.dispose?.();
}

const [root = "", writer = "", count = ""] = process.argv.slice(2);
main(root, writer, Number(count)).catch((error: unknown) => {
  process.stderr.write(`${JSON.stringify(error)} ${String(error)}\n`);
  process.exitCode = 1;
});
