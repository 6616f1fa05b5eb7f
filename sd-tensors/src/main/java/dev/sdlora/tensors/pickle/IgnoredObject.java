package dev.sdlora.tensors.pickle;

/** What a pickle holds beside data. */
enum IgnoredObject {
  /** Python's {@code None}. */
  NONE,
  /** Something that is of no use here and was passed over. */
  SKIPPED
}
