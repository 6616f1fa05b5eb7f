import { button, el, svg } from "../core/html.js";

/** The range of the weight slider; other weights can be typed into the prompt. */
const REACH = 2;

/**
 * A card of a LoRA: its main button adds it to the prompt with its preferred weight, or removes it. `actions` are
 * `toggle(lora)`, `weigh(lora, weight)`, `open(lora)`.
 */
export function loraCard(lora, actions) {
  const words = lora.trigger_words.join(", ");
  return el(
    "div",
    { class: `lora-card fits-${lora.fits}` },
    el(
      "button",
      { type: "button", class: "lora-main", "data-main": true, "aria-pressed": "false", title: title(lora, words), onclick: () => actions.toggle(lora) },
      picture(lora),
      el("span", { class: "lora-name" }, lora.name),
      el("span", { class: "lora-words faint" }, lora.description ?? (words || (lora.fits === "no" ? `for ${lora.family}` : ""))),
    ),
    button("i", () => actions.open(lora), { class: "lora-more", "aria-label": `Details of ${lora.name}`, title: "Details" }),
    slider(lora, actions),
  );
}

function title(lora, words) {
  return [lora.name, lora.description, lora.folder && `in ${lora.folder}`, lora.family, words && `trigger words: ${words}`].filter(Boolean).join("\n");
}

function picture(lora) {
  if (!lora.preview) {
    return placeholder(lora.name);
  }
  const image = el("img", { src: lora.preview, alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  image.addEventListener("error", () => image.replaceWith(placeholder(lora.name)));
  return image;
}

/** A placeholder: initials on a background whose colour is derived from the name. */
export function placeholder(name) {
  const hue = [...name].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) % 360, 7);
  const [first = "", second = ""] = name.replace(/[^\p{L}\p{N}]/gu, "");
  const letters = first.toUpperCase() + second.toLowerCase();
  const drawing = svg(
    "svg",
    { viewBox: "0 0 60 60", class: "lora-placeholder", "aria-hidden": "true" },
    svg("circle", { cx: 46, cy: 14, r: 26 }),
    svg("circle", { cx: 10, cy: 56, r: 22 }),
    svg("text", { x: 30, y: 37, "text-anchor": "middle" }, letters),
  );
  drawing.style.setProperty("--hue", hue);
  return drawing;
}

function slider(lora, actions) {
  const range = el("input", {
    type: "range", min: -REACH, max: REACH, step: 0.05, "aria-label": `Weight of ${lora.name}`,
    oninput: (event) => {
      event.target.nextSibling.textContent = shown(Number(event.target.value));
      actions.weigh(lora, Number(event.target.value));
    },
  });
  return el("div", { class: "lora-weight", hidden: true }, range, el("output", {}));
}

function shown(weight) {
  return weight.toFixed(2);
}

/** Shows whether and how strongly a LoRA is in the prompt. */
export function showUse(card, used) {
  card.classList.toggle("selected", used !== undefined);
  card.querySelector(".lora-main").setAttribute("aria-pressed", used !== undefined);
  const box = card.querySelector(".lora-weight");
  const [range, output] = box.children;
  box.hidden = used === undefined;
  if (used === undefined) {
    return;
  }
  range.disabled = used.weight === undefined;
  range.title = range.disabled ? "This LoRA has several weights in the prompt; edit them there." : "";
  output.textContent = range.disabled ? "several" : shown(used.weight);
  if (!range.disabled && document.activeElement !== range) {
    range.value = used.weight;
  } else if (!range.disabled && Math.abs(Number(range.value) - used.weight) > 1e-6) {
    output.textContent = shown(Number(range.value)); // Not in the prompt yet.
  }
}
