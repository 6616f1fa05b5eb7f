import { get } from "./api.js";

/** The server's model and the available choices: `GET /api/model`. */
export let model = null;

/** Loads the model; must be done before anything else. */
export async function loadModel() {
  model = await get("api/model");
}
