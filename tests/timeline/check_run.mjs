#!/usr/bin/env node
// check_run.mjs TRACE STATS.json [LEVEL [TRACE STATS.json LEVEL]...]: does a recorded timeline agree with the results of its run? TRACE is a
// whole run (no window, no cap), read by Perfetto's trace processor; LEVEL is operators, channels, dies (default)
// or planes: which tracks have to be there. Prints what it checked; exit 1 with every disagreement.
import { readFileSync } from 'node:fs';
import { open } from './trace_processor.mjs';
import { slicesByTrack, trackPaths } from './tracks.mjs';

const LEVELS = ['operators', 'channels', 'dies', 'planes'];
const KINDS = { npu: 0, dram: 0, channel: 1, die: 2 }; // level from which a resource of a kind has a track
const WINDOW_PS = 50e6; // of the bus utilisation
let wrong = [];
const check = (holds, text) => { if (!holds) wrong.push(text); };

// The trace as such.
function checkTrace(processor) {
  for (const [name, severity, value] of processor.query("select name, severity, value from stats where severity in ('error', 'data_loss') and value > 0").rows)
    wrong.push(`the reader reports ${severity} ${name}: ${value}`);
  check(processor.query('select count(*) from slice where dur < 0').rows[0][0] === 0, 'slices without an end');
  for (const [text] of processor.query("select name from slice where name glob 'recording cut*'").rows) wrong.push(`not a whole run: ${text}`);
  const back = processor.query('select count(*) from flow f join slice o on o.id = f.slice_out join slice i on i.id = f.slice_in where o.ts > i.ts').rows[0][0];
  check(back === 0, `${back} flows that lead back in time`);
}

const sum = (slices) => slices.reduce((total, s) => total + s.dur, 0);
const endOf = (s) => s.ts + s.dur;

// Total length of what slices cover together.
function covered(slices) {
  let total = 0, upto = -Infinity;
  for (const s of [...slices].sort((a, b) => a.ts - b.ts)) {
    if (endOf(s) <= upto) continue;
    total += endOf(s) - Math.max(s.ts, upto);
    upto = endOf(s);
  }
  return total;
}

// A resource's slices: of the track with its name, or of the track that its name says with dots for slashes; a
// die's commands may lie on tracks of their own below it (array and engine). Undefined: no such track.
function find(slices, name) {
  const known = [...slices.keys()];
  const path = known.find((p) => p.replaceAll('/', '.') === name) ?? known.find((p) => p.split('/').at(-1) === name);
  if (path !== undefined) return { path, array: slices.get(path), engine: [] };
  const array = known.find((p) => p.replaceAll('/', '.') === `${name}.array`);
  if (array === undefined) return undefined;
  const below = array.slice(0, -'/array'.length);
  return { path: below, array: slices.get(array), engine: slices.get(`${below}/engine`) ?? [] };
}

// A tenure down is a command and its data; a die command may take the array several times (rounds of a read).
function served({ array }, kind) {
  if (kind === 'die' && array.every((s) => s.txn !== null)) return new Set(array.map((s) => s.txn)).size;
  if (kind !== 'channel') return array.length;
  return array.filter((s, i) => !goesOn(s, array[i - 1])).length;
}

function goesOn(s, before) {
  return /^data.down$/.test(s.name) && before?.name === 'command' && before.txn === s.txn && endOf(before) === s.ts;
}

// How long each service took: a slice, or a command with the data that goes on.
function services(array, kind) {
  if (kind !== 'channel') return array.map((s) => s.dur);
  return array.flatMap((s, i) => goesOn(s, array[i - 1]) ? [] : [s.dur + (array[i + 1] && goesOn(array[i + 1], s) ? array[i + 1].dur : 0)]);
}

function checkResource(slices, resource, end) {
  const { name, kind, busy_ps: busy } = resource;
  const found = find(slices, name);
  if (!found) return check(resource.served === 0, `${name}: served ${resource.served}, but has no track`);
  const { array, engine } = found, all = [...array, ...engine], length = engine.length ? covered(all) : sum(array);
  check(served(found, kind) === resource.served, `${name}: ${served(found, kind)} slices, served ${resource.served}`);
  check(length === busy, `${name}: slices last ${length} ps, busy ${busy} ps`);
  check(all.every((s) => endOf(s) <= end), `${name}: a slice ends after the run (${end} ps)`);
  const lengths = services(array, kind), least = lengths.reduce((a, b) => Math.min(a, b), Infinity), most = lengths.reduce((a, b) => Math.max(a, b), 0);
  for (const [field, value] of [['min_ps', least], ['max_ps', most]])
    if (array.length > 0 && (kind !== 'die' || field in resource)) check(resource[field] === value, `${name}: ${field} ${resource[field]}, slices say ${value}`);
  if (kind === 'channel') check(busy <= end, `${name}: busy ${busy} ps of ${end} ps`);
  for (const [what, list] of [['uses', array], ['engine runs', engine]])
    list.forEach((s, i) => check(i === 0 || endOf(list[i - 1]) <= s.ts, `${name}: two ${what} at ${s.ts} ps`));
}

// Each sense of a plane below a die lies inside one command of the die.
function checkPlanes(slices, die) {
  const found = find(slices, die);
  if (!found) return 0;
  let senses = 0;
  for (const [plane, events] of slices) {
    if (!plane.startsWith(`${found.path}/plane`)) continue;
    let at = 0;
    for (const s of events.filter((e) => e.name.startsWith('sense'))) {
      while (at + 1 < found.array.length && found.array[at + 1].ts <= s.ts) at++;
      const c = found.array[at];
      check(c && c.ts <= s.ts && endOf(s) <= endOf(c) && c.txn === s.txn, `${plane}: sense at ${s.ts} ps lies in no command of ${die}`);
      senses++;
    }
  }
  return senses;
}

// The tokens' critical path: gapless from begin to end of every token, and the shares of the statistics.
function checkPath(slices, stats) {
  const tokens = slices.get('host/token'), steps = slices.get('host/critical path') ?? [];
  if (!tokens) return;
  const lasted = tokens.map((s) => s.dur);
  check(JSON.stringify(lasted) === JSON.stringify(stats.decode.token_latency_ps), `tokens last ${lasted} ps, statistics say ${stats.decode.token_latency_ps}`);
  let at = 0;
  for (const token of tokens) {
    let upto = token.ts;
    for (; at < steps.length && endOf(steps[at]) <= endOf(token); at++) {
      check(steps[at].ts === upto, `critical path: gap or overlap at ${upto} ps`);
      upto = endOf(steps[at]);
    }
    check(upto === endOf(token), `critical path: ends ${upto} ps, its token ${endOf(token)} ps`);
  }
  const shares = new Map();
  for (const s of steps) shares.set(s.name, (shares.get(s.name) ?? 0) + s.dur);
  for (const row of stats.critical_path) {
    const name = `${row.operator}: ${row.resource} ${row.phase}`;
    check(shares.get(name) === row.ps, `critical path: "${name}" lasts ${shares.get(name) ?? 0} ps, statistics say ${row.ps}`);
  }
  check(shares.size === stats.critical_path.length, `critical path: ${shares.size} kinds of stretches, statistics have ${stats.critical_path.length}`);
}

// Counters of a machine: {path: [[time, value], ...]}.
function counters(processor) {
  const paths = trackPaths(processor), found = new Map();
  for (const [track, ts, value] of processor.query('select track_id, ts, value from counter order by ts, id').rows) {
    if (!found.has(paths.get(track))) found.set(paths.get(track), []);
    found.get(paths.get(track)).push([ts, value]);
  }
  return found;
}

function checkCounters(found, stats) {
  for (const [path, values] of found) {
    if (/^controller\/(channel\d+ queue|outstanding commands)$/.test(path)) {
      check(values.at(-1)[1] === 0, `${path}: ${values.at(-1)[1]} at the end`);
      check(values.every(([, v]) => v >= 0), `${path}: below 0`);
    } else if (path === 'controller/KV buffer') {
      const most = values.reduce((m, [, v]) => Math.max(m, v), 0);
      check(most === stats.kv_buffer.peak_bytes, `${path}: at most ${most} bytes, statistics say ${stats.kv_buffer.peak_bytes}`);
    } else if (path.endsWith('/bus utilisation')) {
      const { busy_ps: busy } = stats.resources.find((r) => r.name === path.split('/')[0]);
      const upto = (i) => values[i + 1]?.[0] ?? stats.end_time_ps;
      const told = values.reduce((total, [ts, v], i) => total + (v / 100) * (upto(i) - ts), 0);
      const rounding = (stats.end_time_ps + WINDOW_PS) * 0.005;
      check(Math.abs(told - busy) <= rounding, `${path}: says busy ${told} ps, statistics ${busy} ps`);
      check(values.every(([, v]) => v >= 0 && v <= 100), `${path}: outside 0..100 %`);
    }
  }
}

// Arrows join slices of one transaction; on the flash side every command has them from its issue to its result.
function checkFlows(processor) {
  const ends = 'from flow f join slice o on o.id = f.slice_out join slice i on i.id = f.slice_in';
  const txn = (side) => `extract_arg(${side}.arg_set_id, 'debug.txn')`;
  const stray = processor.query(`select count(*) ${ends} where ${txn('o')} != ${txn('i')}`).rows[0][0];
  check(stray === 0, `${stray} flows join slices of different transactions`);
  return processor.query(`select count(*) ${ends}`).rows[0][0];
}

async function run(trace, statsFile, level = 'dies') {
  wrong = [];
  const stats = JSON.parse(readFileSync(statsFile, 'utf8'));
  const processor = await open(trace);
  checkTrace(processor);
  const slices = slicesByTrack(processor);
  const resources = stats.resources.filter((r) => KINDS[r.kind] <= LEVELS.indexOf(level));
  check(resources.length > 0, 'the statistics name no resource of this level');
  for (const resource of resources) checkResource(slices, resource, stats.end_time_ps);
  checkPath(slices, stats);
  checkCounters(counters(processor), stats);
  const flows = checkFlows(processor);
  check(level === 'operators' || flows > 0, 'no flows');
  let senses = 0;
  if (level === 'planes') {
    for (const die of resources.filter((r) => r.kind === 'die')) senses += checkPlanes(slices, die.name);
    check(senses === stats.counts?.pages_sensed, `${senses} senses on the planes, ${stats.counts?.pages_sensed} pages sensed`);
  }
  for (const text of wrong.slice(0, 50)) console.error(`check_run.mjs: ${trace}: ${text}`);
  if (wrong.length > 50) console.error(`check_run.mjs: ... and ${wrong.length - 50} more`);
  console.log(`${trace}: ${resources.length} resources, ${[...slices.values()].flat().length} slices, ${flows} flows, ${senses} senses: ${wrong.length ? `${wrong.length} disagreements` : 'agree'}`);
  return wrong.length ? 1 : 0;
}

const given = process.argv.slice(2), runs = [];
for (let i = 0; i < given.length || i === 0; i += 3) runs.push(given.slice(i, i + 3));
if (runs.some(([, statsFile, level]) => !statsFile || (level && !LEVELS.includes(level)))) {
  console.error(`usage: check_run.mjs TRACE STATS.json [${LEVELS.join('|')} [TRACE STATS.json LEVEL]...]`);
  process.exit(64);
}
try {
  process.exitCode = 0;
  for (const one of runs) process.exitCode |= await run(...one);
} catch (error) {
  console.error(`check_run.mjs: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
