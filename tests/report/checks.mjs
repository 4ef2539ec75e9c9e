// What the checks of pages share.
let failures = 0;
export function check(what, good, found) {
  if (good) return;
  failures++;
  console.error(`FAILED: ${what}${found === undefined ? "" : `: ${JSON.stringify(found)}`}`);
}
export const equal = (what, found, expected) => check(what, JSON.stringify(found) === JSON.stringify(expected), { found, expected });

// What must hold for every page, whatever it shows.
export async function sound(page, url, what) {
  equal(`${what}: requests`, page.requests, [url]);
  equal(`${what}: complaints`, page.complaints, []);
  const { over, width } = await page.run("({ over: document.documentElement.scrollWidth, width: innerWidth })");
  check(`${what}: ${over} px wide on ${width}`, over <= width);
}

// How many failures @part adds, without saying so: for checks of the checks.
export async function failuresOf(part) {
  const before = failures, log = console.error;
  console.error = () => {};
  await part();
  console.error = log;
  const seen = failures - before;
  failures = before;
  return seen;
}

export function finish() {
  console.log(failures === 0 ? "all as it should be" : `${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}
