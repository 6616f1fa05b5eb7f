import { canChoose, model } from "../core/model.js";

/** Returns the field that chooses the model, if there are several. */
export function chosenModel() {
  return canChoose() ? { checkpoint: model.name } : {};
}
