import { difference } from "./highlight.js";

/** Replaces a part of a text as if it was typed, so that Ctrl+Z undoes it. */
export function type(textarea, start, end, text) {
  textarea.focus();
  textarea.setSelectionRange(start, end);
  const typed = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (!typed) {
    textarea.setRangeText(text, start, end, "end");
    textarea.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

/** Replaces the text; the cursor stays at the same characters. */
export function exchange(textarea, text) {
  if (textarea.value !== text) {
    const { start, end, by } = difference(textarea.value, text);
    textarea.setRangeText(text.slice(start, end + by), start, end, "preserve");
  }
}

const TAG = /<[^<>\n]*>/g;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const BETWEEN_WORDS = /[\s.,\\/!?%^*;:{}=`~()<>[\]|]/;

/**
 * Changes the weight of the selection or of the word at the cursor, as in A1111: brackets with
 * a number in steps of 0.1, the number of a tag in steps of 0.05. Returns the part to replace
 * (`start`, `end`), the new `text`, and the new selection; null if there is nothing to change.
 */
export function weighted(text, from, to, direction) {
  return inTag(text, from, to, 0.05 * direction) ?? inBrackets(text, from, to, 0.1 * direction) ?? inWord(text, from, to, 0.1 * direction);
}

function inTag(text, from, to, step) {
  for (const tag of text.matchAll(TAG)) {
    const end = tag.index + tag[0].length;
    if (tag.index < to && from < end && tag.index <= from && to <= end) {
      const parts = tag[0].slice(1, -1).split(":");
      if (parts.length === 2) {
        parts.push("1");
      }
      if (parts.length < 2 || !NUMBER.test(parts[2].trim())) {
        return null;
      }
      parts[2] = number(Number(parts[2]) + step);
      const changed = `<${parts.join(":")}>`;
      return { start: tag.index, end, text: changed, select: [tag.index, tag.index + changed.length] };
    }
  }
  return null;
}

function inBrackets(text, from, to, step) {
  const start = opening(text, from);
  const rest = start < 0 ? null : text.slice(start).match(/^\(([^()<>]*):\s*([+-]?[\d.]+)\s*\)/);
  const end = rest ? start + rest[0].length : -1;
  if (!rest || to > end || !NUMBER.test(rest[2])) {
    return null;
  }
  const weight = number(Number(rest[2]) + step);
  const changed = weight === "1" ? rest[1] : `(${rest[1]}:${weight})`;
  const inside = start + (weight === "1" ? 0 : 1);
  return { start, end, text: changed, select: [inside, inside + rest[1].length] };
}

/** Returns the bracket around a position or directly after it. */
function opening(text, at) {
  if (text[at] === "(" && text[at - 1] !== "\\") {
    return at;
  }
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const bracket = text[i - 1] === "\\" ? "" : text[i];
    depth += bracket === ")" ? 1 : bracket === "(" ? -1 : 0;
    if (depth < 0) {
      return i;
    }
  }
  return -1;
}

function inWord(text, from, to, step) {
  let [start, end] = [from, to];
  if (start === end) {
    while (start > 0 && !BETWEEN_WORDS.test(text[start - 1])) {
      start--;
    }
    while (end < text.length && !BETWEEN_WORDS.test(text[end])) {
      end++;
    }
  }
  while (start < end && /\s/.test(text[start])) {
    start++;
  }
  while (end > start && /\s/.test(text[end - 1])) {
    end--;
  }
  if (start === end) {
    return null;
  }
  const word = text.slice(start, end);
  return { start, end, text: `(${word}:${number(1 + step)})`, select: [start + 1, start + 1 + word.length] };
}

function number(value) {
  return String(Math.round(100 * value) / 100);
}

/** Prevents Enter from submitting the form in search fields and checkboxes. */
export function keepFromDrawing(event) {
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) {
    event.preventDefault();
  }
}
