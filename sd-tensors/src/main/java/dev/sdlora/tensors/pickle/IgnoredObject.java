package dev.sdlora.tensors.pickle;

/** Values of a pickle that are not data. */
enum IgnoredObject {
  /** Python's {@code None}. */
  NONE,
  /** An object that is not needed and was skipped. */
  SKIPPED
}
