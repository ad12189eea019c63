import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv } from "./csv.ts";
import { project } from "./project.test.fixture.ts";

async function parse(content: string | Uint8Array, delimiter = ",") {
  const file = join(project({ "a.csv": content }), "a.csv");
  const records = [];
  for await (const group of readCsv(file, { delimiter, signal: new AbortController().signal })) records.push(...group);
  return records;
}
const invalid = (line: number, message: string) =>
  expect.objectContaining({
    code: "files.invalid-csv",
    message,
    place: { file: expect.stringMatching(/a\.csv$/), line },
  });

describe("readCsv", () => {
  test("reads what a writer that quotes everything or only what it must wrote", async () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", ",", ";", '"', "\n", "\r\n", " ", "€", "😀") });
    const record = fc.array(field, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        fc.constantFrom(",", ";"),
        fc.boolean(),
        fc.boolean(),
        async (records, newline, delimiter, all, ended) => {
          const write = (text: string) => (all || /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
          const text = records.map((fields) => fields.map(write).join(delimiter)).join(newline);
          const read = await parse(text + (ended && text !== "" ? newline : ""), delimiter);
          expect(read.map(({ fields }) => fields)).toEqual(records);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("does not depend on where the file is cut into chunks", async () => {
    const line = 'é,"a ""b""\r\nc","",😀\r\n';
    for (let cut = 0; cut <= Buffer.byteLength(line); cut++) {
      const before = "f".repeat(262_144 - cut - 1);
      const records = await parse(`${before}\n${line}1,2,3,4`);
      expect(records.slice(1)).toEqual([
        { fields: ["é", 'a "b"\r\nc', "", "😀"], line: 2 },
        { fields: ["1", "2", "3", "4"], line: 4 },
      ]);
    }
  });

  test("drops a byte order mark, passes over empty lines, and counts every line", async () => {
    const records = await parse('\uFEFFa,b\n\n"x\ny",2\n\n3,4');
    expect(records).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["x\ny", "2"], line: 3 },
      { fields: ["3", "4"], line: 6 },
    ]);
  });

  test.each<[string, string | Uint8Array, number, string]>([
    ["an open quote", 'a,b\n1,"2\n3,4\n', 2, "The line opens a quote that is never closed"],
    ["a stray quote", 'a,b\n1,2"3\n', 2, "The line has a quote within a field that is not quoted"],
    ["text after a quote", 'a,b\n"1"x,2\n', 2, "The line goes on after a closing quote"],
    ["a lone carriage return", "a,b\r1,2\r", 1, "The line holds a carriage return that ends no line"],
    ["other encodings", Uint8Array.of(97, 10, 0xe9, 10), 1, "The line is not UTF-8"],
  ])("refuses %s with its line", async (_, content, line, message) => {
    await expect(parse(content)).rejects.toEqual(invalid(line, message));
  });

  test("does not gather a record without end", async () => {
    await expect(parse(`a,b\n1,"${"x\n".repeat(800_000)}`)).rejects.toMatchObject({
      code: "files.invalid-csv",
      place: { line: 2 },
      next: "Look for a quote that is never closed.",
    });
  });

  test("names a file that can't be read", async () => {
    const folder = project({});
    const read = readCsv(folder, { delimiter: ",", signal: new AbortController().signal });
    await expect(read.next()).rejects.toMatchObject({ code: "files.unreadable", place: { file: folder } });
  });
});
