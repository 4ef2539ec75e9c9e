// How near each operator is to a limit, what each effect costs, what more of a resource gives, and what wears out.
const LIMITS = [["array", "array"], ["ecc", "ECC"], ["mac", "MAC"], ["bus", "bus"], ["npu", "NPU"], ["dram", "DRAM"]];

// From 'ifcsim explain': attained against what each resource would allow.
function explainedRoofline(run) {
  return objects(run.stats, "roofline").map((row) => {
    const attained = num(row, "attained_per_second"), shares = {};
    for (const [name] of LIMITS) shares[name] = ratio(attained, num(row, `ceilings_per_second.${name}`));
    return { name: str(row, "operator"), group: str(row, "group"), active: num(row, "active_ps"), shares };
  });
}

// From the statistics of a run: the time that the work takes at a resource's peak, of the time it was under way.
function countedRoofline(run) {
  const peaks = new Map(objects(run.stats, "rates").map((r) => [str(r, "name"), num(r, "peak")]));
  return objects(run.stats, "operators").filter((o) => num(o, "active_ps") > 0).map((o) => {
    const group = str(o, "group"), active = num(o, "active_ps") * 1e-12, work = (key) => num(o, key) || 0;
    const at = (amount, peak) => (amount > 0 && peak > 0 ? amount / peak / active : null);
    const bus = work("bus_bytes_down") + work("bus_bytes_up");
    const shares = { array: at(work("bytes_sensed"), peaks.get(`${group} array`)), mac: at(work("macs"), peaks.get(`${group} mac`)),
      ecc: eccShare(run, group, work("bytes_sensed"), peaks.get(`${group} ecc`), active), bus: at(bus, peaks.get("channels")),
      npu: work("npu_ps") > 0 ? (work("npu_ps") * 1e-12) / active : null, dram: at(work("dram_bytes"), peaks.get("dram")) };
    return { name: str(o, "name"), group, active: num(o, "active_ps") * perToken(run), shares };
  });
}

// Decoders work on data, and what is counted as sensed has spare bytes too: the run's own sums give the quotient.
function eccShare(run, group, sensed, peak, active) {
  const rate = (kind) => num(objects(run.stats, "rates").find((r) => str(r, "name") === `${group} ${kind}`), "attained");
  const part = ratio(rate("ecc"), rate("array"));
  return part && peak > 0 && sensed > 0 ? (sensed * part) / peak / active : null;
}

function rooflineOf(run) {
  const rows = list(run.stats, "roofline").length > 0 ? explainedRoofline(run) : countedRoofline(run);
  return rows.map((row) => {
    const [bound, share] = LIMITS.map(([name, text]) => [text, row.shares[name]]).filter(([, x]) => x !== null)
      .reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    return { ...row, bound, share };
  }).filter((row) => row.bound !== "").sort((a, b) => b.active - a.active);
}

function roofline(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = ranAtAll(run) ? rooflineOf(run) : [];
    if (rows.length === 0) return null;
    const label = `Roofline${several ? `, run ${run.letter}` : ""}`;
    const bars = rows.map((r) => ({ name: r.name, share: Math.min(1, r.share), colour: "var(--accent)", text: `${percent(r.share)} of ${r.bound}` }));
    return [runTitle(run, several), longTable(label,
      [headCell("operator"), headCell("under way", true), headCell("lowest limit"), headCell("reached", true), headCell(""), LIMITS.map(([, text]) => headCell(text, true))],
      rows.map((r) => el("tr", {}, rowCell(r.name), numberCell(datum(r.active, time(r.active))), cell(r.bound), numberCell(datum(r.share, percent(r.share))),
        barCell(r.share, "var(--accent)", percent(r.share)), LIMITS.map(([name]) => numberCell(r.shares[name] === null ? NONE : datum(r.shares[name], percent(r.shares[name])))))), 12),
    el("div", { class: "tools" }, svgButton(label, () => [640, 20 * bars.length + 12], (g) => drawBars(g, bars)))];
  });
  return body.some(Boolean) ? section("roofline", "Roofline", el("p", { class: "muted" },
    "How much of each resource's peak an operator used while it was under way. What is missing at the lowest limit went into starting, filling pipelines and waiting for others."), body) : null;
}

// Rows of 'ifcsim explain' that were simulated: name, change, figure.
const variants = (run, key, figure) => objects(run.stats, key).filter((r) => str(r, "status") === "ok" && num(r, figure) !== null);

function waterfall(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = variants(run, "waterfall", "ps");
    if (rows.length === 0) return null;
    const most = Math.max(...rows.map((r) => num(r, "ps"))), label = `Waterfall${several ? `, run ${run.letter}` : ""}`;
    const steps = rows.map((r, i) => {
      const ps = num(r, "ps"), cost = i === 0 ? ps : num(r, "cost_ps") || 0, from = i === 0 ? 0 : Math.min(ps, ps - cost);
      return { name: str(r, "name"), change: str(r, "change"), ps, cost, from: from / most, share: Math.abs(cost) / most, colour: i === 0 ? "var(--accent)" : cost === 0 ? "var(--track)" : cost > 0 ? "var(--bad)" : "var(--good)" };
    });
    const step = (s) => {
      const fill = el("i");
      fill.style.marginLeft = `${s.from * 100}%`;
      fill.style.width = `${Math.max(s.share * 100, 0.3)}%`;
      fill.style.background = s.colour;
      return el("td", { class: "wide" }, el("span", { class: "bar", role: "img", "aria-label": `${s.name} ${time(s.cost)}` }, fill));
    };
    return [runTitle(run, several), table(label, [headCell("effect"), headCell("switched"), headCell("costs", true), headCell("gives", true), headCell("")],
      steps.map((s, i) => el("tr", {}, rowCell(s.name), cell(s.change), numberCell(i === 0 ? "" : datum(s.cost, s.cost === 0 ? "0 s" : time(s.cost))), numberCell(datum(s.ps, time(s.ps))), step(s)))),
    el("div", { class: "tools" }, svgButton(label, () => [640, 20 * steps.length + 12], (g) => drawBars(g, steps.map((s, i) => ({ ...s, text: i === 0 ? time(s.ps) : time(s.cost) })))))];
  });
  return body.some(Boolean) ? section("waterfall", "What each effect costs",
    el("p", { class: "muted" }, "Every modelled effect switched on after the one above it, per token."), body) : null;
}

function doubling(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = variants(run, "doubling", "speedup");
    if (rows.length === 0) return null;
    const most = Math.max(1, ...rows.map((r) => num(r, "speedup") - 1)), label = `Twice as much${several ? `, run ${run.letter}` : ""}`;
    const gain = (r) => Math.max(0, num(r, "speedup") - 1) / most, text = (r) => `× ${num(r, "speedup").toFixed(4)}`;
    const bars = rows.map((r) => ({ name: `${str(r, "name")} ${str(r, "change")}`, share: gain(r), colour: "var(--accent)", text: text(r) }));
    return [runTitle(run, several), longTable(label, [headCell("resource"), headCell("change"), headCell("speed-up", true), headCell(""), headCell("per token", true)],
      rows.map((r) => el("tr", {}, rowCell(str(r, "name")), cell(str(r, "change")), numberCell(datum(num(r, "speedup"), text(r))), barCell(gain(r), "var(--accent)", text(r)), numberCell(time(num(r, "ps"))))), 12),
    el("div", { class: "tools" }, svgButton(label, () => [640, 20 * Math.min(24, bars.length) + 12], (g) => drawBars(g, bars.slice(0, 24))))];
  });
  return body.some(Boolean) ? section("doubling", "What twice as much gives", el("p", { class: "muted" }, "Each resource made twice as good, by itself, with a simulation of its own."), body) : null;
}

const years = (x) => (x === null || x === 0 ? NONE : x >= 1e4 ? `${count(Math.round(x))} years` : `${digits(x)} years`);

function wear(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = objects(run.stats, "wear");
    if (rows.length === 0 || !ranAtAll(run)) return null;
    const figure = (row, key, text) => numberCell(datum(num(row, key), text(num(row, key))));
    return [runTitle(run, several), table("Wear", [headCell("group"), headCell("pages programmed", true), headCell("P/E cycles, most", true), headCell("reads of a block, most", true),
      headCell("blocks at the read limit, per token", true), headCell("moves", true), headCell("lifetime, projected", true), headCell("simulated", true)],
    rows.map((row) => el("tr", {}, rowCell(str(row, "group")), figure(row, "pages_programmed", count), figure(row, "pe_max", count), figure(row, "reads_per_block_max", count),
      figure(row, "refreshes_per_token", count), figure(row, "moves", count), figure(row, "lifetime_projected_years", years), figure(row, "lifetime_simulated_years", years))))];
  });
  const hours = Math.max(...runs.map((r) => Math.max(0, ...objects(r.stats, "wear").map((w) => num(w, "lifetime_hours_a_day") || 0))));
  return body.some(Boolean) ? section("wear", "Wear", body, hours > 0 ? el("p", { class: "hint" }, `Years of decoding ${hours} hours a day at this run's rate.`) : null) : null;
}

// The token in the middle and the slowest one: by nearest rank, the first of equal ones.
function tokenRows(runs) {
  const several = runs.length > 1;
  const rows = runs.flatMap((run) => {
    const all = list(run.stats, "decode.token_latency_ps").filter((x) => typeof x === "number");
    if (all.length < 2) return [];
    const sorted = [...all].sort((a, b) => a - b), middle = sorted[Math.ceil(all.length / 2) - 1], slowest = sorted[all.length - 1];
    return [["median", middle], ["slowest", slowest]].map(([name, ps]) => el("tr", {}, several ? cell(badge(run)) : null, rowCell(name), numberCell(`${all.indexOf(ps)}`),
      numberCell(datum(ps, time(ps))), numberCell(`${all.filter((x) => x === ps).length}`), numberCell(ps === middle ? NONE : `+${percent((ps - middle) / middle)}`)));
  });
  return rows.length === 0 ? null : table("Median and slowest token", [several ? headCell("run") : null, headCell(""), headCell("token", true), headCell("latency", true), headCell("tokens like it", true), headCell("above the median", true)], rows);
}
