import { address } from "./address.js";
import { el } from "./html.js";
import { model } from "./model.js";
import { settings } from "./settings.js";

/** Fields for which every model recommends values of its own. */
const OF_A_MODEL = ["width", "height", "steps", "cfg_scale", "sampler_name", "scheduler"];

/** The menu of the server's checkpoints, by family. A choice restores the values that the checkpoint recommends. */
export function checkpointMenu(title) {
  const families = grouped(model.checkpoints);
  const names = (list) => list.map(({ name }) => name).sort((a, b) => a.localeCompare(b));
  const menu = el(
    "select",
    { class: "model", title, "aria-label": "Checkpoint", onchange: () => choose(menu.value) },
    [...families].map(([family, list]) => el("optgroup", { label: family }, names(list).map((name) => el("option", {}, name)))),
  );
  menu.value = model.name;
  return menu;
}

function grouped(checkpoints) {
  const families = new Map();
  checkpoints.forEach((one) => families.set(one.family, [...(families.get(one.family) ?? []), one]));
  return families;
}

function choose(checkpoint) {
  settings.set({ ...Object.fromEntries(OF_A_MODEL.map((name) => [name, null])), checkpoint });
}

/** Whether a request is for another checkpoint than the one that the page shows. */
export function isForAnother(request) {
  const wanted = request.checkpoint ?? model.defaults.checkpoint;
  return model.checkpoints.some(({ name }) => name === wanted) && wanted !== model.name;
}

/** Opens the page anew, with the same request, when that chooses another checkpoint. */
export function followCheckpoint() {
  settings.addEventListener("change", (event) => {
    if (event.names.includes("checkpoint") && isForAnother(settings.request())) {
      address.flush();
      location.reload();
    }
  });
}
