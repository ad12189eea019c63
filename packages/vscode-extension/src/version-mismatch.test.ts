import { expect, test } from "vitest";
import { versionMismatch } from "./version-mismatch.ts";

test("versions that belong together are not spoken of", () => {
  expect(versionMismatch({ extension: "0.1.9", cli: "0.1.0", core: "0.1.0" })).toBeUndefined();
  expect(versionMismatch({ extension: "1.4.0", cli: "1.0.2", core: "1.0.2" })).toBeUndefined();
});

test("what does not belong together is named, with what to do", () => {
  expect(versionMismatch({ extension: "0.1.0", cli: "0.1.0", core: undefined })).toContain("npm install @qmtl/core");
  expect(versionMismatch({ extension: "0.1.0", cli: "0.1.1", core: "0.1.0" })).toContain(
    "npm install @qmtl/core@0.1.1",
  );
  expect(versionMismatch({ extension: "0.2.0", cli: "0.1.0", core: "0.1.0" })).toContain("made for 0.2");
  expect(versionMismatch({ extension: "2.0.0", cli: "1.9.0", core: "1.9.0" })).toContain("made for 2");
});
