import "./core/header.js";
import { address } from "./core/address.js";
import { followCheckpoint } from "./core/checkpoints.js";
import { button, el } from "./core/html.js";
import { jobs } from "./core/jobs.js";
import { loadModel } from "./core/model.js";
import { settings } from "./core/settings.js";
import "./draw/draw-view.js";
import "./gallery/gallery-view.js";
import { watchDrops } from "./image/restore.js";
import "./upscale/upscale-view.js";
import "./training/train-view.js";

/** The views by their names in the URL. Each is created when first shown, and then kept. */
const VIEWS = {
  draw: { label: "Draw", tag: "sd-draw-view" },
  gallery: { label: "Gallery", tag: "sd-gallery" },
  upscale: { label: "Upscale", tag: "sd-upscale-view" },
  train: { label: "Train", tag: "sd-train-view" },
};

const main = document.getElementById("main");
const made = new Map();

function show() {
  const name = Object.hasOwn(VIEWS, address.view) ? address.view : "draw";
  if (!made.has(name)) {
    made.set(name, el(VIEWS[name].tag));
    main.append(made.get(name));
  }
  for (const [other, view] of made) {
    view.hidden = other !== name;
  }
  document.title = `${VIEWS[name].label} – SD-LoRA Studio`;
}

async function start() {
  try {
    await loadModel(settings.request().checkpoint);
  } catch (error) {
    const again = button("Try again", () => location.reload());
    main.replaceChildren(el("p", { class: "error", role: "alert" }, error.message), again);
    return;
  }
  document.querySelector("sd-header").show(VIEWS);
  address.addEventListener("change", show);
  show();
  jobs.watch();
  watchDrops();
  followCheckpoint();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
start();
