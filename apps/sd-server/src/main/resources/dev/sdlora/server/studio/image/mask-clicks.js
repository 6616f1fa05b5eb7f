import { post } from "../core/api.js";

/** Adds the things at which the user clicks to a mask, or removes them; the server finds their outlines. */
export class MaskClicks {
  #strokes;
  #picture = null;
  #inside = [];
  #outside = [];
  #step = null;
  #turn = Promise.resolve();

  constructor(strokes) {
    this.#strokes = strokes;
  }

  /** Sets the image, by its reference. */
  begin(picture) {
    this.#picture = picture;
    this.#step = null;
  }

  /**
   * Finds the thing at a point and adds it to the mask. `erase` removes it instead. `outside` says that the
   * point does not belong to the thing of the previous click, which is found again without it. Clicks are
   * answered one after another.
   *
   * @param point pixels of the image
   */
  click(point, { erase, outside }) {
    const answer = this.#turn.then(() => this.#find(point, erase, outside));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #find(point, erase, outside) {
    const again = outside && this.#step !== null && this.#step === this.#strokes.last;
    const picture = this.#picture;
    const points = {
      inside: again ? this.#inside : [point],
      outside: again ? [...this.#outside, point] : [],
    };
    const mask = await createImageBitmap(await post("v1/masks", { image: picture, ...points }));
    if (picture !== this.#picture) {
      return;
    }
    if (again && this.#step === this.#strokes.last) {
      this.#strokes.undo();
    }
    this.#step = this.#strokes.thing(mask, again ? this.#step.erase : erase || outside);
    [this.#inside, this.#outside] = [points.inside, points.outside];
  }
}
