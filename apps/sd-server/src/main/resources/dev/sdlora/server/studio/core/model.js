import { get } from "./api.js";

/** The chosen model and the available choices: `GET /api/model`. */
export let model = null;

/**
 * Loads the model; must be done before anything else.
 *
 * @param checkpoint the name of the model; the server's own if it is missing or not there any more
 */
export async function loadModel(checkpoint) {
  try {
    model = await get(`api/model${checkpoint ? `?${new URLSearchParams({ checkpoint })}` : ""}`);
  } catch (error) {
    if (!checkpoint || error.status !== 422) {
      throw error;
    }
    model = await get("api/model");
  }
}

/** Whether there are several models to choose from. */
export function canChoose() {
  return model.checkpoints.length > 1;
}

/** Adds the chosen model to the path of a request. */
export function withModel(path) {
  return canChoose() ? `${path}${path.includes("?") ? "&" : "?"}checkpoint=${encodeURIComponent(model.name)}` : path;
}
