// What a report says of limits, effects and wear; its pictures as files; tables on a narrow page.
import { check, equal, sound } from "./checks.mjs";

const cells = (id) => `[...document.querySelectorAll("#${id} tbody tr")].map((r) => [...r.children].map((c) => (c.querySelector("data") ? Number(c.querySelector("data").value) : c.textContent)))`;
const all = (id) => `document.querySelectorAll("#${id} button[aria-expanded=false]").forEach((b) => b.click())`;

// Every picture is saved: instead of to a file, to a list.
const SAVED = `(async () => {
  const blobs = [], parser = new DOMParser();
  URL.createObjectURL = (b) => { blobs.push(b); return "data:,"; };
  const names = [...document.querySelectorAll("button.svg")].map((b) => { b.click(); return b.getAttribute("aria-label"); });
  const texts = await Promise.all(blobs.map((b) => b.text()));
  return texts.map((text, i) => {
    const doc = parser.parseFromString(text, "image/svg+xml"), svg = doc.documentElement;
    const box = (svg.getAttribute("viewBox") || "").split(" ").map(Number);
    return { name: names[i], good: !doc.querySelector("parsererror") && svg.tagName === "svg", title: svg.querySelector("title")?.textContent,
      marks: svg.querySelectorAll("path, rect").length, texts: [...svg.querySelectorAll("text")].map((t) => t.textContent), box, odd: /NaN|undefined|var\\(/.test(text) };
  });
})()`;

async function pictures(page, names) {
  const saved = await page.run(SAVED);
  equal("pictures that can be saved", saved.map((s) => s.name.replace("Save as SVG: ", "")), names);
  for (const s of saved) {
    check(`${s.name}: no picture`, s.good && s.marks > 3 && s.texts.length > 1 && s.box[2] > 100 && s.box[3] > 20, s);
    check(`${s.name}: holds what no other program understands`, !s.odd);
  }
  return saved;
}

// @explained: the JSON of 'ifcsim explain' for the run @s.
export async function analysed(open, s, explained, urls) {
  const page = await open({});
  await page.go(urls.run);
  await page.run(all("roofline"));
  const found = await page.run(cells("roofline"));
  equal("operators of the roofline", found.map((r) => r[0]).sort(), explained.roofline.map((r) => r.operator).sort());
  for (const r of explained.roofline) {
    const row = found.find((f) => f[0] === r.operator), array = r.ceilings_per_second.array ? r.attained_per_second / r.ceilings_per_second.array : "–";
    check(`${r.operator}: not the limit that explain names`, row[2].toLowerCase() === r.bound, row);
    check(`${r.operator}: not as near to it as explain says`, Math.abs(row[3] - r.share_of_bound) < 0.002, { row, share: r.share_of_bound });
    check(`${r.operator}: not as near to the array`, array === "–" ? row[5] === "–" : Math.abs(row[5] - array) < 0.005, { row, array });
  }
  const worn = await page.run(cells("wear"));
  equal("wear", worn.map((r) => r.slice(0, 7)), s.wear.map((w) => [w.group, w.pages_programmed, w.pe_max, w.reads_per_block_max, w.refreshes_per_token, w.moves, w.lifetime_projected_years]));
  const latencies = s.decode.token_latency_ps, sorted = [...latencies].sort((a, b) => a - b), most = Math.max(...latencies);
  equal("median and slowest token", (await page.run(cells("tokens"))).map((r) => [r[0], Number(r[1]), r[2]]),
    [["median", latencies.indexOf(sorted[Math.ceil(sorted.length / 2) - 1]), s.decode.latency_ps.p50], ["slowest", latencies.indexOf(most), most]]);
  const saved = await pictures(page, ["Critical path by resource", "Roofline", "Utilisation over time", `Operators of token ${s.token_lanes.token}`, "Energy by component", "Latency of each token"]);
  check("the lanes name no operator", saved[3].texts.includes("gate_up"), saved[3].texts);
  await page.close();

  const other = await open({});
  await other.go(urls.explained);
  await sound(other, urls.explained, "explained");
  equal("sections of what explain found", await other.run(`[...document.querySelectorAll("main > section")].map((s) => s.id)`), ["bottlenecks", "roofline", "waterfall", "doubling"]);
  const steps = await other.run(cells("waterfall"));
  equal("steps of the waterfall", steps.map((r) => [r[0], r[3]]), explained.waterfall.map((w) => [w.name, w.ps]));
  await other.run(all("doubling"));
  equal("speed-ups", (await other.run(cells("doubling"))).map((r) => [r[0], r[2]]), explained.doubling.map((d) => [d.name, d.speedup]));
  await pictures(other, ["Critical path by resource", "Roofline", "Waterfall", "Twice as much"]);
  await other.close();
}

// On a narrow page no table is wider than the page, also when it is opened.
export async function narrow(open, urls) {
  for (const url of urls) {
    const page = await open({ width: 390 });
    await page.go(url);
    await page.run(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`);
    await page.run(`document.querySelectorAll("button[aria-expanded=false]").forEach((b) => b.click())`);
    await page.settle();
    const cut = await page.run(`[...document.querySelectorAll(".scroll")].filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.getAttribute("aria-label"))`);
    equal("tables that are cut at 390 px", cut, []);
    check("no table is written row by row", (await page.run(`document.querySelectorAll(".stacked").length`)) > 3);
    await sound(page, url, "390 px");
    await page.close();
  }
}
