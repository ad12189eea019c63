import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue, StoredRecord } from "../plugin/contract/storage.ts";
import { chainOrigin, linked, linkOf, verifyChain } from "./chain.ts";

function journal(bodies: readonly { readonly [key: string]: JsonValue }[], world = "w"): readonly StoredRecord[] {
  let link = chainOrigin(world);
  return bodies.map((plain, i) => {
    const body = linked(plain, link);
    link = linkOf(body);
    return { revision: i + 1, body };
  });
}

const bodies = fc.array(fc.record({ n: fc.integer(), text: fc.string({ unit: "grapheme" }) }), {
  minLength: 1,
  maxLength: 12,
});

test("a journal as it was written is whole, also after its text was read again", () => {
  fc.assert(
    fc.property(bodies, (given) => {
      const whole = journal(given);
      expect(verifyChain("w", whole)).toEqual({ records: given.length, head: linkOf(whole.at(-1)?.body ?? null) });
      expect(verifyChain("w", JSON.parse(JSON.stringify(whole)))).toEqual(verifyChain("w", whole));
    }),
  );
});

test("a record that is altered, taken out, put in or moved is found where it was", () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.constantFrom("alter", "remove", "repeat", "swap"), (given, pick, how) => {
      const whole = [...journal(given)];
      const at = pick % whole.length;
      const found = (changed: readonly StoredRecord[]) =>
        verifyChain(
          "w",
          changed.map(({ body }, i) => ({ revision: i + 1, body })),
        ).broken?.revision;
      const one = whole[at] as StoredRecord;
      if (how === "alter") {
        const changed = whole.with(at, { ...one, body: { ...(one.body as object), n: 0.5 } });
        // The last one is linked to by nobody yet: only its digest tells.
        if (at === whole.length - 1) expect(verifyChain("w", changed).head).not.toBe(verifyChain("w", whole).head);
        else expect(found(changed)).toBe(at + 2);
      } else if (how === "remove" && at < whole.length - 1) expect(found(whole.toSpliced(at, 1))).toBe(at + 1);
      else if (how === "repeat") expect(found(whole.toSpliced(at, 0, one))).toBe(at + 2);
      else if (how === "swap" && at < whole.length - 1)
        expect(found(whole.toSpliced(at, 2, whole[at + 1] as StoredRecord, one))).toBe(at + 1);
    }),
  );
});

test("another world's journal, a record without a link and a missing revision are named", () => {
  const whole = journal([{ n: 1 }, { n: 2 }]);
  expect(verifyChain("v", whole).broken).toEqual({
    revision: 1,
    because: "The first record is not the first of this world",
  });
  expect(verifyChain("w", [{ revision: 1, body: { n: 1 } }]).broken).toEqual({
    revision: 1,
    because: "Record 1 carries no link",
  });
  expect(verifyChain("w", whole.slice(1)).broken).toEqual({
    revision: 2,
    because: "Record 2 stands where record 1 should",
  });
  expect(verifyChain("w", [])).toEqual({ records: 0, head: chainOrigin("w") });
});
