package dev.sdlora.prompt.dynamic;

import java.util.List;

/** Files of values, by name. */
public interface Wildcards {
  /**
   * The files that a wildcard stands for.
   *
   * @param pattern a name such as {@code colors/warm}, or one with {@code *} for anything within a
   *     folder, {@code **} for anything at all and {@code ?} for one character
   * @return their names, at least one
   * @throws dev.sdlora.api.error.PromptSyntaxException if there is none
   */
  List<String> matching(String pattern);

  /**
   * The lines of a file that are values: not empty, and no comment.
   *
   * @param name of a file that matches a pattern
   * @throws dev.sdlora.api.error.PromptSyntaxException if it cannot be read
   */
  List<String> lines(String name);
}
