#!/usr/bin/env node
// check_run.mjs TRACE STATS.json [LEVEL]: does a recorded timeline agree with the results of its run? TRACE is a
// whole run (no window, no cap), read by Perfetto's trace processor; LEVEL is operators, channels, dies (default)
// or planes: which tracks have to be there. Prints what it checked; exit 1 with every disagreement.
import { readFileSync } from 'node:fs';
import { open } from './trace_processor.mjs';
import { slicesByTrack } from './tracks.mjs';

const LEVELS = ['operators', 'channels', 'dies', 'planes'];
const KINDS = { npu: 0, dram: 0, channel: 1, die: 2 }; // level from which a resource of a kind has a track
const wrong = [];
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

// The path of a resource: its name is the path's last part, or all parts joined by dots.
function pathOf(slices, name) {
  const known = [...slices.keys()];
  return known.find((path) => path.replaceAll('/', '.') === name) ?? known.find((path) => path.split('/').at(-1) === name)
    ?? known.find((path) => path.startsWith(`${name}/`))?.slice(0, name.length);
}

// A channel's tenures may lie on its own track or on tracks below it (command, down, up).
function slicesOf(slices, path, kind) {
  const own = slices.get(path) ?? [];
  if (kind !== 'channel') return own;
  const below = [...slices].filter(([p]) => p.startsWith(`${path}/`)).flatMap(([, s]) => s);
  return [...own, ...below].sort((a, b) => a.ts - b.ts || a.ts + a.dur - b.ts - b.dur);
}

function checkResource(slices, resource, end) {
  const { name, kind, busy_ps: busy, served } = resource;
  const path = pathOf(slices, name);
  if (path === undefined) return check(served === 0, `${name}: served ${served}, but has no track`);
  const found = slicesOf(slices, path, kind);
  check(found.length === served, `${name}: ${found.length} slices, served ${served}`);
  check(sum(found) === busy, `${name}: slices last ${sum(found)} ps, busy ${busy} ps`);
  check(found.every((s) => s.ts + s.dur <= end), `${name}: a slice ends after the run (${end} ps)`);
  for (const [field, value] of [['min_ps', Math.min(...found.map((s) => s.dur))], ['max_ps', Math.max(...found.map((s) => s.dur))]])
    if (found.length > 0 && field in resource) check(resource[field] === value, `${name}: ${field} ${resource[field]}, slices say ${value}`);
  if (kind === 'channel') {
    check(busy <= end, `${name}: busy ${busy} ps of ${end} ps`);
    found.forEach((s, i) => check(i === 0 || found[i - 1].ts + found[i - 1].dur <= s.ts, `${name}: two tenures at ${s.ts} ps`));
  }
}

// Planes are the tracks below a die's; each sense lies inside one command of the die.
function checkPlanes(slices, die) {
  const path = pathOf(slices, die);
  if (path === undefined) return 0;
  const commands = slices.get(path) ?? [];
  let senses = 0;
  for (const [plane, events] of slices) {
    if (!plane.startsWith(`${path}/`)) continue;
    let at = 0;
    for (const s of events.filter((e) => e.name.startsWith('sense'))) {
      while (at + 1 < commands.length && commands[at + 1].ts <= s.ts) at++;
      const c = commands[at];
      check(c && c.ts <= s.ts && s.ts + s.dur <= c.ts + c.dur, `${plane}: sense at ${s.ts} ps lies in no command of ${die}`);
      senses++;
    }
  }
  return senses;
}

async function run(trace, statsFile, level = 'dies') {
  const stats = JSON.parse(readFileSync(statsFile, 'utf8'));
  const processor = await open(trace);
  checkTrace(processor);
  const slices = slicesByTrack(processor);
  const resources = stats.resources.filter((r) => KINDS[r.kind] <= LEVELS.indexOf(level));
  check(resources.length > 0, 'the statistics name no resource of this level');
  for (const resource of resources) checkResource(slices, resource, stats.end_time_ps);
  let senses = 0;
  if (level === 'planes') {
    for (const die of resources.filter((r) => r.kind === 'die')) senses += checkPlanes(slices, die.name);
    check(senses > 0 || stats.counts?.pages_sensed === 0, 'no senses on the planes');
  }
  for (const text of wrong.slice(0, 50)) console.error(`check_run.mjs: ${trace}: ${text}`);
  if (wrong.length > 50) console.error(`check_run.mjs: ... and ${wrong.length - 50} more`);
  console.log(`${trace}: ${resources.length} resources, ${[...slices.values()].flat().length} slices, ${senses} senses: ${wrong.length ? `${wrong.length} disagreements` : 'agree'}`);
  return wrong.length ? 1 : 0;
}

const [trace, statsFile, level] = process.argv.slice(2);
if (!statsFile || (level && !LEVELS.includes(level))) {
  console.error(`usage: check_run.mjs TRACE STATS.json [${LEVELS.join('|')}]`);
  process.exit(64);
}
try {
  process.exitCode = await run(trace, statsFile, level);
} catch (error) {
  console.error(`check_run.mjs: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
