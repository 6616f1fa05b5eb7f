package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;

/** What becomes of prompts that are not quite right. */
public enum PromptMode {
  /** Every text means something, with all the quirks of A1111. The default. */
  A1111,
  /**
   * Malformed numbers, unclosed brackets and tags, and tags of unknown kinds are errors that say
   * where they are ({@link PromptSyntaxException}).
   */
  STRICT
}
