// Put the report together.
function letterOf(i) { return i < 26 ? String.fromCharCode(65 + i) : String(i + 1); }

function readRuns() {
  const all = JSON.parse(document.getElementById("data").textContent);
  return all.map((r, i) => ({ letter: letterOf(i), file: r.file, stats: r.stats, title: str(r.stats, "title") || str(r.stats, "scenario") || r.file }));
}

// Groups of dies get their colours in one order, whatever is drawn first.
function nameColours(runs) {
  for (const run of runs)
    for (const [path, name] of [["capacity", "name"], ["utilisation_over_time.resources", "name"], ["critical_path", "resource"]])
      for (const row of objects(run.stats, path)) if (str(row, name) !== "kv_buffer") colourName(str(row, name));
}

function build() {
  const runs = readRuns();
  labelRuns(runs);
  nameColours(runs);
  const figures = runs.every(isExplained) ? [bottlenecks, roofline, waterfall, doubling] : [overview, headline, notes, requests, bottlenecks, roofline, waterfall, doubling, usage, lanes, energy, rates, tokenLatency, capacity, wear, work, policies, scenario];
  const sections = figures.map((f) => f(runs)).filter(Boolean);
  document.title = runs.length === 1 ? `${runs[0].title} – IFCSim` : `${runs.length} runs compared – IFCSim`;
  document.getElementById("head").append(...pageHead(runs).flat().filter(Boolean));
  document.getElementById("nav").append(el("ul", {}, sections.map((s) => el("li", {}, el("a", { href: `#${s.id}` }, s.dataset.title)))));
  document.getElementById("main").replaceChildren(...alerts(runs), ...sections);
  watchAppearance();
  redrawAll();
}

build();
