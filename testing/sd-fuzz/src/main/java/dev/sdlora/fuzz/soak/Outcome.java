package dev.sdlora.fuzz.soak;

/** The outcome of a request. */
enum Outcome {
  /** It returned images. */
  DONE,
  /** It was cancelled. */
  CANCELLED,
  /** It failed with a documented exception, or with the listener's own. */
  REFUSED
}
