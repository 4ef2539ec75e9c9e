// A headless Chromium, spoken to over its debugging pipe: no driver and no package is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"];

export class Browser {
  constructor(program) {
    this.profile = mkdtempSync(join(tmpdir(), "ifcsim-chromium-"));
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.ended = new Promise((resolve) => this.process.on("exit", resolve));
    this.waiting = new Map();
    this.listeners = [];
    this.next = 1;
    let text = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (part) => {
      text += part;
      for (let end; (end = text.indexOf("\0")) >= 0; text = text.slice(end + 1)) this.receive(JSON.parse(text.slice(0, end)));
    });
    this.process.on("exit", (code) => this.waiting.forEach(({ reject }) => reject(new Error(`Chromium ended with ${code}`))));
  }

  receive(message) {
    if (!message.id) {
      this.listeners.forEach((f) => f(message));
      return;
    }
    const { resolve, reject } = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.next++;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  async close() {
    await this.send("Browser.close").catch(() => {});
    await this.ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

// A tab. Notes what the page asks of the network and what it complains about.
export class Page {
  static async open(browser, { width = 1280, height = 900, scheme = "light" } = {}) {
    const page = new Page();
    page.browser = browser;
    page.requests = [];
    page.complaints = [];
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    ({ sessionId: page.session } = await browser.send("Target.attachToTarget", { targetId, flatten: true }));
    page.target = targetId;
    page.listener = (m) => m.sessionId === page.session && page.hear(m);
    browser.listeners.push(page.listener);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    await page.look({ width, height, scheme });
    return page;
  }

  send(method, params) { return this.browser.send(method, params, this.session); }

  hear({ method, params }) {
    if (method === "Network.requestWillBeSent" && !params.request.url.startsWith("data:")) this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
    if (method === "Runtime.consoleAPICalled") this.complaints.push(`console.${params.type}: ${params.args.map((a) => a.value ?? a.description).join(" ")}`);
    if (method === "Page.javascriptDialogOpening") this.complaints.push(`dialog: ${params.message}`);
    if (method === "Page.loadEventFired") this.loaded?.();
  }

  async look({ width, height, scheme }) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  async go(url) {
    const loaded = new Promise((resolve) => { this.loaded = resolve; });
    await this.send("Page.navigate", { url });
    await loaded;
    await this.settle();
  }

  // Until what was asked for is drawn.
  settle() { return this.run("new Promise((r) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => r(true))), 120))"); }

  async run(expression) {
    const r = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (r.exceptionDetails) throw new Error(r.exceptionDetails.exception?.description ?? r.exceptionDetails.text);
    return r.result.value;
  }

  async key(key) {
    const code = { ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Tab: 9, Home: 36 }[key];
    const event = code ? { key, code: key, windowsVirtualKeyCode: code } : { key, text: key };
    await this.send("Input.dispatchKeyEvent", { type: code ? "rawKeyDown" : "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async drag(from, to, y) {
    const mouse = (type, x, extra) => this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", ...extra });
    await mouse("mouseMoved", from, { button: "none" });
    await mouse("mousePressed", from, { clickCount: 1, buttons: 1 });
    for (let i = 1; i <= 5; i++) await mouse("mouseMoved", from + ((to - from) * i) / 5, { buttons: 1 });
    await mouse("mouseReleased", to, { clickCount: 1 });
    await this.settle();
  }

  async screenshot() {
    const height = await this.run("document.documentElement.scrollHeight");
    const width = await this.run("innerWidth");
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } });
    return Buffer.from(data, "base64");
  }

  async close() {
    this.browser.listeners.splice(this.browser.listeners.indexOf(this.listener), 1);
    await this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}
