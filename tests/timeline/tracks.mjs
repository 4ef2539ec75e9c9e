// Tracks of a trace of IFCSim as paths, and their slices, from Perfetto's trace processor.

/** Path of every track below the root ('%' and '/' in names as %25 and %2F), by track id. */
export function trackPaths(processor) {
  const tracks = new Map(processor.query('select id, parent_id, name from track').rows.map(([id, parent, name]) => [id, { parent, name }]));
  const escape = (name) => (name ?? '').replaceAll('%', '%25').replaceAll('/', '%2F');
  const pathOf = (id) => {
    const track = tracks.get(id);
    const parent = track.parent === null ? undefined : tracks.get(track.parent);
    if (!parent) return '';
    const above = pathOf(track.parent);
    return above ? `${above}/${escape(track.name)}` : escape(track.name);
  };
  return new Map([...tracks.keys()].map((id) => [id, pathOf(id)]));
}

/** Slices {ts, dur, name, txn} of every track of slices, in order of time, by path; remarks on the root left out. */
export function slicesByTrack(processor) {
  const paths = trackPaths(processor), slices = new Map();
  for (const [track, ts, dur, name, txn] of processor.query("select track_id, ts, dur, name, extract_arg(arg_set_id, 'debug.txn') from slice order by ts, id").rows) {
    const path = paths.get(track);
    if (!path) continue;
    if (!slices.has(path)) slices.set(path, []);
    slices.get(path).push({ ts, dur, name, txn });
  }
  return slices;
}
