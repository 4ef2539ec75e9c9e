// points.mjs CHROMIUM FOLDER: the pages of explorations that tests/cli/explore_page.sh made, in a browser.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser, Page } from "./browser.mjs";
import { check, equal, finish, sound } from "./checks.mjs";

const [chromium, folder] = process.argv.slice(2);
const urlOf = (name) => pathToFileURL(resolve(folder, name)).href;
// points.csv, without quotes in it.
const [head, ...lines] = readFileSync(resolve(folder, "split/points.csv"), "utf8").trim().split("\r\n").map((l) => l.split(","));
const csv = lines.map((l) => Object.fromEntries(l.map((x, i) => [head[i], x])));
const good = csv.filter((p) => p.status === "ok");

const HEADS = `[...document.querySelectorAll("#table thead tr:first-child th")].map((t) => t.textContent)`;
const column = (name) => `[...document.querySelectorAll("#table tbody tr")].map((r) => { const c = r.children[${HEADS}.indexOf(${JSON.stringify(name)})], d = c.querySelector("data"); return d ? Number(d.value) : c.textContent; })`;
const sort = (name) => `document.querySelectorAll("#table thead tr:first-child button")[${HEADS}.indexOf(${JSON.stringify(name)})].click()`;
const filter = (name, text) => `(() => { const f = document.querySelectorAll("#table .filters input")[${HEADS}.indexOf(${JSON.stringify(name)})]; f.value = ${JSON.stringify(text)}; f.dispatchEvent(new Event("input")); return f.validity.valid; })()`;
const choose = (k, value) => `(() => { const s = document.querySelectorAll(".choose select")[${k}]; s.value = [...s.options].find((o) => o.textContent.startsWith(${JSON.stringify(value)})).value; s.dispatchEvent(new Event("change")); })()`;
const MARKS = `document.querySelectorAll("#picture .mark, #picture .map rect").length`;
const G1 = "flash.groups.g1.dies", CONTEXT = "workload.context";

async function looks(browser) {
  for (const name of ["split.html", "map.html", "front.html", "parts.html", "odd.html"])
    for (const width of [1440, 390])
      for (const scheme of ["light", "dark"]) {
        const page = await Page.open(browser, { width, scheme });
        await page.go(urlOf(name));
        await sound(page, urlOf(name), `${name}, ${width} px, ${scheme}`);
        check(`${name}, ${width} px: nothing is drawn`, (await page.run(MARKS)) >= 2);
        const out = await page.run(`[...document.querySelectorAll("#picture svg text")].filter((t) => { const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect(); return a.left < b.left - 1 || a.right > b.right + 1; }).map((t) => t.textContent)`);
        equal(`${name}, ${width} px: words that are cut`, out, []);
        await page.close();
      }
}

async function table(page) {
  equal("rows", (await page.run(column("point"))).length, csv.length);
  equal("parameters", await page.run(column(G1)), csv.map((p) => Number(p[G1])));
  equal("figures", (await page.run(column("latency (ms)"))).map((x) => (typeof x === "number" ? x.toFixed(6) : x)), csv.map((p) => (p.latency_ps ? (p.latency_ps * 1e-9).toFixed(6) : "–")));
  await page.run(sort("tokens per second"));
  const speeds = good.map((p) => Number(p.tokens_per_second)).sort((a, b) => b - a);
  equal("sorted, the most first", (await page.run(column("tokens per second"))).slice(0, speeds.length), speeds);
  await page.run(sort("tokens per second"));
  equal("the other way", (await page.run(column("tokens per second"))).slice(0, speeds.length), [...speeds].reverse());
  equal("what has no figure stays last", (await page.run(column("status"))).at(-1), "out_of_memory");
  const cases = [[G1, "> 4", (p) => p[G1] > 4], [G1, "4..8", (p) => p[G1] >= 4 && p[G1] <= 8], [CONTEXT, "1K, 10K", (p) => p[CONTEXT] === "1024" || p[CONTEXT] === "10240"],
    ["waits for", "G2", (p) => p.waits_for.startsWith("g2")], ["status", "ok", (p) => p.status === "ok"]];
  for (const [name, text, test] of cases) {
    check(`${name} ${text} is refused`, await page.run(filter(name, text)));
    equal(`filter ${name} ${text}`, (await page.run(column("point"))).sort((a, b) => a - b), csv.filter(test).map((p) => Number(p.point)));
    await page.run(filter(name, ""));
  }
  equal("a filter that means nothing", await page.run(filter(G1, "> x")), false);
  equal("it filters nothing", (await page.run(column("point"))).length, csv.length);
  await page.run(filter(G1, "4"));
  await page.settle();
  equal("the picture shows what the table does", await page.run(MARKS), new Set(good.filter((p) => p[G1] === "4").map((p) => p[CONTEXT])).size);
  await page.run(`document.querySelector("#table .tools button").click()`);
  equal("filters are cleared", (await page.run(column("point"))).length, csv.length);
}

async function best(page) {
  const rows = await page.run(`[...document.querySelectorAll("#best tbody tr")].map((r) => Number(r.children[0].textContent))`);
  const expected = [...new Set(good.map((p) => p[CONTEXT]))].map((c) => good.filter((p) => p[CONTEXT] === c).reduce((a, b) => (Number(b.tokens_per_second) > Number(a.tokens_per_second) ? b : a)));
  equal("best of each context", rows, expected.map((p) => Number(p.point)));
}

async function picture(page) {
  await page.run(choose(0, "Every point"));
  await page.run(choose(1, "energy"));
  await page.settle();
  equal("every point that is good is drawn", await page.run(MARKS), good.length);
  const front = good.filter((p) => !good.some((q) => Number(q.tokens_per_second) >= Number(p.tokens_per_second) && Number(q.energy_j_per_token) <= Number(p.energy_j_per_token) &&
    (q.tokens_per_second !== p.tokens_per_second || q.energy_j_per_token !== p.energy_j_per_token)));
  equal("Pareto front", await page.run(`document.querySelector("#picture .front").getAttribute("points").trim().split(" ").length`), front.length);
  // Pointing at a mark says which point it is, and marks its row.
  const where = await page.run(`(() => { document.querySelector("#picture").scrollIntoView(); const b = document.querySelectorAll("#picture .mark")[3].getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; })()`);
  await page.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: where[0], y: where[1] });
  await page.settle();
  const said = await page.run(`document.querySelector("#picture .readout").textContent`);
  const p = csv.find((q) => said.startsWith(`Point ${q.point}:`));
  check("pointing at a mark says nothing", p && said.includes(`${G1} ${p[G1]}`), said);
  check("no details", await page.run(`!document.querySelector(".tip").hidden && document.querySelectorAll(".tip tr").length > 5`));
  equal("the row of the mark", await page.run(`document.querySelector("#table tr.on td data").value`), p?.point);
  await page.run(`document.querySelector(".picture").focus()`);
  await page.key("ArrowRight");
  await page.settle();
  check("the arrow key goes nowhere", (await page.run(`document.querySelector("#picture .readout").textContent`)) !== said);
  await page.run(choose(0, "Map"));
  await page.run(choose(1, CONTEXT));
  await page.run(choose(3, G1));
  await page.settle();
  equal("cells of the map", await page.run(MARKS), good.length);
}

// Nothing lies between two names: dots; and a page says no more of its scenario than its name.
async function names(browser) {
  const page = await Page.open(browser);
  await page.go(urlOf("parts.html"));
  equal("names: marks and lines", [(await page.run(MARKS)) > 2, await page.run(`document.querySelectorAll("#picture .series").length`)], [true, 0]);
  await page.run(choose(1, "flash.groups.*.t_read"));
  await page.settle();
  equal("units of one column", await page.run(column("flash.groups.*.t_read (us)")).then((all) => [...new Set(all)]), [2, 3, 4]);
  check("numbers without lines", (await page.run(`document.querySelectorAll("#picture .series").length`)) > 1);
  await page.run(choose(0, "Map"));
  await page.run(choose(3, "part"));
  await page.settle();
  const rows = await page.run(`[...document.querySelectorAll("#picture .axis text")].map((t) => t.textContent)`);
  check("names of rows are cut", rows.some((t) => t === "model-llama3.1-70b"), rows.join(" "));
  equal("scenario", await page.run(`document.querySelector(".asked code").textContent`), "quickstart.cfg");
  check("a path of this machine", !(await page.run(`document.documentElement.outerHTML`)).includes(process.env.SOURCE));
  await page.close();
}

async function hostile(browser) {
  const page = await Page.open(browser);
  await page.go(urlOf("odd.html"));
  equal("title", await page.run(`document.querySelector("h1").textContent`), "</script><img src=x onerror=alert(1)>");
  equal("elements made of names", await page.run(`document.querySelectorAll("img, script:not([nonce]):not([type])").length`), 0);
  await page.close();
}

const browser = new Browser(chromium);
try {
  await looks(browser);
  const page = await Page.open(browser, { width: 1440 });
  await page.go(urlOf("split.html"));
  for (const part of [table, best, picture]) await part(page);
  await sound(page, urlOf("split.html"), "after use");
  await page.close();
  await names(browser);
  await hostile(browser);
} finally {
  await browser.close();
}
finish();
