package dev.sdlora.fuzz.soak;

/** How a request ended. */
enum Outcome {
  /** With images. */
  DONE,
  /** Somebody cancelled it. */
  CANCELLED,
  /** With an exception that the documentation names, or the listener's own. */
  REFUSED
}
