// screenshots.mjs REPORT.html PREFIX: PREFIX-WIDTH-SCHEME.png for both widths and colour schemes, to look at.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser, Page } from "./browser.mjs";

const [file, prefix] = process.argv.slice(2);
const browser = new Browser(process.env.CHROMIUM || "chromium");
for (const width of (process.env.WIDTHS || "1280,400").split(",").map(Number))
  for (const scheme of ["light", "dark"]) {
    const page = await Page.open(browser, { width, scheme });
    await page.go(pathToFileURL(resolve(file)).href);
    writeFileSync(`${prefix}-${width}-${scheme}.png`, await page.screenshot());
    if (page.complaints.length) console.log(page.complaints);
    await page.close();
  }
await browser.close();
