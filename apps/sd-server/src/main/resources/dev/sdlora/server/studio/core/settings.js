import { address } from "./address.js";
import { model } from "./model.js";

/**
 * The current request, by the field names of `POST /api/jobs`. Only values that differ from the
 * defaults are kept, and all of them are in the URL of the page. Fires `change`, whose `names` are
 * the changed fields.
 */
class Settings extends EventTarget {
  #values = {};

  constructor() {
    super();
    this.#values = read(address.query);
    address.addEventListener("change", () => {
      const values = read(address.query);
      if (JSON.stringify(values) !== JSON.stringify(this.#values)) {
        this.#exchange(values);
      }
    });
  }

  /** Returns the value of a field, or its default. */
  get(name) {
    return this.#values[name] ?? model.defaults[name];
  }

  /** Sets some fields; null and undefined restore the default. */
  set(changes) {
    const names = Object.keys(changes).filter((name) => !same(this.get(name), changes[name]));
    this.#put(names, changes);
    address.setQuery(write(this.#values));
    this.#tell(names);
  }

  /** Replaces the whole request, such as by that of an image, and opens a view; the browser's Back button undoes it. */
  replace(values, view = address.view) {
    const before = this.#values;
    this.#values = {};
    this.#put(Object.keys(values), values);
    address.go(view, view === address.view ? address.rest : "", write(this.#values));
    this.#tell([...new Set([...Object.keys(before), ...Object.keys(values)])]);
  }

  /** Returns the request to send. */
  request() {
    return structuredClone(this.#values);
  }

  #put(names, changes) {
    for (const name of names) {
      const value = changes[name];
      if (value === null || value === undefined || same(value, model.defaults[name])) {
        delete this.#values[name];
      } else {
        this.#values[name] = value;
      }
    }
  }

  #exchange(values) {
    const names = new Set([...Object.keys(this.#values), ...Object.keys(values)]);
    this.#values = values;
    this.#tell([...names]);
  }

  #tell(names) {
    if (names.length > 0) {
      this.dispatchEvent(Object.assign(new Event("change"), { names }));
    }
  }
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Writes strings unquoted unless they would be read as another type. */
function write(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    const plain = typeof value === "string" && typeof parsed(value) === "string";
    query.set(name, plain ? value : JSON.stringify(value));
  }
  return query.toString();
}

function read(query) {
  const values = {};
  for (const [name, text] of new URLSearchParams(query)) {
    values[name] = parsed(text);
  }
  return values;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const settings = new Settings();
