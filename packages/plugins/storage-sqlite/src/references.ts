import type { ObjectStorage } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import type { Connection } from "./connection.ts";
import { checkPrefix, checkReference } from "./names.ts";

type References = Pick<ObjectStorage, "ref" | "putIfAbsent" | "compareAndSet" | "refs">;

const READ = "SELECT value FROM refs WHERE name = ?";

/** Named references on the table `refs`. */
export function journalReferences(connection: Connection): References {
  return {
    ref: async (name, { signal }) => {
      checkReference(name);
      const rows = await connection.query("read a reference", READ, [name], signal);
      return rows[0]?.["value"] as string | undefined;
    },

    putIfAbsent: async (name, value, { signal }) => {
      checkReference(name);
      checkValue(value);
      return connection.transact("write a reference", signal, (run) => {
        if (run(READ, name).length > 0) return "exists";
        run("INSERT INTO refs (name, value) VALUES (?, ?)", name, value);
        return "created";
      });
    },

    compareAndSet: async (name, expected, value, { signal }) => {
      checkReference(name);
      checkValue(value);
      return connection.transact("write a reference", signal, (run) => {
        if (run(READ, name)[0]?.["value"] !== expected) return "conflict";
        run("UPDATE refs SET value = ? WHERE name = ?", value, name);
        return "set";
      });
    },

    refs: async (prefix, { signal }) => {
      checkPrefix(prefix);
      const rows = await connection.query(
        "list references",
        // Names are ASCII below DEL, so everything with the prefix sorts before prefix + DEL.
        "SELECT name FROM refs WHERE name >= ? AND name < ? ORDER BY name",
        [prefix, `${prefix}\u007f`],
        signal,
      );
      return rows.map(({ name }) => name as string);
    },
  };
}

/** SQLite would end a text at NUL and replace a lone surrogate: such values are refused, never rewritten. */
function checkValue(value: string): void {
  if (!value.includes("\0") && Buffer.from(value, "utf8").toString("utf8") === value) return;
  throw new QmtlError({
    code: "storage.invalid-value",
    message: "The value of a reference holds NUL or half a character",
    next: "Use well-formed text; bytes belong into an object.",
    class: "failed",
  });
}
