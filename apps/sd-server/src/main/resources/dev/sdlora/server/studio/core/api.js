/** An error response, with the server's message. */
export class ApiError extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new ApiError(0, "The server does not respond; is it still running?");
  }
  if (!answer.ok) {
    throw new ApiError(answer.status, await sentence(answer));
  }
  const type = answer.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json") ? answer.json() : answer.blob();
}

async function sentence(answer) {
  try {
    const told = await answer.json();
    return told.detail ?? told.error.message;
  } catch {
    return `The server returned ${answer.status} ${answer.statusText}`;
  }
}

/** Paths are relative, such as `api/jobs`, so that the page also works behind a proxy's prefix. */
export function get(path, options) {
  return ask(path, options);
}

/** Sends JSON, or raw bytes. */
export function post(path, body = {}, options = {}) {
  if (body instanceof Blob || body instanceof ArrayBuffer) {
    return ask(path, { method: "POST", body, ...options });
  }
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body), ...options });
}

/** Sends a DELETE request. */
export function del(path, options = {}) {
  return ask(path, { method: "DELETE", ...options });
}

/** Runs one request at a time: a new one aborts the previous one, which resolves to null. */
export function latest(send) {
  let running = null;
  return async (...values) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      return await send(mine.signal, ...values);
    } catch (error) {
      if (error.name === "AbortError") {
        return null;
      }
      throw error;
    }
  };
}
