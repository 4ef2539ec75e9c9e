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

// All policies of a run, and those that are not the default: [{ path, kind, name, plugin, policy }].
function policiesOf(run) {
  const all = at(run.stats, "policies"), of = (object, before) => Object.entries(isObject(object) ? object : {})
    .filter(([label, p]) => isObject(p) && label !== "observers").map(([label, p]) => ({ path: `policies.${before}${label}`,
      kind: `${before ? "observer " : ""}${label}`, name: str(p, "name"), plugin: str(p, "plugin_hash") && `${str(p, "plugin").split("/").pop()} ${str(p, "plugin_hash")}`, policy: p }));
  return isObject(all) ? [...of(all, ""), ...of(all.observers, "observers.")] : [];
}
const chosenOf = (run) => policiesOf(run).filter(({ policy }) => policy.default === false);
const policyName = ({ kind, name, plugin }) => `${kind} ${name}${plugin ? ` of ${plugin}` : ""}`;

// The dies as run, whatever the title says.
function machineText(run) {
  const dies = Object.entries(isObject(at(run.stats, "dies")) ? run.stats.dies : {}).map(([name, n]) => `${name} ${n} ${n === 1 ? "die" : "dies"}`);
  const policies = chosenOf(run).map(policyName);
  return [dies.join(", "), policies.length ? `policies: ${policies.join(", ")}` : ""].filter(Boolean).join(" · ");
}

// Parameters in which runs differ: { rows: paths, flat: a map for each run }. Return: null when a file does not say.
// A plug-in is what is in it, wherever it lies.
function differing(runs) {
  const flat = runs.map((r) => flatten(str(r.stats, "resolved")));
  if (flat.some((f) => f === null || f.size === 0)) return null;
  runs.forEach((run, i) => policiesOf(run).forEach((p) => p.plugin && flat[i].set(`${p.path}.plugin`, p.plugin)));
  const names = [...new Set(flat.flatMap((f) => [...f.keys()]))];
  return { flat, rows: names.filter((n) => n !== "title" && new Set(flat.map((f) => f.get(n))).size > 1) };
}

// What runs of a comparison are called: the title, and where titles do not tell them apart, by what they differ in.
const LABEL_PARAMETERS = 4;
const policyOf = (path) => (/^policies\.(observers\.)?[^.]+/.exec(path) || [""])[0];
// Of policies with different names or plug-ins, that is enough.
const inLabel = (path, rows) => {
  const policy = policyOf(path), first = [`${policy}.name`, `${policy}.plugin`].find((n) => rows.includes(n));
  return policy === "" || first === undefined || first === path;
};
function labelPart(path, value) {
  if (policyOf(path) && path.endsWith(".name"))
    return value === undefined ? null : `${path.replace(/^policies\.|\.name$/g, "").replace(/^observers\./, "observer ")} ${value.replace(/"/g, "")}`;
  return `${path.replace(/^(flash\.groups|policies)\./, "")} = ${value === undefined ? NONE : value}`;
}
function labelRuns(runs) {
  const found = runs.length > 1 ? differing(runs) : null, rows = found ? found.rows.filter((n) => inLabel(n, found.rows)) : [];
  runs.forEach((run, i) => {
    const shown = rows.slice(0, LABEL_PARAMETERS).map((n) => labelPart(n, found.flat[i].get(n))).filter(Boolean);
    run.label = shown.join(", ") + (shown.length && rows.length > LABEL_PARAMETERS ? `, and ${rows.length - LABEL_PARAMETERS} more` : "");
    const same = runs.filter((r) => r.title === run.title).length;
    run.name = run.label && same === runs.length ? run.label : run.label && same > 1 ? `${run.title}: ${run.label}` : run.title;
  });
}

function differences(runs) {
  const found = differing(runs);
  if (found === null) return null;
  const { flat, rows } = found;
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
