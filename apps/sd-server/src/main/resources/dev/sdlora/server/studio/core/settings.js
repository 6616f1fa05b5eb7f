import { address } from "./address.js";
import { model } from "./model.js";

/**
 * The request that is being written, by the field names of `POST /api/jobs`. Only what differs from
 * the defaults is kept, and all of it stands in the address of the page. Tells of changes by the
 * event `change`, whose `names` are the fields.
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

  /** A field, or its default. */
  get(name) {
    return this.#values[name] ?? model.defaults[name];
  }

  /** Sets some fields; null and undefined go back to the default. */
  set(changes) {
    const names = Object.keys(changes).filter((name) => !same(this.get(name), changes[name]));
    this.#put(names, changes);
    address.setQuery(write(this.#values));
    this.#tell(names);
  }

  /** Takes a whole request, as a picture has it, in one step with a view; Back brings what was before. */
  replace(values, view = address.view) {
    const before = this.#values;
    this.#values = {};
    this.#put(Object.keys(values), values);
    address.go(view, view === address.view ? address.rest : "", write(this.#values));
    this.#tell([...new Set([...Object.keys(before), ...Object.keys(values)])]);
  }

  /** What to send. */
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

/** Texts stand as they are, unless they would be read as something else. */
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
