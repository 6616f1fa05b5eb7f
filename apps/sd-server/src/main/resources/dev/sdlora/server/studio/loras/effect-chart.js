import { el, svg } from "../core/html.js";

const LABEL = 92;
const BAR = 260;
const VALUE = 58;
const LINE = 18;

/**
 * The change of each block of the networks as a bar chart, and as a table for screen readers.
 * Blocks have `part`, `name` and `share`; those named "all" are sums.
 */
export function effectChart(blocks) {
  const shown = blocks.filter((block) => block.name !== "all");
  const sums = blocks.filter((block) => block.name === "all");
  const most = Math.max(...shown.map((block) => block.share), 1e-9);
  let y = 0;
  let part = "";
  const rows = [];
  for (const block of shown) {
    if (block.part !== part) {
      part = block.part;
      const sum = sums.find((one) => one.part === part);
      y += LINE + (rows.length > 0 ? 6 : 0);
      rows.push(svg("text", { x: 0, y: y - 4, class: "chart-head" }, `${part}: ${percent(sum?.share ?? 0)} overall`));
    }
    const length = Math.max(1, (BAR * block.share) / most);
    rows.push(
      svg("text", { x: LABEL - 8, y: y + 13, "text-anchor": "end" }, short(block.name)),
      svg("rect", { x: LABEL, y: y + 3, width: length, height: LINE - 6, rx: 2 }),
      svg("text", { x: LABEL + length + 6, y: y + 13, class: "chart-value" }, percent(block.share)),
    );
    y += LINE;
  }
  const size = { viewBox: `0 0 ${LABEL + BAR + VALUE} ${y + 4}`, class: "effect-chart" };
  return el(
    "figure",
    { class: "effect" },
    svg("svg", { ...size, "aria-hidden": "true" }, ...rows),
    table(blocks),
    el("figcaption", { class: "faint" }, "Change of each block's weights relative to their norm."),
  );
}

function table(blocks) {
  const row = (...cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)));
  return el(
    "table",
    { class: "visually-hidden" },
    el("caption", {}, "Change of each block"),
    el("thead", {}, el("tr", {}, ["Network", "Block", "Change"].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, blocks.map((block) => row(block.part, block.name, percent(block.share)))),
  );
}

function short(name) {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name;
}

function percent(share) {
  return `${(100 * share).toPrecision(3)} %`;
}
