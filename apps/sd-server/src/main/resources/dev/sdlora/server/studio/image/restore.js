import { post } from "../core/api.js";
import { isForAnother } from "../core/checkpoints.js";
import { button, el } from "../core/html.js";
import { settings } from "../core/settings.js";
import { hasFiles, pictureIn, upload } from "./pictures.js";
import { modelSize } from "./start-size.js";

const notice = el("aside", { class: "notice", role: "status", "aria-label": "Restored image" });
const RESTORED = "restored";
const veil = el("div", { class: "drop-veil", hidden: true });

/**
 * Restores the settings of an image, a file or a reference; an image without settings becomes the
 * start image. Reports what it did and offers to undo it.
 */
export async function restore(picture, name) {
  const before = settings.request();
  tell([el("p", {}, `Reading '${name}' …`)]);
  try {
    const told = picture instanceof Blob ? await post("api/png-info", picture) : await post("api/png-info", { image: picture });
    if (!told.settings) {
      await start(picture, name, before, told.reason);
      return;
    }
    if (isForAnother(told.settings)) {
      sessionStorage.setItem(RESTORED, JSON.stringify({ told, name, before })); // The page opens anew.
    } else {
      tellRestored(told, name, before, button("Use as start image instead", () => start(picture, name, before)));
    }
    settings.replace(told.settings, "draw");
  } catch (error) {
    await (error.status === 422 ? start(picture, name, before, error.message) : tell([el("p", { class: "error" }, error.message)]));
  }
}

function tellRestored(told, name, before, ...more) {
  tell(
    [
      el("p", {}, `Restored the settings of '${name}'.`),
      ...told.missing.map((each) => el("p", { class: "warning" }, each.sentence)),
      ...told.renamed.map((sentence) => el("p", { class: "faint" }, sentence)),
      ...told.warnings.map((sentence) => el("p", { class: "warning" }, sentence)),
    ],
    button("Undo", () => undo(before)),
    ...more,
  );
}

/** Reports what was restored just before the page opened anew with another checkpoint. */
function tellKept() {
  const kept = sessionStorage.getItem(RESTORED);
  sessionStorage.removeItem(RESTORED);
  if (kept) {
    const { told, name, before } = JSON.parse(kept);
    tellRestored(told, name, before);
  }
}

/** Uses an image, a file or a reference, as the start image; can be undone. */
export function startFrom(picture, name) {
  return start(picture, name, settings.request());
}

async function start(picture, name, before, reason = "") {
  try {
    const sent = picture instanceof Blob ? await upload(picture) : { reference: picture };
    settings.replace({ ...before, init_images: [sent.reference], mask: null, ...(sent.width ? modelSize(sent) : {}) }, "draw");
    document.querySelector("sd-draw-view sd-tabs")?.select("Image");
    tell(
      [el("p", {}, `'${name}' is now the start image.`), reason === "" ? null : el("p", { class: "faint" }, `No settings were restored: ${reason}.`)],
      button("Undo", () => undo(before)),
    );
  } catch (error) {
    tell([el("p", { class: "error" }, error.message)]);
  }
}

function undo(before) {
  settings.replace(before);
  tell([el("p", {}, "Undone.")]);
}

function tell(content, ...buttons) {
  const close = button("Close", () => notice.replaceChildren());
  notice.replaceChildren(...content.filter(Boolean), el("div", { class: "row" }, ...buttons, close));
}

/** Returns the part of the visible view that accepts dropped files: it has `takeFiles`, and a hint in `data-drop`. */
function taker() {
  return document.querySelector("main > :not([hidden]) [data-drop]");
}

/** Passes dropped or pasted files to the visible view, or else restores the settings of an image. */
export function watchDrops() {
  document.body.append(veil, notice);
  tellKept();
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    veil.hidden = depth === 0;
    veil.textContent = taker()?.dataset.drop ?? "Drop an image to restore its settings or to start from it";
  };
  addEventListener("dragenter", (event) => hasFiles(event.dataTransfer) && over(1));
  addEventListener("dragleave", (event) => hasFiles(event.dataTransfer) && over(-1));
  addEventListener("dragover", (event) => hasFiles(event.dataTransfer) && event.preventDefault());
  addEventListener("drop", () => over(-depth), true);
  addEventListener("drop", (event) => take(event, event.dataTransfer));
  addEventListener("paste", (event) => take(event, event.clipboardData));
}

function take(event, transfer) {
  if (event.defaultPrevented || !hasFiles(transfer)) {
    return;
  }
  event.preventDefault();
  const file = pictureIn(transfer);
  if (taker()) {
    taker().takeFiles([...transfer.files]);
  } else if (file) {
    restore(file, file.name);
  } else {
    tell([el("p", { class: "error" }, "The file is not an image.")]);
  }
}
