import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, projectAt, strategyText, submitted, type TestProject } from "./project.test.kit.ts";

const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one
const ESCAPE = /\u001b/;

/** Every command with what it takes. */
const COMMANDS: readonly (readonly [words: readonly string[], takes: RegExp])[] = [
  [
    ["submit"],
    /--world <id>[\s\S]*--data-preset[\s\S]*--as-of[\s\S]*--param[\s\S]*--wait <seconds>[\s\S]*--mode[\s\S]*--json/,
  ],
  [["report"], /<run>[\s\S]*--world <id>[\s\S]*--html <file>[\s\S]*--json[\s\S]*EvalKey/],
  [["world", "list"], /--json/],
  [["world", "create"], /<id>/],
  [["world", "show"], /<id>/],
  [["world", "status"], /<id>[\s\S]*--watch/],
  [["world", "apply"], /<id>[\s\S]*--plan[\s\S]*--run-id <name>[\s\S]*--wait <seconds>[\s\S]*--json/],
  [["world", "apply-status"], /<id>[\s\S]*--json/],
  [["world", "abort"], /<id>[\s\S]*--reason <text>[\s\S]*--actor <name>[\s\S]*--wait <seconds>/],
  [["world", "audit"], /<id>[\s\S]*--verify[\s\S]*--last <count>/],
  [["edges", "list"], /<world>/],
  [
    ["edges", "override"],
    /--node <id>[\s\S]*--strategy <name>[\s\S]*--from <domain>[\s\S]*--open[\s\S]*--expires <when>/,
  ],
  [["world", "tick"], /<id>[\s\S]*--plan[\s\S]*--json/],
  [["world", "approve"], /\[strategy\][\s\S]*--actor <name>[\s\S]*--comment <text>/],
  [["world", "reject"], /<strategy>[\s\S]*--actor <name>[\s\S]*--comment <text>/],
  [["data", "coverage"], /--world <id>[\s\S]*--preset <id>/],
  [["data", "import"], /--world <id>[\s\S]*--preset <id>/],
  [["plugin", "list"], /--json/],
  [["init"], /<dir>/],
];

describe("help", () => {
  const here = projectAt(tmpdir());

  test.each(COMMANDS)("of %j says what it takes", async (words, takes) => {
    const { code, stdout, stderr } = await here.qmtl(...words, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(takes);
    expect(stdout).toContain(`Usage: qmtl ${words.join(" ")}`);
    expect(stdout).not.toMatch(ESCAPE);
  });

  test("is what qmtl alone shows, with every command and the exit codes", async () => {
    const { code, stdout, stderr } = await here.qmtl();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of ["submit", "report", "world", "edges", "data", "plugin", "init", "Exit codes"])
      expect(stdout).toContain(word);
  });

  test("of a group is shown when its command is missing, and that is a usage error", async () => {
    for (const group of ["world", "edges", "data", "plugin"]) {
      const { code, stdout, stderr } = await here.qmtl(group);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`qmtl ${group} needs a command`);
      expect(stderr).toContain(`qmtl ${group} --help`);
    }
  });

  test("comes with the version", async () => {
    const { code, stdout } = await here.qmtl("--version");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0.1.0\n" });
  });
});

const MISTYPED: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [["submitt", "a.ts"], /submitt[\s\S]*next: Did you mean submit\?/],
  [["submit", "a.ts"], /--world[\s\S]*next:/],
  [["submit", "--world", "w"], /file[\s\S]*next:/],
  [["submit", "a.ts", "--world", "w", "--fast", "3"], /--fast[\s\S]*next:/],
  [["submit", "a.ts", "b.ts", "--world", "w"], /too many arguments[\s\S]*next:/],
  [["submit", "a.ts", "--world", "w", "--param", "fast"], /"fast" is not name=value[\s\S]*next:/],
  [["world", "lst"], /lst[\s\S]*next:/],
  [["world", "list", "--verbose"], /--verbose[\s\S]*next:/],
  [["data", "coverage"], /--world[\s\S]*next:/],
  [["world", "apply", "w", "--wait", "long"], /number of seconds[\s\S]*next:/],
  [["world", "audit", "w", "--last", "0"], /whole number[\s\S]*next:/],
  [["world", "abort", "w"], /--reason[\s\S]*next:/],
  [["edges", "override", "w", "--from", "mars"], /mars[\s\S]*next:/],
];

describe("a mistyped command", () => {
  let project: TestProject;
  beforeAll(() => {
    project = makeProject();
  });
  test.each(MISTYPED)("%j is a usage error with a next step", async (words, says) => {
    const { code, stdout, stderr } = await project.qmtl(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error\[[a-z.-]+\]: /);
    expect(stderr).toMatch(says);
  });

  test("is not what a reader is told who goes away before the end", async () => {
    const { process: child, ended } = project.start(["world", "list"]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stdout: "", stderr: expect.not.stringContaining("EPIPE") });
  });

  test("is an error object with --json", async () => {
    const { code, error, stderr } = submitted(await project.qmtl("submit", "a.ts", "--json"));
    expect({ code, error }).toMatchObject({ code: 2, error: { code: "cli.usage", class: "usage" } });
    expect(stderr).toMatch(/^error\[cli\.usage\]/);
  });

  test("outside of a project says how to make one", async () => {
    const { code, stderr } = await projectAt(tmpdir()).qmtl("world", "list");
    expect(code).toBe(2);
    expect(stderr).toMatch(/no qmtl\.config\.ts[\s\S]*next: .*qmtl init/);
  });

  test("names a file that is not there", async () => {
    const { code, error } = await project.submit("strategies/none.ts");
    expect({ code, error }).toMatchObject({
      code: 2,
      error: { code: "strategy.not-found", place: { file: "strategies/none.ts" } },
    });
  });
});

describe("a new project", () => {
  const parent = mkdtempSync(join(tmpdir(), "qmtl-init-"));
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  test("is made by init, submits as its README says, and is not made twice", async () => {
    const made = await projectAt(parent).qmtl("init", "my-project");
    expect(made.code).toBe(0);
    expect(made.stdout).toContain("npx qmtl submit strategies/sma-cross.ts --world sp500-trend");
    const root = join(parent, "my-project");
    expect(readdirSync(root).sort()).toEqual([
      ".gitignore",
      "README.md",
      "package.json",
      "qmtl.config.ts",
      "strategies",
      "tsconfig.json",
      "worlds",
    ]);
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object };
    const imports = [...readFileSync(join(root, "qmtl.config.ts"), "utf8").matchAll(/from "(@qmtl\/[a-z-]+)/g)].map(
      ([, name]) => name,
    );
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...imports, "@qmtl/cli"]));

    symlinkSync(modules, join(root, "node_modules"));
    const { code, stdout } = await projectAt(root).qmtl("submit", "strategies/sma-cross.ts", "--world", "sp500-trend");
    expect(code).toBe(0);
    expect(stdout).toContain("sma-cross in world sp500-trend: active");
    expect(existsSync(join(root, ".qmtl", "journal.db"))).toBe(true);

    const again = await projectAt(parent).qmtl("init", "my-project");
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/my-project is not empty[\s\S]*next:/);
  });
});

describe("what people read", () => {
  let project: TestProject;
  let text: string;
  beforeAll(async () => {
    project = makeProject({ "strategies/rival.ts": strategyText({ name: "rival", compute: "() => ({ weight: 1 })" }) });
    const { code, stdout } = await project.qmtl("submit", "strategies/sma-cross.ts", "--world", "sp500-trend");
    expect(code).toBe(0);
    text = stdout;
  });

  test("of a submission has no escape codes and no dust of binary fractions", () => {
    expect(text).not.toMatch(ESCAPE);
    expect(text).not.toMatch(/\d\.\d{9,}/);
    for (const part of ["Selected at rank 1", "Metrics", "Sharpe", "Backtest", "Data", "Provenance", "again with"])
      expect(text).toContain(part);
  });

  test("stays plain where colours are forced off, and where the terminal is none", async () => {
    const { ended } = project.start(["world", "status", "sp500-trend"], { NO_COLOR: "1", FORCE_COLOR: "1" });
    for (const { stdout, stderr } of [await ended, await project.qmtl("world", "status", "nothing")])
      expect(`${stdout}${stderr}`).not.toMatch(ESCAPE);
  });

  test("of a rejected strategy has the rule, the distance to its bound, and the place of an error", async () => {
    const rejected = await project.qmtl("submit", "strategies/rival.ts", "--world", "sp500-trend");
    expect(rejected.code).toBe(1);
    expect(rejected.stdout).toMatch(
      /rival in world sp500-trend: rejected[\s\S]*Violations\n {2}gates: trades .*at least 10/,
    );
    project.write("strategies/throws.ts", strategyText({ compute: "() => { throw new Error('no'); }" }));
    const thrown = await project.qmtl("submit", "strategies/throws.ts", "--world", "sp500-trend");
    expect(thrown.code).toBe(1);
    expect(thrown.stdout).toMatch(/strategies\/throws\.ts:15.*node "trend", symbol SPX, bar 2000-01-14T21:00:00/);
  });

  test("of worlds", async () => {
    const list = await project.qmtl("world", "list");
    expect(list.stdout).toMatch(/^world +mode +active +trials +next\nsp500-trend +compute-only +1 +\d /);
    const made = await project.qmtl("world", "create", "other");
    expect({ code: made.code, stdout: made.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("worlds/other.yml"),
    });
    expect((await project.qmtl("world", "create", "other")).code).toBe(2);
    expect((await project.qmtl("world", "create", "No Id")).code).toBe(2);
    const status = await project.qmtl("world", "status", "other");
    expect(status.stdout).toMatch(/No strategy was submitted yet\.[\s\S]*next: .*qmtl submit/);
    const show = await project.qmtl("world", "show", "other");
    expect(show.stdout).toContain("id: other");
    project.write("worlds/broken.yml", "id: broken\n");
    const broken = await project.qmtl("world", "list");
    expect(broken.code).toBe(0);
    expect(broken.stdout).toMatch(/broken[^\n]*\nother[^\n]*\nsp500-trend/);
    rmSync(join(project.root, "worlds/broken.yml"));
  });

  test("of the status has who is active and why", async () => {
    const { stdout } = await project.qmtl("world", "status", "sp500-trend");
    expect(stdout).toMatch(/sma-cross +[0-9a-f]{8} +yes +backtest \(mode\) +compute-only +1 +0\.252 +100\.00 %/);
    const json = JSON.parse((await project.qmtl("world", "status", "sp500-trend", "--json")).stdout) as object;
    expect(json).toMatchObject({ world: "sp500-trend", active: 1 });
  });

  test("of data", async () => {
    const coverage = await project.qmtl("data", "coverage", "--world", "sp500-trend");
    expect(coverage.stdout).toMatch(/daily +SPX +1d +XNYS +5,105 +2000-01-03T21:00:00Z +2020-04-17T20:00:00Z/);
    const again = await project.qmtl("data", "import", "--world", "sp500-trend");
    expect(again.stdout).toMatch(/daily +SPX +5,105 +in the store already/);
    rmSync(join(project.root, ".qmtl"), { recursive: true });
    const fresh = await project.qmtl("data", "import", "--world", "sp500-trend", "--preset", "daily", "--json");
    expect(JSON.parse(fresh.stdout)).toMatchObject({ world: "sp500-trend", series: [{ symbol: "SPX", bars: 5105 }] });
    const none = await project.qmtl("data", "coverage", "--world", "sp500-trend", "--preset", "weekly");
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/weekly[\s\S]*next: .*daily/);
  });

  test("of plugins", async () => {
    const { code, stdout } = await project.qmtl("plugin", "list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/data-provider +samples +@qmtl\/data-samples +0\.1\.0 .*ready/);
    expect(stdout).toMatch(/storage +sqlite .*ready +state and objects/);
  });
});
