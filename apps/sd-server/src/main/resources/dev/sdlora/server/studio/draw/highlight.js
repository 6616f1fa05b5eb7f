import { el } from "../core/html.js";

/**
 * Renders a text into a layer in pieces: `spans` (start, end, kind) do not overlap, `problems`
 * (start, end, severity) may be anywhere.
 */
export function paint(layer, text, spans, problems) {
  const places = new Set([0, text.length]);
  for (const { start, end } of [...spans, ...problems]) {
    places.add(Math.min(start, text.length));
    places.add(Math.min(end, text.length));
  }
  const cuts = [...places].sort((a, b) => a - b);
  const pieces = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start, end] = [cuts[i], cuts[i + 1]];
    while (next < spans.length && spans[next].end <= start) {
      next++;
    }
    const kind = spans[next]?.start <= start ? `is-${spans[next].kind}` : "";
    const problem = problems.findIndex((one) => one.start <= start && one.end >= end);
    const mark = problem < 0 ? "" : problems[problem].severity;
    pieces.push({ text: text.slice(start, end), look: `${kind} ${mark}`.trim(), problem });
  }
  // A final line break is rendered only if something follows it.
  pieces.push({ text: "\u200b", look: "", problem: -1 });
  exchangePieces(layer, pieces);
}

const painted = new WeakMap();

/** Most keys change one piece, and replacing thousands would be slow. */
function exchangePieces(layer, pieces) {
  const before = painted.get(layer) ?? [];
  const same = (a, b) => a.text === b.text && a.look === b.look && a.problem === b.problem;
  const most = Math.min(before.length, pieces.length);
  let start = 0;
  while (start < most && same(before[start], pieces[start])) {
    start++;
  }
  let left = 0;
  while (left < most - start && same(before[before.length - 1 - left], pieces[pieces.length - 1 - left])) {
    left++;
  }
  for (let i = start; i < before.length - left; i++) {
    layer.childNodes[start].remove();
  }
  const next = layer.childNodes[start] ?? null;
  pieces.slice(start, pieces.length - left).forEach((piece) => layer.insertBefore(made(piece), next));
  painted.set(layer, pieces);
}

function made({ text, look, problem }) {
  return look === "" ? document.createTextNode(text) : el("span", { class: look, "data-problem": problem < 0 ? null : problem }, text);
}

/** Moves the pieces of a text after an edit; pieces that were edited themselves are dropped. */
export function moved(pieces, before, after) {
  const { start, end, by } = difference(before, after);
  return pieces.flatMap((piece) => {
    if (piece.end <= start) {
      return [piece];
    }
    if (piece.start >= end) {
      return [{ ...piece, start: piece.start + by, end: piece.end + by }];
    }
    return piece.start <= start && piece.end >= end ? [{ ...piece, end: piece.end + by }] : [];
  });
}

/** Finds the difference between two texts: the part from `start` to `end` grew `by` so many characters. */
export function difference(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) {
    start++;
  }
  let same = 0;
  while (same < most - start && before[before.length - 1 - same] === after[after.length - 1 - same]) {
    same++;
  }
  return { start, end: before.length - same, by: after.length - before.length };
}

/** Returns the rectangle of a character of a layer's text on the screen. */
export function placeOf(layer, offset) {
  const texts = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (left <= node.length) {
      const range = document.createRange();
      range.setStart(node, left);
      return range.getBoundingClientRect();
    }
    left -= node.length;
  }
  return layer.getBoundingClientRect();
}
