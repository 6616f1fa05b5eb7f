import { svg } from "../core/html.js";

const WIDTH = 480;
const HEIGHT = 160;
const LEFT = 46;
const BOTTOM = 20;

/**
 * A plot of `[step, loss, smoothed loss]` points: raw losses faint, the smoothed line over them, and the
 * `[step, loss]` points of validation dashed.
 */
export function lossPlot(losses, steps, validation = []) {
  const label = losses.length === 0 ? "No steps yet" : described(losses, validation);
  const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "loss-plot" });
  if (losses.length === 0) {
    return plot;
  }
  const values = [...losses.flatMap(([, loss, mean]) => [loss, mean]), ...validation.map(([, loss]) => loss)];
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  const x = (step) => LEFT + (step / Math.max(steps, 1)) * (WIDTH - LEFT - 6);
  const y = (loss) => 8 + (1 - (loss - least) / range) * (HEIGHT - BOTTOM - 14);
  const line = (column, name, all = losses) =>
    svg("polyline", {
      class: name,
      points: all.map((point) => `${x(point[0]).toFixed(1)},${y(point[column]).toFixed(1)}`).join(" "),
    });
  for (const part of [0, 0.5, 1]) {
    const loss = least + part * range;
    const across = { x1: LEFT, x2: WIDTH - 6, y1: y(loss), y2: y(loss), class: "grid" };
    plot.append(svg("line", across), text(LEFT - 6, y(loss) + 4, "end", loss.toPrecision(2)));
  }
  for (const step of [0, Math.round(steps / 2), steps]) {
    plot.append(text(x(step), HEIGHT - 4, step === 0 ? "start" : step === steps ? "end" : "middle", step));
  }
  plot.append(line(1, "raw"), line(2, "smooth"), line(1, "validation", validation));
  validation.forEach(([step, loss]) => plot.append(svg("circle", { cx: x(step), cy: y(loss), r: 3, class: "validation" })));
  return plot;
}

function text(x, y, anchor, content) {
  return svg("text", { x, y, "text-anchor": anchor }, String(content));
}

function described(losses, validation) {
  const [step, , mean] = losses[losses.length - 1];
  const loss = `Loss: ${losses[0][2].toPrecision(3)} at the start, ${mean.toPrecision(3)} at step ${step}`;
  if (validation.length === 0) {
    return loss;
  }
  const [last, held] = validation[validation.length - 1];
  return `${loss}; on held-out images ${held.toPrecision(3)} at step ${last}`;
}
