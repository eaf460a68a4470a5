// Opens pages in headless Chromium and reports what a reader would see, as JSON on stdout. The
// modules axe-core, mermaid and puppeteer-core are in the folder modules of the input.
//
// usage: node browser.mjs INPUT.json
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const input = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const require = createRequire(path.join(input.modules, "node_modules", "index.js"));
const puppeteer = require("puppeteer-core");
const mermaid = path.join(input.modules, "node_modules", "mermaid", "dist", "mermaid.min.js");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// A machine that runs other tests too can be slow.
const timeout = 180_000;
const browser = await puppeteer.launch({
  executablePath: input.chromium,
  timeout,
  protocolTimeout: timeout,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const output = { pages: [], charts: [] };
try {
  for (const file of input.pages) output.pages.push(await look(file));
  output.charts = await parse(input.charts);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(output));

// look opens a page at each width, light and dark.
async function look(file) {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  const errors = [], requests = [], views = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  for (const width of input.widths) {
    await page.setViewport({ width, height: 900 });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto("file://" + file);
      const view = await page.evaluate(measure);
      await page.evaluate(axe);
      const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const found = (list) => list.map((r) => r.id + ": " + r.nodes.map((n) => n.html).slice(0, 3).join(" "));
      views.push({
        width, scheme, ...view, violations: found(result.violations),
        passes: result.passes.map((r) => r.id),
      });
    }
  }
  const structure = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    headings: [...document.querySelectorAll("h1, h2, h3, h4")].map((h) => h.tagName + " " + h.innerText),
  }));
  await page.close();
  return { file, errors, requests: requests.filter((url) => url !== "file://" + file), views, ...structure };
}

// measure runs in the page. An element overflows when it is beyond the right edge and nothing
// around it scrolls; a text of the drawing when it is wider than its box.
function measure() {
  const root = document.documentElement, edge = root.clientWidth;
  const outside = [...document.body.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > edge + 1 && !e.closest(".scroll"));
  const wide = [...document.querySelectorAll("svg g")].filter((g) => {
    const box = g.querySelector("rect");
    return box && [...g.querySelectorAll("text")].some(
      (t) => t.getBoundingClientRect().right > box.getBoundingClientRect().right + 1);
  });
  // contrast returns the least contrast of a text of the drawing with its box, by WCAG 2.
  const light = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrasts = [...document.querySelectorAll("svg g text")].map((t) => {
    const fill = getComputedStyle(t.parentNode.querySelector("rect")).fill;
    const back = fill === "none" ? getComputedStyle(document.body).backgroundColor : fill;
    const both = [light(getComputedStyle(t).fill), light(back)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  });
  return {
    scrolls: root.scrollWidth - edge,
    outside: outside.map((e) => e.outerHTML.slice(0, 120)),
    wide: wide.map((g) => g.textContent),
    contrast: Math.min(...contrasts),
  };
}

// parse reads flowcharts with mermaid's own parser, and draws them.
async function parse(charts) {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  await page.setContent("<!DOCTYPE html><title>charts</title><body></body>");
  await page.addScriptTag({ path: mermaid });
  await page.evaluate(() => mermaid.initialize({ startOnLoad: false }));
  const results = [];
  for (const text of charts) {
    results.push(await page.evaluate(async (text) => {
      try {
        const { diagramType } = await mermaid.parse(text);
        const { svg } = await mermaid.render("chart", text);
        const drawn = new DOMParser().parseFromString(svg, "text/html");
        return {
          type: diagramType,
          nodes: drawn.querySelectorAll(".node").length,
          groups: drawn.querySelectorAll(".cluster").length,
          edges: drawn.querySelectorAll(".edgePaths path").length,
        };
      } catch (error) {
        return { error: String(error) };
      }
    }, text));
  }
  return results;
}
