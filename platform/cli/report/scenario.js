// The scenario as it ran, and in what several of them differ.

// "a = { b = 1; };" -> "a.b" "1". Return: null when the text has a form this does not know.
function flatten(text) {
  const values = new Map(), path = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    let match;
    if (line === "" || line.startsWith("#")) continue;
    if ((match = /^([A-Za-z*][\w*-]*)\s*[=:]\s*\{$/.exec(line))) path.push(match[1]);
    else if (/^\};?$/.test(line)) { if (path.length === 0) return null; path.pop(); }
    else if ((match = /^([A-Za-z*][\w*-]*)\s*[=:]\s*(.*?);?$/.exec(line))) values.set([...path, match[1]].join("."), match[2]);
    else return null;
  }
  return path.length === 0 ? values : null;
}

function differences(runs) {
  const flat = runs.map((r) => flatten(str(r.stats, "resolved")));
  if (flat.some((f) => f === null || f.size === 0)) return null;
  const names = [...new Set(flat.flatMap((f) => [...f.keys()]))];
  const rows = names.filter((n) => n !== "title" && new Set(flat.map((f) => f.get(n))).size > 1);
  if (rows.length === 0) return el("p", {}, "All parameters are equal.");
  return longTable("Parameters that differ", [headCell("parameter"), runs.map((r) => headCell([badge(r)]))],
    rows.map((n) => el("tr", {}, rowCell(el("code", {}, n)), flat.map((f) => cell(f.has(n) ? el("code", {}, f.get(n)) : NONE)))), 20);
}

function scenario(runs) {
  const several = runs.length > 1, differ = several ? differences(runs) : null;
  return section("scenario", "Scenario", differ ? [el("h3", {}, "In what the runs differ"), differ] : null, runs.map((run) => {
    const text = str(run.stats, "resolved"), file = str(run.stats, "scenario"), hash = str(run.stats, "scenario_hash");
    const about = el("p", { class: "meta" }, several ? [badge(run), " "] : null, `${file || "scenario"}${hash ? `, ${hash}` : ""}; statistics from ${run.file}`);
    if (text === "") return [about, el("p", { class: "muted" }, "This file does not hold the scenario as run. A run with ", el("code", {}, "ifcsim run --stats FILE.json"), " writes it.")];
    return [about, el("details", {}, el("summary", {}, several ? `Run ${run.letter} as run` : "All parameters, as run"),
      el("pre", { tabindex: 0, role: "region", "aria-label": `Scenario of run ${run.letter}` }, text))];
  }));
}
