import { svg } from "../core/html.js";

const WIDTH = 480;
const HEIGHT = 110;
const LEFT = 46;
const BOTTOM = 20;

/** Bars of the recent loss in ranges of noise levels, `{ from, to, images, recent }`, from little noise to much. */
export function levelPlot(levels) {
  const known = levels.filter(({ recent }) => recent !== null);
  const label = `Loss by noise level: ${known.map(({ from, to, recent }) => `${from.toFixed(2)} to ${to.toFixed(2)}: ${recent.toPrecision(2)}`).join(", ")}`;
  const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "loss-plot" });
  const most = Math.max(...known.map(({ recent }) => recent)) || 1;
  const x = (level) => LEFT + level * (WIDTH - LEFT - 6);
  const y = (loss) => 8 + (1 - loss / most) * (HEIGHT - BOTTOM - 14);
  for (const loss of [0, most]) {
    plot.append(
      svg("line", { x1: LEFT, x2: WIDTH - 6, y1: y(loss), y2: y(loss), class: "grid" }),
      svg("text", { x: LEFT - 6, y: y(loss) + 4, "text-anchor": "end" }, loss === 0 ? "0" : loss.toPrecision(2)),
    );
  }
  for (const { from, to, recent } of known) {
    plot.append(svg("rect", { x: x(from) + 1, y: y(recent), width: Math.max(1, x(to) - x(from) - 2), height: y(0) - y(recent), class: "bar" }));
  }
  plot.append(
    svg("text", { x: LEFT, y: HEIGHT - 4 }, "little noise"),
    svg("text", { x: WIDTH - 6, y: HEIGHT - 4, "text-anchor": "end" }, "much noise"),
  );
  return plot;
}
