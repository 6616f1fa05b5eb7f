package dev.sdlora.api;

import java.util.Objects;
import java.util.Optional;

/**
 * What to look for among LoRA files; everything that is set must hold. Immutable.
 *
 * @param text words that must all occur, in any case and order, in the name, the trainer's name,
 *     the title, the trigger words that somebody wrote down, the notes, or the names of the folders
 *     inside the library; training tags do not count. Parts of words do. Default empty, which holds
 *     for every file
 * @param family the generation of Stable Diffusion. Default any
 * @param trigger a word or phrase that must occur, in any case but as whole words, in one of the
 *     trigger words, training tags included. Default any
 */
public record LoraQuery(String text, Optional<ModelFamily> family, Optional<String> trigger) {

  /** Holds for every file. */
  public static final LoraQuery ALL = new LoraQuery("", Optional.empty(), Optional.empty());

  /** Looks for words; see {@link #text()}. */
  public static LoraQuery text(String text) {
    Objects.requireNonNull(text, "text");
    return new LoraQuery(text, Optional.empty(), Optional.empty());
  }

  /** This query and words; see {@link #text()}. */
  public LoraQuery withText(String text) {
    Objects.requireNonNull(text, "text");
    return new LoraQuery(text, family, trigger);
  }

  /** This query for one family. */
  public LoraQuery withFamily(ModelFamily family) {
    return new LoraQuery(text, Optional.of(Objects.requireNonNull(family, "family")), trigger);
  }

  /**
   * This query and a trigger word.
   *
   * @throws IllegalArgumentException if the word is blank
   */
  public LoraQuery withTrigger(String trigger) {
    return new LoraQuery(text, family, Optional.of(Objects.requireNonNull(trigger, "trigger")));
  }

  /**
   * Checks the trigger word.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public LoraQuery {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(trigger, "trigger");
    if (trigger.isPresent() && trigger.get().isBlank()) {
      throw new IllegalArgumentException("trigger must not be blank");
    }
  }
}
