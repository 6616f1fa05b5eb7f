/** The delay between changes of the URL; browsers refuse more than 100 in 30 seconds. */
const PAUSE_MILLIS = 400;

/** Where the page leaves its URL for a reload, which loads the URL of the time when it began. */
const LAST = "sd-lora-last-address";

/**
 * The URL of the page, `#/view/rest?query`: the visible view, the selected item, and in the query
 * the current request, so that a reload loses nothing.
 */
class Address extends EventTarget {
  #view = "draw";
  #rest = "";
  #query = "";
  #timer = 0;
  #written = 0;

  constructor() {
    super();
    takeLast();
    this.#read();
    addEventListener("hashchange", () => this.#changed());
    addEventListener("popstate", () => this.#changed());
    addEventListener("pagehide", () => this.#leave());
  }

  get view() {
    return this.#view;
  }

  /** The part after the view, such as the id of a job. */
  get rest() {
    return this.#rest;
  }

  get query() {
    return this.#query;
  }

  /** Returns the URL of another view with the same request. */
  of(view, rest = "") {
    const path = rest === "" ? view : `${view}/${encodeURIComponent(rest)}`;
    return `#/${path}${this.#query === "" ? "" : `?${this.#query}`}`;
  }

  /** Opens a view with the same request or another one; the browser's Back button returns. */
  go(view, rest = "", query = this.#query) {
    this.flush();
    this.#view = view;
    this.#rest = rest;
    this.#query = query;
    this.#write(true);
    this.dispatchEvent(new Event("change"));
  }

  /** Stores the request: immediately, or after a delay while the user types. */
  setQuery(query) {
    this.#query = query;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.max(0, this.#written + PAUSE_MILLIS - Date.now()));
  }

  /** Writes a delayed request to the URL now. */
  flush() {
    clearTimeout(this.#timer);
    this.#write(false);
  }

  #write(push) {
    const hash = this.of(this.#view, this.#rest);
    if (hash !== location.hash) {
      this.#written = Date.now();
      history[push ? "pushState" : "replaceState"](null, "", hash);
    }
  }

  #leave() {
    this.flush();
    stored((storage) => storage.setItem(LAST, location.hash));
  }

  #changed() {
    if (location.hash !== this.of(this.#view, this.#rest)) {
      clearTimeout(this.#timer);
      this.#read();
      this.dispatchEvent(new Event("change"));
    }
  }

  #read() {
    const [, path = "", query = ""] = location.hash.match(/^#\/([^?]*)\??(.*)$/) ?? [];
    const slash = path.indexOf("/");
    this.#view = (slash < 0 ? path : path.slice(0, slash)) || "draw";
    this.#rest = slash < 0 ? "" : decoded(path.slice(slash + 1));
    this.#query = query;
  }
}

/** After a reload, returns to the URL that the page had when it was left. */
function takeLast() {
  const hash = stored((storage) => storage.getItem(LAST));
  stored((storage) => storage.removeItem(LAST));
  if (hash && performance.getEntriesByType("navigation")[0]?.type === "reload") {
    history.replaceState(null, "", hash);
  }
}

/** Uses the storage of the tab; browsers may forbid it. */
function stored(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const address = new Address();
