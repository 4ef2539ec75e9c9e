#!/usr/bin/env node
// track_stats.mjs FILE: per track of slices "path count sum min max" (durations in ps), from any format, each
// read on its own way: .pftrace by Perfetto's trace processor, .vcd and .csv here. Equal timelines give equal text.
import { readFileSync } from 'node:fs';
import { open } from './trace_processor.mjs';
import { slicesByTrack } from './tracks.mjs';

const plain = (name) => name.replace(/[^A-Za-z0-9]/g, '_') || '_';

function fromCsv(text) {
  const durations = new Map();
  for (const line of text.split('\n').slice(1)) {
    // Only the first five fields are needed, and only path and name may be quoted.
    const field = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, 5).map((m) => (m[1][0] === '"' ? m[1].slice(1, -1).replaceAll('""', '"') : m[1]));
    const path = field[1]?.split('/').map((part) => plain(part.replace(/%2F/g, '/').replace(/%25/g, '%'))).join('/');
    if (field[0] === 'track') durations.set(path, []);
    else if (field[0] === 'slice') durations.get(path).push(Number(field[4]) - Number(field[3]));
  }
  return durations;
}

// Any VCD with scopes of busy, what and count: as it was written, or as it came back from FST.
function fromVcd(text) {
  const variables = new Map(), tracks = new Map(), scope = [];
  const tokens = text.split(/\s+/);
  let at = 0;
  for (; tokens[at] !== '$enddefinitions'; at++) {
    if (tokens[at] === '$scope') scope.push(tokens[at + 2]);
    else if (tokens[at] === '$upscope') scope.pop();
    else if (tokens[at] === '$var') {
      const [, , , code, name] = tokens.slice(at, at + 5);
      const path = scope.slice(1).join('/');
      if (['busy', 'what', 'count'].includes(name) && path) {
        if (!tracks.has(path)) tracks.set(path, { busy: false, count: 0, told: 0, begin: -1, durations: [] });
        variables.set(code, [tracks.get(path), name]);
      }
    }
  }
  let now = 0;
  const changed = new Set();
  const step = () => {
    for (const t of changed) {
      const began = t.count - t.told;
      if (t.begin >= 0 && (began || !t.busy)) { t.durations.push(now - t.begin); t.begin = -1; }
      for (let n = began - (t.busy ? 1 : 0); n > 0; n--) t.durations.push(0);
      if (began && t.busy) t.begin = now;
      t.told = t.count;
    }
    changed.clear();
  };
  for (at += 2; at < tokens.length; at++) {
    const token = tokens[at], kind = token[0];
    if (kind === '#') { step(); now = Number(token.slice(1)); continue; }
    if (!token || kind === '$') continue;
    const code = kind === '0' || kind === '1' ? token.slice(1) : tokens[++at];
    const [track, name] = variables.get(code) ?? [];
    if (!track) continue;
    if (name === 'busy') track.busy = kind === '1';
    if (name === 'count') track.count = Number(BigInt(`0b${token.slice(1)}`));
    changed.add(track);
  }
  step();
  return new Map([...tracks].map(([path, track]) => [path, track.durations]));
}

async function fromTrace(file) {
  return new Map([...slicesByTrack(await open(file))].map(([path, slices]) =>
    [path.split('/').map((part) => plain(decodeURIComponent(part))).join('/'), slices.map((s) => s.dur)]));
}

const file = process.argv[2];
try {
  const durations = file.endsWith('.csv') ? fromCsv(readFileSync(file, 'utf8'))
    : file.endsWith('.vcd') ? fromVcd(readFileSync(file, 'utf8')) : await fromTrace(file);
  for (const path of [...durations.keys()].sort()) {
    const d = durations.get(path);
    if (d.length === 0) continue;
    const [sum, min, max] = d.reduce(([s, a, b], x) => [s + x, Math.min(a, x), Math.max(b, x)], [0, Infinity, 0]);
    console.log(path, d.length, sum, min, max);
  }
} catch (error) {
  console.error(`track_stats.mjs: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
