// check.mjs CHROMIUM IFCSIM FOLDER: build reports from the statistics in FOLDER and look at them in a browser.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { analysed, narrow } from "./analysis.mjs";
import { Browser, Page } from "./browser.mjs";
import { check, equal, failuresOf, finish, sound } from "./checks.mjs";
import { odd } from "./odd.mjs";

const [chromium, ifcsim, folder] = process.argv.slice(2);
const path = (name) => join(folder, name);
const stats = (name) => JSON.parse(readFileSync(path(name), "utf8"));
function report(name, ...files) {
  execFileSync(ifcsim, ["report", ...files, "-o", name], { cwd: folder });
  return pathToFileURL(resolve(folder, name)).href;
}

// Four significant digits with a prefix, worked out in another way than the report does.
function fourDigits(x, unit, prefixes) {
  const power = Math.floor(Math.log10(x) / 3 + 1e-12);
  return `${(x / 1000 ** power).toPrecision(4)} ${prefixes[power]}${unit}`;
}
const PREFIX = { "-4": "p", "-3": "n", "-2": "µ", "-1": "m", 0: "", 1: "k", 2: "M", 3: "G", 4: "T" };
const expected = (s) => ({
  "Throughput": [s.decode.tokens_per_second, `${s.decode.tokens_per_second.toPrecision(4)} tokens/s`],
  "Latency per token": [s.decode.latency_ps.mean, fourDigits(s.decode.latency_ps.mean * 1e-12, "s", PREFIX)],
  "Latency p99": [s.decode.latency_ps.p99, fourDigits(s.decode.latency_ps.p99 * 1e-12, "s", PREFIX)],
  "Energy per token": [s.decode.energy_j_per_token, fourDigits(s.decode.energy_j_per_token, "J", PREFIX)],
  "Average power": [s.power_w.average, fourDigits(s.power_w.average, "W", PREFIX)],
  "Simulated time": [s.end_time_ps, fourDigits(s.end_time_ps * 1e-12, "s", PREFIX)],
});
const CARDS = `Object.fromEntries([...document.querySelectorAll(".card")].map((c) => [c.querySelector(".label").textContent,
  [Number(c.querySelector("data").value), c.querySelector(".value").textContent]]))`;
const ids = `[...document.querySelectorAll("main > section")].map((s) => s.id)`;
const textOf = (selector) => `document.querySelector(${JSON.stringify(selector)}).textContent`;
const rows = (id) => `[...document.querySelectorAll("#${id} tbody tr")].map((r) => [...r.children].map((c) => (c.querySelector("data") ? Number(c.querySelector("data").value) : c.textContent)))`;

// How much of each canvas is drawn on.
const INK = `[...document.querySelectorAll("canvas")].map((c) => {
  const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0;
  for (let i = 3; i < d.length; i += 4) n += d[i] > 0;
  return n / (c.width * c.height);
})`;

async function looks(browser, url, what) {
  for (const width of [1280, 400])
    for (const scheme of ["light", "dark"]) {
      const page = await Page.open(browser, { width, scheme });
      await page.go(url);
      await sound(page, url, `${what}, ${width} px, ${scheme}`);
      const [red] = await page.run(`getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)`);
      check(`${what}: the page is not ${scheme}`, scheme === "light" ? red > 200 : red < 50, red);
      const [text] = await page.run(`getComputedStyle(document.body).color.match(/\\d+/g).map(Number)`);
      check(`${what}: text has no contrast`, Math.abs(text - red) > 150, { text, red });
      const ink = await page.run(INK);
      check(`${what}: an empty chart at ${width} px`, ink.every((x) => x > 0.005), ink);
      await page.close();
    }
}

async function single(browser) {
  const url = report("single.html", "discrete.json"), s = stats("discrete.json");
  await looks(browser, url, "single");
  const page = await Page.open(browser);
  await page.go(url);
  equal("title", await page.run(textOf("h1")), s.title);
  equal("title of the window", await page.run("document.title"), `${s.title} – IFCSim`);
  equal("sections", await page.run(ids), ["headline", "notes", "bottlenecks", "roofline", "usage", "lanes", "energy", "rates", "tokens", "memory", "wear", "work", "scenario"]);
  const cards = await page.run(CARDS);
  for (const [name, value] of Object.entries(expected(s))) equal(`card ${name}`, cards[name], value);
  equal("notes", await page.run(`[...document.querySelectorAll("#notes li")].map((l) => l.textContent)`), s.warnings);

  await page.run(`document.querySelector("#bottlenecks button[aria-expanded]").click()`);
  const path_rows = await page.run(rows("bottlenecks"));
  equal("rows of the critical path", path_rows.length, s.critical_path.length);
  equal("the first bottleneck", path_rows[0].slice(1, 4), ["operator", "resource", "phase"].map((k) => s.critical_path[0][k]));
  const sum = path_rows.reduce((a, r) => a + r[4], 0), mean = s.decode.latency_ps.mean;
  check("the critical path does not sum to the latency", Math.abs(sum - mean) < 1e-6 * mean, { sum, mean });
  const joule = (await page.run(rows("energy"))).reduce((a, r) => a + r[3], 0);
  check("the energies do not sum", Math.abs(joule / s.decode.energy_j_per_token - 1) < 1e-9, joule);
  equal("scenario as run", await page.run(textOf("#scenario pre")), s.resolved);
  const usage = await page.run(`[...document.querySelectorAll("#usage tbody tr")].map((r) => [r.children[0].textContent, r.children[2].textContent])`);
  for (const [name, mean_busy] of usage) {
    const own = s.resources.filter((r) => r.group === name || (r.group === "" && name.startsWith(r.kind)));
    equal(`mean use of ${name}`, mean_busy, `${((own.reduce((a, r) => a + r.utilisation, 0) / own.length) * 100).toFixed(1)} %`);
  }
  await interact(page, s);
  await sound(page, url, "after use");
  await print(page);
  await page.close();
}

// Keys, mouse and buttons on the two pictures that zoom.
async function interact(page, s) {
  const picture = () => page.run(`document.querySelector(".lanes canvas").toDataURL()`);
  const chart = () => page.run(`document.querySelector("#usage canvas").toDataURL()`);
  const focused = `(document.activeElement.className + " " + document.activeElement.tagName).trim()`;
  let seen = new Set();
  for (let i = 0; i < 60; i++) { await page.key("Tab"); seen.add(await page.run(focused)); }
  for (const kind of ["plot DIV", "plot lanes DIV", "BUTTON", "scroll DIV", "SUMMARY", "INPUT", "A"]) check(`Tab does not reach ${kind}`, seen.has(kind), [...seen]);

  for (const [what, selector, draw] of [["lanes", ".lanes", picture], ["chart", "#usage .plot", chart]]) {
    const whole = await draw();
    await page.run(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await page.key("+");
    await page.settle();
    const zoomed = await draw();
    check(`${what}: + does not zoom`, zoomed !== whole);
    await page.key("ArrowRight");
    await page.settle();
    check(`${what}: the arrow does not move`, (await draw()) !== zoomed);
    await page.key("0");
    await page.settle();
    check(`${what}: 0 does not show the whole`, (await draw()) === whole);
    const box = await page.run(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect(); return { x: r.left, y: r.top, w: r.width, h: r.height }; })()`);
    await page.drag(box.x + box.w * 0.4, box.x + box.w * 0.6, box.y + box.h / 2);
    check(`${what}: a drag does not zoom`, (await draw()) !== whole);
    await page.run(`document.querySelector("#${what === "lanes" ? "lanes" : "usage"} button[aria-label='Show the whole time']").click()`);
    await page.settle();
  }
  const readout = textOf("#lanes .readout");
  await page.run(`document.querySelector(".lanes").focus()`);
  await page.key("ArrowDown");
  const first = s.token_lanes.operators.reduce((a, b) => (b.begin_ps < a.begin_ps ? b : a));
  check("the key selects no operator", (await page.run(readout)).startsWith(`${first.operator} of layer ${first.layer}`), await page.run(readout));
  const before = await picture();
  await page.run(`document.querySelectorAll("#lanes input[type=radio]")[1].click()`);
  await page.settle();
  check("single operators look no different", (await picture()) !== before);
  await page.run(`document.querySelector("#usage button.series").click()`);
  equal("a series that is switched off", await page.run(`document.querySelector("#usage button.series").getAttribute("aria-pressed")`), "false");
}

async function print(page) {
  const { data } = await page.send("Page.printToPDF", { printBackground: true });
  check("printing gives no PDF", Buffer.from(data, "base64").subarray(0, 5).toString() === "%PDF-");
  await page.send("Emulation.setEmulatedMedia", { media: "print", features: [{ name: "prefers-color-scheme", value: "dark" }] });
  const nav = await page.run(`getComputedStyle(document.querySelector("nav")).display`);
  const [red] = await page.run(`getComputedStyle(document.querySelector("section")).color.match(/\\d+/g).map(Number)`);
  check("paper is dark or has the navigation on it", nav === "none" && red < 80, { nav, red });
}

async function compared(browser) {
  const names = ["discrete.json", "compact.json", "dram.json"], all = names.map(stats);
  const url = report("compared.html", ...names);
  await looks(browser, url, "compared");
  const page = await Page.open(browser);
  await page.go(url);
  equal("runs", await page.run(`[...document.querySelectorAll(".runs strong")].map((e) => e.textContent)`), all.map((s) => s.title));
  const overview = await page.run(rows("runs")), per = (x) => Math.round(x * 1e12) / 1e12;
  equal("a row for each run", overview.map((r) => r.slice(1, 3)), all.map((s) => [s.decode.tokens_per_second, s.decode.energy_j_per_token]));
  equal("price, tokens/s per $ and W", overview.map((r) => [r[4], per(r[5]), per(r[6])]),
    all.map((s) => [s.price_usd, per(s.decode.tokens_per_second / s.price_usd), per(s.decode.tokens_per_second / s.power_w.average)]));
  const most = Math.max(...all.map((s) => s.decode.tokens_per_second));
  equal("bars on one scale", await page.run(`[...document.querySelectorAll("#runs tbody tr")].map((r) => Math.round(parseFloat(r.querySelector(".bar i").style.width)))`),
    all.map((s) => Math.round((100 * s.decode.tokens_per_second) / most)));
  const head = await page.run(rows("headline"));
  equal("throughputs", head.find((r) => r[0] === "Throughput").slice(1), all.map((s) => s.decode.tokens_per_second));
  const change = (all[1].decode.tokens_per_second / all[0].decode.tokens_per_second - 1) * 100;
  const shown = await page.run(`document.querySelectorAll("#headline tbody tr")[0].children[2].querySelector(".change").textContent`);
  equal("change of throughput", shown, `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(1)} %`);
  equal("charts", await page.run(`document.querySelectorAll("#usage canvas").length + document.querySelectorAll("#lanes canvas").length`), 6);
  const differ = await page.run(`[...document.querySelectorAll("#scenario tbody tr")].map((r) => [...r.children].map((c) => c.textContent))`);
  equal("a parameter that differs", differ.find((r) => r[0] === "workload.tokens"), ["workload.tokens", "4", '"period"', "3"]);
  equal("windows", await page.run(`document.querySelector("#notes > div").textContent`), "4, 32, 3 tokens are not whole periods of flushes and pages of all runs: 160 tokens are.");
  check("an equal parameter is listed", !differ.some((r) => r[0] === "model.layers"));
  await page.close();
}

// Runs of one title are told apart by dies, policies, and the parameters in which they differ.
async function apart(browser) {
  const names = ["older.json", "moved.json", "policies.json"], all = names.map(stats), page = await Page.open(browser);
  const texts = (selector) => `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent)`;
  await page.go(report("moved.html", "moved.json"));
  equal("dies as run", await page.run(texts(".machine")), ["g1 11 dies, g2 5 dies"]);
  await page.go(report("apart.html", "older.json", "moved.json"));
  const labels = ["g1.dies = 8, g2.dies = 8", "g1.dies = 11, g2.dies = 5"];
  equal("labels", await page.run(texts(".runs .label")), labels);
  equal("labels of parts", await page.run(texts("#rates .runline .name")), labels);
  check("default policies are a section", !(await page.run(ids)).includes("policies"));
  const url = report("policies.html", ...names);
  await looks(browser, url, "runs of one title");
  await page.go(url);
  equal("labels with policies", await page.run(texts(".runs .label")), ["g1.dies = 8, g2.dies = 8, dispatch fifo, kv_flush idle-window, and 1 more",
    "g1.dies = 11, g2.dies = 5, dispatch fifo, kv_flush idle-window, and 1 more", "g1.dies = 8, g2.dies = 8, dispatch newest-first, kv_flush at-token-end, and 1 more"]);
  const plugin = `newest-first.so ${all[2].policies.dispatch.plugin_hash}`;
  equal("machines", await page.run(texts(".machine")), ["g1 8 dies, g2 8 dies", "g1 11 dies, g2 5 dies",
    `g1 8 dies, g2 8 dies · policies: dispatch newest-first of ${plugin}, kv_flush at-token-end, observer times class-latency`]);
  const found = await page.run(rows("policies")), of = (name, what) => found.find((r) => r[0] === name && r[1] === what)?.slice(2);
  equal("a parameter of a policy", of("dispatch newest-first", "patience"), ["–", "–", '"3 ms"']);
  equal("a statistic of a policy", of("kv_flush at-token-end", "forced"), ["–", "–", all[2].policies.kv_flush.statistics.forced.value]);
  equal("statistics of an observer", of("observer times class-latency", "weights_mean"), ["–", "–", all[2].policies.observers.times.statistics.weights_mean.value]);
  check("a plug-in is not called by its content", (await page.run(textOf("#scenario table"))).includes(plugin));
  await page.close();
}

// Requests: their times, and how long they took, over time; of runs that decode only, nothing.
async function served(browser) {
  const all = ["requests.json", "served.json"].map(stats), page = await Page.open(browser);
  const url = report("requests.html", "requests.json");
  await looks(browser, url, "requests");
  await page.go(url);
  const times = ["queue_ps", "ttft_ps", "tpot_ps", "latency_ps"], columns = ["mean", "p50", "p90", "p99", "max"];
  equal("times of requests", (await page.run(rows("requests"))).map((r) => r.slice(1)), times.map((t) => columns.map((c) => all[0].requests[t][c])));
  check("what kind of run it is", (await page.run(textOf(".meta"))).includes("· requests ·"));
  equal("time to first token", (await page.run(CARDS))["Time to first token"][0], all[0].requests.ttft_ps.mean);
  check("how busy it was", (await page.run(textOf("#requests"))).includes(`busy for ${(all[0].requests.busy_share * 100).toFixed(1)} %`));
  await page.go(report("both.html", "requests.json", "served.json", "dram.json"));
  equal("charts over time, one for each run that served", await page.run(`document.querySelectorAll("#requests canvas").length`), 2);
  await page.close();
}

async function hostile(browser) {
  const s = stats("evil.json");
  writeFileSync(path("<img src=x onerror=alert(3)>.json"), readFileSync(path("evil.json")));
  for (const files of [["evil.json"], ["evil.json", "<img src=x onerror=alert(3)>.json", "discrete.json"]]) {
    const url = report("evil.html", ...files), page = await Page.open(browser), what = `${files.length} hostile names`;
    await page.go(url);
    await sound(page, url, what);
    equal(`${what}: title`, await page.run(textOf(files.length > 1 ? ".runs strong" : "h1")), s.title);
    equal(`${what}: elements made of names`, await page.run("document.querySelectorAll('img, h1 b, strong b, script:not([nonce]):not([type]), pre *').length"), 0);
    equal(`${what}: scripts`, await page.run("document.scripts.length"), 3);
    check(`${what}: the model's name`, (await page.run(textOf("#scenario pre"))).includes("<!--<script></script><img src=x onerror=alert(2)>"));
    await page.close();
  }
}

async function incomplete(browser) {
  const cases = [
    ["older.json", ["headline", "notes", "bottlenecks", "roofline", "usage", "lanes", "energy", "rates", "tokens", "memory", "wear", "work", "scenario"], "#usage", "--stats FILE.json --detail"],
    ["full.json", ["headline", "memory", "scenario"], "main > .note.bad", "g1 does not fit: 443.1 GB needed, 285.1 GB available"],
    ["stopped.json", ["headline", "notes", "bottlenecks", "roofline", "usage", "lanes", "energy", "rates", "memory", "wear", "work", "scenario"], "main > .note.bad", "interrupted"],
    ["stream.json", ["headline", "notes", "bottlenecks", "roofline", "usage", "energy", "rates", "memory", "wear", "work", "scenario"], "#bottlenecks", "array limit"],
  ];
  for (const [name, sections, place, text] of cases) {
    const url = report("case.html", name);
    await looks(browser, url, name);
    const page = await Page.open(browser);
    await page.go(url);
    const found = await page.run(ids);
    equal(`${name}: sections`, found.filter((id) => id !== "notes"), sections.filter((id) => id !== "notes"));
    check(`${name}: '${text}' is not said`, (await page.run(textOf(place))).includes(text), await page.run(textOf(place)));
    await page.close();
  }
  const url = report("all.html", ...cases.map(([name]) => name), "discrete.json");
  await looks(browser, url, "runs of all kinds");
}

async function strange(browser) {
  const names = odd.map((text, i) => { writeFileSync(path(`odd${i}.json`), text); return `odd${i}.json`; });
  for (const files of [...names.map((n) => [n]), [...names, "discrete.json"]]) {
    const url = report("odd.html", ...files), page = await Page.open(browser, { width: 400 });
    await page.go(url);
    await sound(page, url, `odd file ${files[0]}${files.length > 1 ? " and others" : ""}`);
    check(`odd file ${files[0]}: no section`, (await page.run(ids)).includes("scenario"));
    await page.close();
  }
}

async function analysis(browser) {
  const open = (how) => Page.open(browser, how), urls = { run: report("run.html", "dram.json"), explained: report("explained.html", "explained.json") };
  await analysed(open, stats("dram.json"), stats("explained.json"), urls);
  await narrow(open, [report("narrow.html", "discrete.json", "policies.json"), report("alone.html", "policies.json"), urls.explained]);
}

// The checks themselves: a page that does all that is forbidden is seen to do it.
async function bad(browser) {
  writeFileSync(path("bad.html"), `<!DOCTYPE html><body style="width:3000px">x<img src="http://127.0.0.1:9/x.png"><script>console.error("no"); setTimeout(() => { throw new Error("late"); });</script>`);
  const page = await Page.open(browser), url = pathToFileURL(resolve(folder, "bad.html")).href;
  await page.go(url);
  const seen = await failuresOf(() => sound(page, url, "bad page"));
  equal("faults seen in a bad page", seen, 3);
  check("a console error and an exception are not seen", page.complaints.some((c) => c.includes("no")) && page.complaints.some((c) => c.includes("late")), page.complaints);
  await page.close();
}

const browser = new Browser(chromium);
try {
  for (const part of [bad, single, compared, apart, served, hostile, incomplete, strange, analysis]) await part(browser);
} finally {
  await browser.close();
}
finish();
