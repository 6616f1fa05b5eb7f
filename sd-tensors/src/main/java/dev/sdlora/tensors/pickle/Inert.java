package dev.sdlora.tensors.pickle;

/** What a pickle holds beside data. */
enum Inert {
  /** Python's {@code None}. */
  NONE,
  /** Something that is of no use here and was passed over. */
  SKIPPED
}
