// What one looks at first: which runs, what is wrong with them, headline figures, bottlenecks, energy, memory.
const SIDE_BY_SIDE = 8; // runs; more stand in the table of runs only
const badge = (run) => el("span", { class: "badge", "aria-label": `run ${run.letter}` }, run.letter);
const runHead = (run, several) => (several ? headCell([badge(run)], true) : null);
const runTitle = (run, several) => (several ? el("h3", { class: "runline" }, badge(run), el("span", { class: "name" }, run.name)) : null);

function stateOf(run) {
  const status = str(run.stats, "status");
  const known = { ok: ["complete", "good"], out_of_memory: ["does not fit", "bad"], interrupted: ["interrupted", "warn"] };
  const [text, kind] = Object.hasOwn(known, status) ? known[status] : [status || "state not known", "warn"];
  return el("span", { class: `state ${kind}` }, text);
}

function pageHead(runs) {
  const several = runs.length > 1;
  const meta = (run) => [str(run.stats, "scenario") || run.file, str(run.stats, "workload") || "decode",
    str(run.stats, "grain.name") && `grain ${str(run.stats, "grain.name")}`,
    str(run.stats, "version") && `IFCSim ${str(run.stats, "version")}`].filter(Boolean).join(" · ");
  const machine = (run) => (machineText(run) ? el("p", { class: "meta machine" }, machineText(run)) : null);
  if (!several)
    return [el("h1", {}, runs[0].title), el("p", { class: "meta" }, stateOf(runs[0]), " ", meta(runs[0])), machine(runs[0])];
  if (runs.length > SIDE_BY_SIDE) return [el("h1", {}, `${runs.length} runs compared`)];
  return [el("h1", {}, `${runs.length} runs compared`), el("ul", { class: "runs" }, runs.map((run) => el("li", {}, badge(run),
    el("div", {}, el("strong", {}, run.title), run.label ? el("div", { class: "label" }, run.label) : null,
      el("div", { class: "meta" }, stateOf(run), " ", meta(run)), machine(run)))))];
}

function overflowText(run) {
  const over = at(run.stats, "overflow");
  if (!isObject(over)) return "The workload does not fit into the machine's memory.";
  return `${str(over, "name")} does not fit: ${bytes(num(over, "used_bytes"))} needed, ${bytes(num(over, "total_bytes"))} available.`;
}

// What makes figures missing or partial: said before any of them.
function alerts(runs) {
  const texts = { out_of_memory: (run) => `${overflowText(run)} Nothing was simulated.`,
    interrupted: () => "The run was interrupted: its figures cover what was finished; sums per token hold the work of the unfinished one too." };
  return runs.map((run) => [run, str(run.stats, "status")]).filter(([, status]) => Object.hasOwn(texts, status))
    .map(([run, status]) => el("p", { class: "note bad" }, runs.length > 1 ? [badge(run), " "] : null, texts[status](run)));
}

// Runs that are compared hold flushes and new pages with equal weight only over whole periods of all of them.
function windowText(runs) {
  const tokens = runs.map((r) => num(r.stats, "decode.tokens")), periods = runs.map((r) => num(r.stats, "decode.window.period_tokens"));
  if (runs.length < 2 || tokens.some((t) => !(t >= 1)) || periods.some((p) => !(p >= 1))) return null;
  const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b)), common = periods.reduce((a, b) => (a / gcd(a, b)) * b);
  if (tokens.every((t) => t % common === 0)) return null;
  return `${tokens.join(", ")} tokens are not whole periods of flushes and pages of all runs: ${common} tokens are.`;
}

function notes(runs) {
  const several = runs.length > 1, windows = windowText(runs);
  const boxes = runs.map((run) => {
    const failed = str(run.stats, "status") !== "ok"; /* its alert says that already */
    const lines = list(run.stats, "warnings").filter((t) => typeof t === "string" && !(failed && /^interrupted:|does not fit:/.test(t)));
    return lines.length === 0 ? null : el("div", { class: "note warn" }, several ? badge(run) : null, el("ul", {}, lines.map((t) => el("li", {}, t))));
  }).filter(Boolean);
  if (windows) boxes.unshift(el("div", { class: "note warn" }, windows));
  return boxes.length ? section("notes", "Notes", boxes) : null;
}

// name, value of a run, how to say it, whether more is better (0: neither), what else to say on its card
const HEADLINE = [
  ["Throughput", (s) => num(s, "decode.tokens_per_second"), (x) => plain(x, "tokens/s"), 1, (s) => [num(s, "decode.tokens") !== null && `${count(num(s, "decode.tokens"))} tokens decoded`]],
  ["Latency per token", (s) => num(s, "decode.latency_ps.mean"), time, -1, (s) => [`p50 ${time(num(s, "decode.latency_ps.p50"))}`, `max ${time(num(s, "decode.latency_ps.max"))}`]],
  ["Latency p99", (s) => num(s, "decode.latency_ps.p99"), time, -1],
  ["Energy per token", (s) => num(s, "decode.energy_j_per_token"), (x) => si(x, "J"), -1],
  ["Bandwidth", (s) => num(s, "stream.bytes_per_second"), (x) => si(x, "B/s"), 1, (s) => [num(s, "stream.bytes") !== null && `${bytes(num(s, "stream.bytes"))} in all`]],
  ["Request rate", (s) => num(s, "stream.requests_per_second"), (x) => `${count(x)} requests/s`, 1, (s) => [`${count(num(s, "stream.requests"))} in all`]],
  ["Latency per request", (s) => num(s, "stream.latency_ps.mean"), time, -1, (s) => [`p99 ${time(num(s, "stream.latency_ps.p99"))}`, `max ${time(num(s, "stream.latency_ps.max"))}`]],
  ["Wait for the bus", (s) => num(s, "stream.bus_wait_mean_ps"), time, -1],
  ["Time to first token", (s) => num(s, "requests.ttft_ps.mean"), time, -1, (s) => [`p90 ${time(num(s, "requests.ttft_ps.p90"))}`, `p99 ${time(num(s, "requests.ttft_ps.p99"))}`]],
  ["Request, in all", (s) => num(s, "requests.latency_ps.mean"), time, -1, (s) => [`p90 ${time(num(s, "requests.latency_ps.p90"))}`, `p99 ${time(num(s, "requests.latency_ps.p99"))}`]],
  ["Energy per request", (s) => num(s, "requests.energy_j_per_request"), (x) => si(x, "J"), -1],
  ["Average power", (s) => num(s, "power_w.average"), (x) => si(x, "W"), -1, (s) => [`flash dies ${si(num(s, "power_w.flash_average"), "W")}`]],
  ["KV read amplification", (s) => num(s, "counts.kv_read_amplification") || null, (x) => plain(x, "×"), -1],
  ["Simulated time", (s) => num(s, "end_time_ps"), time, 0],
];

function change(value, reference, better) {
  const part = ratio(value - reference, reference);
  if (value === null || reference === null || part === null) return null;
  if (Math.abs(part) < 5e-4) return el("span", { class: "change muted" }, "±0.0 %");
  const kind = better === 0 ? "muted" : part * better > 0 ? "good" : "bad";
  return el("span", { class: `change ${kind}` }, `${part < 0 ? "−" : "+"}${(Math.abs(part) * 100).toFixed(1)} %`);
}

// What a run waits for most, whatever the operator.
function waitsFor(run) {
  const sums = new Map();
  for (const row of objects(run.stats, "critical_path")) {
    const name = `${str(row, "resource")} ${str(row, "phase")}`;
    sums.set(name, (sums.get(name) || 0) + (num(row, "ps") || 0));
  }
  return [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? NONE;
}

// name, value of the statistics, how to say it, whether it has a bar: one scale for all runs
const speedOf = (s) => num(s, "decode.tokens_per_second") || null;
const OVERVIEW = [
  ["tokens/s", speedOf, (x) => shortDigits(x), true],
  ["bandwidth", (s) => num(s, "stream.bytes_per_second"), (x) => si(x, "B/s"), true],
  ["energy per token", (s) => num(s, "decode.energy_j_per_token") || null, (x) => si(x, "J"), true],
  ["power", (s) => num(s, "power_w.average"), (x) => si(x, "W"), false],
  ["price", (s) => num(s, "price_usd") || null, (x) => `${shortDigits(x)} $`, false],
  ["tokens/s per $", (s) => ratio(speedOf(s), num(s, "price_usd")), (x) => shortDigits(x), true],
  ["tokens/s per W", (s) => ratio(speedOf(s), num(s, "power_w.average")), (x) => shortDigits(x), true],
];
const shortDigits = (x) => (x === null ? NONE : x >= 1000 ? x.toFixed(0) : x.toPrecision(4));

// A row for each run, bars on a common scale.
function overview(runs) {
  if (runs.length < 2) return null;
  const valueOf = (run, column) => (ranAtAll(run) || column[0] === "price" ? column[1](run.stats) : null);
  const columns = OVERVIEW.filter((c) => runs.some((r) => valueOf(r, c) !== null));
  const most = columns.map((c) => Math.max(...runs.map((r) => valueOf(r, c) ?? 0)));
  const rows = runs.map((run) => el("tr", {}, el("th", { scope: "row", class: "run" }, el("span", { class: "runline" }, badge(run), el("span", { class: "name" }, run.name))),
    columns.map((c, i) => {
      const x = valueOf(run, c);
      return el("td", { class: c[3] ? "n gauge" : "n" }, datum(x, x === null ? NONE : c[2](x)), c[3] && x !== null ? bar(most[i] > 0 ? x / most[i] : 0, "var(--accent)", c[2](x)) : null);
    }), el("td", { class: "whole" }, ranAtAll(run) ? waitsFor(run) : stateOf(run))));
  return section("runs", "Runs", table("Runs", [headCell("run"), columns.map((c) => headCell(c[0], true)), headCell("waits for")], rows));
}

function headline(runs) {
  if (runs.length > SIDE_BY_SIDE) return null;
  const rows = HEADLINE.filter(([, value]) => runs.some((r) => ranAtAll(r) && value(r.stats) !== null));
  if (rows.length === 0) return section("headline", "Headline", el("p", { class: "muted" }, "There are no figures: nothing was simulated."));
  if (runs.length === 1) {
    const s = runs[0].stats;
    return section("headline", "Headline", el("div", { class: "cards" }, rows.map(([name, value, text, , more]) => el("div", { class: "card" },
      el("div", { class: "label" }, name), el("div", { class: "value" }, datum(value(s), text(value(s)))),
      el("div", { class: "more" }, more ? more(s).filter(Boolean).join(", ") : "")))));
  }
  return section("headline", "Headline", table("Headline figures", [headCell(""), runs.map((r) => runHead(r, true))],
    rows.map(([name, value, text, better]) => el("tr", {}, rowCell(name), runs.map((run, i) => {
      const x = ranAtAll(run) ? value(run.stats) : null;
      return numberCell(datum(x, text(x)), i > 0 && ranAtAll(runs[0]) ? change(x, value(runs[0].stats), better) : null);
    })))), el("p", { class: "hint" }, `Changes are against ${runs[0].letter}.`));
}

// Sum @amount of @rows by @name: [{name, value, share, colour}], largest first.
function shares(rows, name, amount) {
  const sums = new Map();
  for (const row of rows) sums.set(name(row), (sums.get(name(row)) || 0) + amount(row));
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  return [...sums].map(([n, value]) => ({ name: n, value, share: total > 0 ? value / total : 0, colour: colour(n) }))
    .sort((a, b) => b.value - a.value);
}

function stacks(runs, partsOf, text, label) {
  const several = runs.length > 1, names = new Map();
  const lines = runs.map((run) => {
    const parts = partsOf(run);
    if (parts.length === 0) return null;
    parts.forEach((p) => names.has(p.name) || names.set(p.name, p));
    return several ? el("div", { class: "runline" }, badge(run), stack(parts, `${label}, run ${run.letter}`))
      : stack(parts, label);
  });
  const entries = several ? [...names.values()].map((p) => ({ name: p.name, colour: p.colour }))
    : [...names.values()].map((p) => ({ ...p, text: text(p) }));
  const drawn = runs.map((run) => ({ name: several ? run.letter : label, parts: partsOf(run).map((p) => ({ ...p, text: text(p) })) })).filter((l) => l.parts.length > 0);
  const save = drawn.length ? el("div", { class: "tools" }, svgButton(label, () => [640, stacksHeight(drawn)], (g) => drawStacks(g, drawn))) : null;
  return [lines, key(entries), save];
}

// Rows of several runs side by side: key -> value per run, by the largest.
function sideBySide(runs, rowsOf) {
  const all = new Map();
  runs.forEach((run, i) => rowsOf(run).forEach(({ names, value, share }) => {
    const id = JSON.stringify(names);
    if (!all.has(id)) all.set(id, { names, cells: runs.map(() => null) });
    const old = all.get(id).cells[i];
    all.get(id).cells[i] = { value: (old ? old.value : 0) + value, share: (old ? old.share : 0) + share };
  }));
  const most = (row) => Math.max(...row.cells.map((c) => (c ? c.value : 0)));
  return [...all.values()].sort((a, b) => most(b) - most(a));
}

function shareTable(label, columns, runs, rows, text, colourOf, first) {
  const several = runs.length > 1;
  const head = [several ? null : headCell("#", true), columns.map((c) => headCell(c)), runs.map((r) => (several ? runHead(r, true) : headCell(perWhat(runs), true))),
    several ? null : [headCell("share", true), headCell("")]];
  return longTable(label, head, rows.map((row, i) => el("tr", {}, several ? null : numberCell(`${i + 1}`),
    row.names.map((n, k) => (k === 0 ? rowCell(n) : cell(n))),
    row.cells.map((c) => numberCell(c ? datum(c.value, text(c.value)) : NONE,
      several && c ? el("span", { class: "change muted" }, percent(c.share)) : null)),
    several ? null : [numberCell(percent(row.cells[0].share)), barCell(row.cells[0].share, colourOf(row), percent(row.cells[0].share))])), first);
}

function limits(run, several) {
  const rows = [["bus", "bus limit"], ["array", "array limit"], ["compute", "compute limit"]].map(([name, text]) => {
    const limit = num(run.stats, `stream.limit_bytes_per_second.${name}`), share = ratio(num(run.stats, "stream.bytes_per_second"), limit);
    return limit ? el("tr", {}, rowCell(text), numberCell(datum(limit, si(limit, "B/s"))), numberCell(percent(share)), barCell(share, "var(--accent)", percent(share))) : null;
  }).filter(Boolean);
  return rows.length ? [runTitle(run, several), table("Limits of the stream", [headCell("limit"), headCell("bandwidth", true), headCell("attained", true), headCell("")], rows)] : null;
}

function bottlenecks(runs) {
  const several = runs.length > 1;
  const pathOf = (run) => objects(run.stats, "critical_path").filter((row) => num(row, "ps") !== null);
  const withPath = runs.filter((r) => pathOf(r).length > 0), streams = runs.filter(isStream);
  const parts = (run) => shares(pathOf(run), (row) => str(row, "resource"), (row) => num(row, "ps") * perToken(run));
  const rows = sideBySide(runs, (run) => pathOf(run).map((row) => ({
    names: [str(row, "operator"), str(row, "resource"), str(row, "phase")], value: num(row, "ps") * perToken(run), share: num(row, "share") || 0 })));
  const body = [];
  if (withPath.length > 0)
    body.push(el("p", { class: "muted" }, "What a token waits for, along its critical path: every moment of its latency belongs to one operator, resource and phase."),
      stacks(runs, parts, (p) => `${time(p.value)} (${percent(p.share)})`, "Critical path by resource"),
      shareTable("Critical path", ["operator", "resource", "phase"], runs, rows, time, (row) => colour(row.names[1]), 12));
  if (streams.length > 0) body.push(streams.map((run) => limits(run, several)));
  if (!runs.some(ranAtAll)) return null;
  if (body.flat(2).every((x) => x === null)) body.push(el("p", { class: "muted" }, "There is no critical path in this file."));
  return section("bottlenecks", "Bottlenecks", body);
}

function rates(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = objects(run.stats, "rates");
    return rows.length === 0 ? null : [runTitle(run, several), table("Attained against peak rates",
      [headCell("resource"), headCell("attained", true), headCell("peak", true), headCell("share", true), headCell("busy", true), headCell("")],
      rows.map((row) => {
        const name = str(row, "name"), busy = num(row, "busy_share");
        return el("tr", {}, rowCell(name), ["attained", "peak"].map((k) => numberCell(datum(num(row, k), si(num(row, k), str(row, "unit"))))),
          numberCell(percent(num(row, "share"))), numberCell(percent(busy)), barCell(busy, colour(name.split(" ")[0]), `busy ${percent(busy)}`));
      }))];
  });
  return body.some(Boolean) ? section("rates", "Attained rates", body) : null;
}

function energy(runs) {
  const energyOf = (run) => Object.entries(isObject(at(run.stats, "energy_j")) ? run.stats.energy_j : {})
    .filter(([, j]) => typeof j === "number").map(([name, j]) => ({ name, j: j * perToken(run) }));
  const component = (name) => name.split(".")[0];
  const rows = sideBySide(runs, (run) => {
    const all = energyOf(run), total = all.reduce((a, e) => a + e.j, 0);
    return all.map((e) => ({ names: [component(e.name), e.name.slice(component(e.name).length + 1)], value: e.j, share: total > 0 ? e.j / total : 0 }));
  });
  if (rows.length === 0) return runs.some(ranAtAll) ? section("energy", "Energy", el("p", { class: "muted" }, "There are no energies in this file.")) : null;
  return section("energy", "Energy", stacks(runs, (run) => shares(energyOf(run), (e) => component(e.name), (e) => e.j), (p) => `${si(p.value, "J")} (${percent(p.share)})`, "Energy by component"),
    shareTable("Energy", ["component", "operation"], runs, rows, (x) => si(x, "J"), (row) => colour(row.names[0]), 40));
}

function capacity(runs) {
  const several = runs.length > 1;
  const body = runs.map((run) => {
    const rows = objects(run.stats, "capacity"), over = str(run.stats, "overflow.name");
    return rows.length === 0 ? null : [runTitle(run, several), table("Memory",
      [headCell("where"), headCell("used", true), headCell("of", true), headCell("share", true), headCell(""), headCell("weights", true), headCell("KV", true)],
      rows.map((row) => {
        const share = ratio(num(row, "used_bytes"), num(row, "total_bytes")), name = str(row, "name"), full = over !== "" && name === over;
        const size = (k) => numberCell(datum(num(row, k), bytes(num(row, k))));
        return el("tr", { class: full ? "hit" : null }, rowCell(name, full ? el("span", { class: "bad" }, " does not fit") : null), size("used_bytes"), size("total_bytes"),
          numberCell(percent(share)), barCell(share, full ? "var(--bad)" : colour(name), percent(share)), size("weights_bytes"), size("kv_bytes"));
      }))];
  });
  return body.some(Boolean) ? section("memory", "Memory", body) : null;
}

const WORK = [["pages sensed", "counts.pages_sensed", count], ["pages programmed", "counts.pages_programmed", count], ["blocks erased", "counts.blocks_erased", count],
  ["MACs in flash", "counts.macs", count], ["die commands", "counts.die_commands", count], ["buses down", "counts.bus_bytes_down", bytes], ["buses up", "counts.bus_bytes_up", bytes],
  ["DRAM", "counts.dram_bytes", bytes], ["KV bytes sensed", "counts.sensed_kv_bytes", bytes], ["KV bytes needed", "counts.useful_kv_bytes", bytes],
  ["KV buffer at most", "kv_buffer.peak_bytes", bytes], ["KV buffer flushes", "kv_buffer.flushes", count]];

function work(runs) {
  const several = runs.length > 1;
  const rows = WORK.filter(([, path]) => runs.some((r) => ranAtAll(r) && num(r.stats, path)));
  return rows.length === 0 ? null : section("work", "Work and traffic", table("Work and traffic",
    [headCell(""), runs.map((r) => (several ? runHead(r, true) : headCell("in the run", true)))],
    rows.map(([name, path, text]) => el("tr", {}, rowCell(name), runs.map((r) => numberCell(datum(num(r.stats, path), text(num(r.stats, path)))))))));
}

// Parameters and statistics of the policies that are not the default.
function policies(runs) {
  const several = runs.length > 1, rows = new Map();
  const say = (x) => {
    const value = num(x, "value"), unit = str(x, "unit");
    return datum(value, unit === "ps" ? time(value) : unit === "count" ? count(value) : unit === "bytes" ? bytes(value) : unit === "ratio" ? plain(value, "") : `${digits(value || 0)} ${unit}`);
  };
  const put = (names, i, content) => {
    const id = JSON.stringify(names);
    if (!rows.has(id)) rows.set(id, { names, cells: runs.map(() => NONE) });
    rows.get(id).cells[i] = content;
  };
  runs.forEach((run, i) => chosenOf(run).forEach((p) => {
    const parameters = isObject(p.policy.parameters) ? Object.entries(p.policy.parameters) : [], statistics = isObject(p.policy.statistics) ? Object.entries(p.policy.statistics) : [];
    if (parameters.length + statistics.length === 0) put([`${p.kind} ${p.name}`, ""], i, "in use");
    parameters.forEach(([name, text]) => put([`${p.kind} ${p.name}`, name], i, el("code", {}, String(text))));
    statistics.forEach(([name, x]) => put([`${p.kind} ${p.name}`, name], i, say(x)));
  }));
  if (rows.size === 0) return null;
  return section("policies", "Policies", el("p", { class: "muted" }, "Parameters and statistics of the policies that are not the default."),
    longTable("Policies that are not the default", [headCell("policy"), headCell(""), runs.map((r) => (several ? runHead(r, true) : headCell("in the run", true)))],
      [...rows.values()].map((row) => el("tr", {}, rowCell(row.names[0]), cell(row.names[1]), row.cells.map((c) => numberCell(c)))), 24));
}
