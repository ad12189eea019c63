import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { digestBytes } from "../schema/canonical.ts";
import { BAD_NAMES } from "./bad-names.ts";
import { claim, claimRefused, claimSame } from "./claim.ts";
import { isLinearizable, type Operation } from "./linearizable.ts";
import { type Setting, uncancelled } from "./opened.ts";
import { need, type Place } from "./place.ts";
import { type Chance, chance } from "./random.ts";
import type { TestRunner } from "./runner.ts";

type Damage = (setting: Setting, digest: string) => void | Promise<void>;

/** OB: the `objects` contract. */
export function objectCases({ test }: TestRunner, place: Place, damage: Damage | undefined): void {
  const alone = (body: (objects: ObjectStorage) => Promise<void>): Promise<void> =>
    place(async (open) => body(need((await open()).instance, "objects")));

  test("OB-01 gives bytes back under their SHA-256", () =>
    alone(async (objects) => {
      const random = chance(1);
      for (const size of [0, 1, 63, 4096, 100_000]) {
        const bytes = someBytes(random, size);
        const digest = await objects.put(bytes, uncancelled());
        claimSame(digest, digestBytes(bytes), `the digest of ${size} bytes`);
        claimSame(plain(await objects.get(digest, uncancelled())), plain(bytes), `${size} bytes`);
        claimSame(await objects.has(digest, uncancelled()), true, "has");
      }
    }));

  test("OB-02 says of bytes that it has not that it has them not", () =>
    alone(async (objects) => {
      const digest = digestBytes(new Uint8Array([1, 2, 3]));
      claimSame(await objects.get(digest, uncancelled()), undefined, "get");
      claimSame(await objects.has(digest, uncancelled()), false, "has");
    }));

  test("OB-03 takes the same bytes again, also many times at once", () =>
    place(async (open) => {
      const clients = [need((await open()).instance, "objects"), need((await open()).instance, "objects")];
      const bytes = someBytes(chance(3), 50_000);
      const digests = await Promise.all(
        Array.from({ length: 20 }, (_, i) => clients[i % 2]?.put(bytes.slice(), uncancelled())),
      );
      claimSame(new Set(digests).size, 1, "the number of digests");
      claimSame(plain(await clients[0]?.get(digestBytes(bytes), uncancelled())), plain(bytes), "the bytes");
    }));

  test("OB-04 refuses digests that are none", () =>
    alone(async (objects) => {
      const good = digestBytes(new Uint8Array(0));
      for (const digest of [
        "",
        "..",
        "../../etc/passwd",
        good.toUpperCase(),
        good.slice(1),
        `${good}0`,
        `${good.slice(0, -2)}/x`,
      ]) {
        await claimRefused(() => objects.get(digest, uncancelled()), `get of ${JSON.stringify(digest)}`);
        await claimRefused(() => objects.has(digest, uncancelled()), `has of ${JSON.stringify(digest)}`);
      }
    }));

  test("OB-05 keeps its own copy: changed bytes of a caller change nothing", () =>
    alone(async (objects) => {
      const bytes = someBytes(chance(5), 1000);
      const original = bytes.slice();
      const digest = await objects.put(bytes, uncancelled());
      bytes.fill(0);
      const given = await objects.get(digest, uncancelled());
      claimSame(plain(given), plain(original), "the bytes after the writer changed its array");
      given?.fill(0);
      claimSame(
        plain(await objects.get(digest, uncancelled())),
        plain(original),
        "the bytes after a reader changed its array",
      );
    }));

  if (damage === undefined)
    test("OB-06 never returns damaged bytes (skipped: the suite was given no damage)", () => undefined);
  else
    test("OB-06 never returns damaged bytes, and heals them when they are put again", () =>
      place(async (open, setting) => {
        const objects = need((await open()).instance, "objects");
        const bytes = someBytes(chance(6), 5000);
        const digest = await objects.put(bytes, uncancelled());
        await damage(setting, digest);
        await claimRefused(() => objects.get(digest, uncancelled()), "damaged bytes", "storage.corrupt-object");
        await objects.put(bytes, uncancelled());
        claimSame(plain(await objects.get(digest, uncancelled())), plain(bytes), "the bytes after they were put again");
      }));

  test("OB-07 creates a reference for exactly one of fifty at once", () =>
    place(async (open) => {
      const clients = [need((await open()).instance, "objects"), need((await open()).instance, "objects")];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => clients[i % 2]?.putIfAbsent("heads/one", `value-${i}`, uncancelled())),
      );
      claimSame(answers.filter((answer) => answer === "created").length, 1, "the number that created it");
      claimSame(answers.filter((answer) => answer === "exists").length, 49, "the number that found it");
      const value = await clients[0]?.ref("heads/one", uncancelled());
      claimSame(value, `value-${answers.indexOf("created")}`, "the value");
    }));

  test("OB-08 sets a reference only from the value that was expected", () =>
    alone(async (objects) => {
      claimSame(await objects.ref("r", uncancelled()), undefined, "an absent reference");
      claimSame(await objects.compareAndSet("r", "", "x", uncancelled()), "conflict", "a set of an absent reference");
      await objects.putIfAbsent("r", "one", uncancelled());
      claimSame(await objects.compareAndSet("r", "two", "x", uncancelled()), "conflict", "a set from another value");
      claimSame(await objects.ref("r", uncancelled()), "one", "the value after conflicts");
      claimSame(await objects.compareAndSet("r", "one", "ünï \u{1F600} 'quoted'", uncancelled()), "set", "a set");
      claimSame(await objects.ref("r", uncancelled()), "ünï \u{1F600} 'quoted'", "the value after a set");
    }));

  test("OB-09 lists the references with a prefix, sorted", () =>
    alone(async (objects) => {
      const names = ["a", "a.b", "a/b", "a/b-c", "a/b/c", "a_b", "ab", "b/a"];
      for (const name of [...names].reverse()) await objects.putIfAbsent(name, "v", uncancelled());
      for (const prefix of ["", "a", "a/", "a/b", "a/b/", "b", "zzz"])
        claimSame(
          await objects.refs(prefix, uncancelled()),
          names.filter((name) => name.startsWith(prefix)).sort(),
          `the references with ${JSON.stringify(prefix)}`,
        );
    }));

  test("OB-10 refuses names outside of the grammar, and writes nothing", () =>
    alone(async (objects) => {
      for (const name of [...BAD_NAMES, "a//b", "/a", "a/", "a/../b", "a/Ü"]) {
        const what = JSON.stringify(name);
        await claimRefused(
          () => objects.putIfAbsent(name, "v", uncancelled()),
          `the name ${what}`,
          "storage.invalid-name",
        );
        await claimRefused(
          () => objects.compareAndSet(name, "v", "w", uncancelled()),
          `the name ${what}`,
          "storage.invalid-name",
        );
        await claimRefused(() => objects.ref(name, uncancelled()), `the name ${what}`, "storage.invalid-name");
      }
      claimSame(await objects.refs("", uncancelled()), [], "the references afterwards");
    }));

  test("OB-11 is linearizable over random histories of three that write at once", () =>
    place(async (open) => {
      const clients = [await open(), await open(), await open()].map(({ instance }) => need(instance, "objects"));
      const random = chance(11);
      for (let history = 0; history < 25; history++) {
        const operations = await someHistory(clients, `history/h${history}`, random);
        claim(isLinearizable(operations), `history ${history} can't be explained: ${JSON.stringify(operations)}`);
      }
    }));

  test("OB-12 has everything after it was closed and opened again", () =>
    place(async (open) => {
      const first = await open();
      const bytes = someBytes(chance(12), 2000);
      const digest = await need(first.instance, "objects").put(bytes, uncancelled());
      await need(first.instance, "objects").putIfAbsent("head", digest, uncancelled());
      await first.close();
      const again = need((await open()).instance, "objects");
      claimSame(await again.ref("head", uncancelled()), digest, "the reference");
      claimSame(plain(await again.get(digest, uncancelled())), plain(bytes), "the bytes");
    }));

  test("OB-13 writes nothing when it was cancelled before it began", () =>
    alone(async (objects) => {
      const signal = AbortSignal.abort();
      const bytes = someBytes(chance(13), 10);
      await claimRefused(() => objects.put(bytes, { signal }), "a cancelled put");
      await claimRefused(() => objects.putIfAbsent("r", "v", { signal }), "a cancelled putIfAbsent");
      claimSame(await objects.has(digestBytes(bytes), uncancelled()), false, "the object afterwards");
      claimSame(await objects.ref("r", uncancelled()), undefined, "the reference afterwards");
    }));

  test("OB-14 refuses calls after it was closed", () =>
    place(async (open) => {
      const { instance, close } = await open();
      const objects = need(instance, "objects");
      await close();
      await claimRefused(() => objects.put(new Uint8Array(1), uncancelled()), "a put");
      await claimRefused(() => objects.putIfAbsent("r", "v", uncancelled()), "a putIfAbsent");
    }));
}

/** Each client makes its calls one after the other, all clients at once. */
async function someHistory(
  clients: readonly ObjectStorage[],
  name: string,
  random: Chance,
): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  let event = 0;
  const values = ["a", "b", "c"];
  const plans = clients.map(() =>
    Array.from({ length: 5 }, () => ({
      kind: random.pick(["ref", "putIfAbsent", "compareAndSet", "compareAndSet"] as const),
      expected: random.pick(values),
      value: random.pick(values),
    })),
  );
  await Promise.all(
    clients.map(async (objects, client) => {
      for (const { kind, expected, value } of plans[client] ?? []) {
        const invoked = event++;
        const done = (call: Operation["call"]): void => {
          operations.push({ invoked, answered: event++, call });
        };
        if (kind === "ref") done({ kind, answer: await objects.ref(name, uncancelled()) });
        else if (kind === "putIfAbsent")
          done({ kind, value, answer: await objects.putIfAbsent(name, value, uncancelled()) });
        else done({ kind, expected, value, answer: await objects.compareAndSet(name, expected, value, uncancelled()) });
      }
    }),
  );
  return operations;
}

function someBytes(random: Chance, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => random.integer(0, 255));
}

/** As a plain array type: an adapter may give any kind of bytes, a Buffer among them. */
function plain(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : new Uint8Array(bytes);
}
