package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A search for LoRA files; all conditions that are set must match. Immutable. */
public final class LoraQuery {

  /** Matches every file. */
  public static final LoraQuery ALL = new LoraQuery("", Optional.empty(), Optional.empty());

  private final String text;
  private final Optional<ModelFamily> family;
  private final Optional<String> trigger;

  private LoraQuery(String text, Optional<ModelFamily> family, Optional<String> trigger) {
    this.text = text;
    this.family = family;
    this.trigger = trigger;
  }

  /**
   * {@return the words that must all occur, in any case and order} They are searched for in the
   * name, the trainer's name, the title, the trigger words written by a person, the notes, and the
   * names of the folders inside the library, but not in training tags. Parts of words match, too.
   * Default empty, which matches every file.
   */
  public String text() {
    return text;
  }

  /** {@return the generation of Stable Diffusion that LoRAs must be for} Default empty, for any. */
  public Optional<ModelFamily> family() {
    return family;
  }

  /**
   * {@return a word or phrase that must occur in one of the trigger words, as whole words, ignoring
   * case} Training tags are included. Default empty, for any.
   */
  public Optional<String> trigger() {
    return trigger;
  }

  /**
   * {@return a query for words}
   *
   * @param text words separated by spaces; see {@link #text()}
   */
  public static LoraQuery text(String text) {
    Objects.requireNonNull(text, "text");
    return new LoraQuery(text, Optional.empty(), Optional.empty());
  }

  /**
   * {@return this query with other words}
   *
   * @param text words separated by spaces; see {@link #text()}
   */
  public LoraQuery withText(String text) {
    Objects.requireNonNull(text, "text");
    return new LoraQuery(text, family, trigger);
  }

  /**
   * {@return this query for one family}
   *
   * @param family the family that LoRAs must be for
   */
  public LoraQuery withFamily(ModelFamily family) {
    return new LoraQuery(text, Optional.of(Objects.requireNonNull(family, "family")), trigger);
  }

  /**
   * {@return this query with a trigger word}
   *
   * @param trigger a word or phrase; see {@link #trigger()}
   * @throws IllegalArgumentException if the word is blank
   */
  public LoraQuery withTrigger(String trigger) {
    Objects.requireNonNull(trigger, "trigger");
    if (trigger.isBlank()) {
      throw new IllegalArgumentException("trigger must not be blank");
    }
    return new LoraQuery(text, family, Optional.of(trigger));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraQuery that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  @Override
  public String toString() {
    return "LoraQuery" + state();
  }

  private List<Object> state() {
    return List.of(text, family, trigger);
  }
}
