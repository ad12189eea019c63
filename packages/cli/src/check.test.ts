import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { makeProject, strategyText, type TestProject } from "./project.test.kit.ts";

const BAD = strategyText({ compute: "({ close }) => ({ weight: Math.random() * close })" });
const FIXABLE = strategyText({}).replace('name: "tested",', 'name: "tested",\n  mode: "live",');

describe("qmtl check", () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
  });

  test("has nothing to say about a new project", async () => {
    const { code, stdout } = await project.qmtl("check");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing found in \d+ files/) });
  });

  test("ends with 1 for errors, at their place, in every format", async () => {
    project.write("strategies/bad.ts", BAD);
    const pretty = await project.qmtl("check", "strategies/bad.ts");
    expect(pretty.code).toBe(1);
    expect(pretty.stdout).toContain("error[C403]");
    expect(pretty.stdout).toContain("--> strategies/bad.ts:15:");
    const json = JSON.parse((await project.qmtl("check", "--format", "json")).stdout);
    expect(json.findings).toMatchObject([{ code: "C403", file: "strategies/bad.ts", line: 15 }]);
    const sarif = JSON.parse((await project.qmtl("check", "--format", "sarif")).stdout);
    expect(sarif.runs[0].results).toMatchObject([{ ruleId: "C403" }]);
    expect((await project.qmtl("check", "--format", "github")).stdout).toMatch(
      /^::error file=strategies\/bad\.ts,line=15/,
    );
    expect((await project.qmtl("check", "worlds")).code).toBe(0);
  });

  test("leaves out what its baseline knows", async () => {
    const first = await project.qmtl("check", "--baseline", "known.json");
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("Wrote 1 finding") });
    expect((await project.qmtl("check", "--baseline", "known.json")).code).toBe(0);
    project.write("strategies/other.ts", BAD);
    expect((await project.qmtl("check", "--baseline", "known.json")).code).toBe(1);
  });

  test("looks at what changed since a commit", async () => {
    const git = (...args: readonly string[]): void => {
      const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        cwd: project.root,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
    };
    git("init", "-q");
    git("add", "strategies", "worlds", "qmtl.config.ts");
    git("commit", "-qm", "all");
    expect((await project.qmtl("check", "--changed-since", "HEAD")).code).toBe(0);
    project.write("strategies/new.ts", BAD);
    const { stdout } = await project.qmtl("check", "--changed-since", "HEAD", "--format", "json");
    expect(JSON.parse(stdout).findings).toMatchObject([{ file: "strategies/new.ts" }]);
    expect((await project.qmtl("check", "--changed-since", "no-such-ref")).code).toBe(2);
  });

  test("mends what has one way to mend", async () => {
    project.write("strategies/fix.ts", FIXABLE);
    expect((await project.qmtl("check", "strategies/fix.ts", "--fix")).code).toBe(0);
    expect(project.read("strategies/fix.ts")).not.toContain("mode:");
  });

  test("asks types where the text leaves something open", async () => {
    const other = makeProject();
    other.write(
      "strategies/behind.ts",
      strategyText({ compute: "({ close }) => given(close)" }).replace(
        "export default",
        "const given = (x: number) => ({ weight: x > 1, wieght: 0 });\n\nexport default",
      ),
    );
    const { code, stdout, stderr } = await other.qmtl("check", "--format", "json");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { findings } = JSON.parse(stdout) as { findings: { code: string; message: string }[] };
    expect(findings.map((each) => `${each.code} ${each.message}`)).toEqual([
      'S204 "weight" is declared as f64<fraction>, and boolean is given',
      'S204 "wieght" is not declared; output declares weight',
    ]);
  });

  test("counts warnings, and judges as if everything were live where it is asked to", async () => {
    const other = makeProject();
    other.write(
      "strategies/helper.ts",
      strategyText({ graph: "const made = [1, 2].map((n) => n);" }).replace(
        "inputs: {",
        "inputs: { made: made[0] ?? 0, ",
      ),
    );
    const run = async (...args: readonly string[]) => {
      const { code, stdout } = await other.qmtl("check", "--format", "json", ...args);
      const { findings } = JSON.parse(stdout) as { findings: { code: string; severity: string }[] };
      return { code, found: [...new Set(findings.map((each) => `${each.severity} ${each.code}`))] };
    };
    expect(await run()).toEqual({ code: 0, found: ["warning G306"] });
    expect(await run("--max-warnings", "9")).toEqual({ code: 0, found: ["warning G306"] });
    expect(await run("--max-warnings", "0")).toEqual({ code: 1, found: ["warning G306"] });
    const live = await run("--domain", "live");
    expect(live).toMatchObject({ code: 1, found: expect.arrayContaining(["error G306"]) });
  });

  test("checks again when a file changes, until it is interrupted", async () => {
    const other = makeProject();
    const { process: child, ended } = other.start(["check", "--watch"]);
    let seen = "";
    const says = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (seen.includes(text)) resolve();
        };
        child.stdout?.on("data", (more: string) => {
          seen += more;
          look();
        });
        look();
      });
    await says("Nothing found");
    other.write("strategies/bad.ts", BAD);
    await says("error[C403]");
    child.kill("SIGINT");
    expect((await ended).code).toBe(1);
  });

  test("explains a rule, and knows its own mistakes", async () => {
    expect((await project.qmtl("check", "--explain", "D101")).stdout).toMatch(/^# D101 domain-order-in-shadow/);
    expect((await project.qmtl("check", "--explain", "D999")).code).toBe(2);
    expect((await project.qmtl("check", "nowhere")).code).toBe(2);
    expect((await project.qmtl("check", "--format", "xml")).code).toBe(2);
  });

  test("runs nothing of the project", async () => {
    const trap = 'import { writeFileSync } from "node:fs";\nwriteFileSync(new URL("./trap", import.meta.url), "");\n';
    project.write("qmtl.config.ts", trap + project.read("qmtl.config.ts"));
    project.write("strategies/trap.ts", `${trap}${strategyText({})}`);
    await project.qmtl("check");
    expect(() => project.read("strategies/trap")).toThrow(/ENOENT/);
    expect(() => project.read("trap")).toThrow(/ENOENT/);
  });
});
