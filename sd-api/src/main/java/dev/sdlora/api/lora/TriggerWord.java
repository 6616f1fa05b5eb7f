package dev.sdlora.api.lora;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A word or phrase that makes a model with a LoRA show what the LoRA was trained on.
 *
 * @param text the text to write into the prompt
 * @param source the source of the word
 * @param count for {@link Source#TRAINING_TAGS}, the number of training images with the word in
 *     their caption, including repeats; empty otherwise
 */
public record TriggerWord(String text, Source source, OptionalInt count) {

  /**
   * Checks that no argument is null.
   *
   * @param text the text to write into the prompt
   * @param source the source of the word
   * @param count the number of training images, or empty
   */
  public TriggerWord {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(count, "count");
  }

  /**
   * Returns a trigger word that a person wrote down.
   *
   * @param text the text to write into the prompt
   * @param source the source of the word
   * @return the word without a count
   */
  public static TriggerWord of(String text, Source source) {
    return new TriggerWord(text, source, OptionalInt.empty());
  }

  /**
   * Returns a trigger word from the training captions.
   *
   * @param text the text to write into the prompt
   * @param count the number of training images with the word in their caption, including repeats
   * @return the word, with the source {@link Source#TRAINING_TAGS}
   */
  public static TriggerWord counted(String text, int count) {
    return new TriggerWord(text, Source.TRAINING_TAGS, OptionalInt.of(count));
  }

  /** Sources of trigger words, the most deliberate first. */
  public enum Source {
    /**
     * The name of a textual inversion embedding that was trained with the LoRA and is in the same
     * file, such as {@code <s1>}. Without it, the prompt lacks a part of what was trained.
     */
    TRAINED_ALONG("trained along"),
    /** "activation text" in {@code <name>.json}, which A1111's editor writes. */
    ACTIVATION_TEXT("activation text"),
    /** "trainedWords" in {@code <name>.civitai.info}, which download tools write. */
    TRAINED_WORDS("Civitai"),
    /** {@code modelspec.trigger_phrase} in the file itself. */
    TRIGGER_PHRASE("trigger phrase"),
    /**
     * {@code ss_tag_frequency} in the file itself: the captions of the training images, without
     * words that are common in captions in general.
     */
    TRAINING_TAGS("training tags");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** {@return the name for display, such as {@code training tags}} */
    public String label() {
      return label;
    }
  }
}
