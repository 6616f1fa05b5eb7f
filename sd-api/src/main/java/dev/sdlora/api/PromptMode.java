package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;

/** The handling of malformed prompts. */
public enum PromptMode {
  /** Every text is accepted, with all the quirks of A1111. The default. */
  A1111,
  /**
   * Malformed numbers, unclosed brackets and tags, and unknown tags are errors with their position
   * ({@link PromptSyntaxException}).
   */
  STRICT
}
