const KEY = "training-draft";

/** The draft of a training, stored by the browser so that a reload loses nothing. */
class Draft extends EventTarget {
  #values = read();

  get(name) {
    return this.#values[name];
  }

  /** Returns all values. */
  all() {
    return { ...this.#values };
  }

  set(values) {
    this.#values = { ...this.#values, ...values };
    sessionStorage.setItem(KEY, JSON.stringify(this.#values));
    this.dispatchEvent(new Event("change"));
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const draft = new Draft();
