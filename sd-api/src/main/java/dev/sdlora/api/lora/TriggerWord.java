package dev.sdlora.api.lora;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A word or phrase that calls up what a LoRA was trained on.
 *
 * @param text what to write into the prompt
 * @param source who says so
 * @param count for {@link Source#TRAINING_TAGS} how many training images have it in their caption,
 *     repeats included; empty otherwise
 */
public record TriggerWord(String text, Source source, OptionalInt count) {

  /**
   * Refuses null.
   *
   * @param text what to write into the prompt
   * @param source who says so
   * @param count empty where images were not counted
   */
  public TriggerWord {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(count, "count");
  }

  /**
   * Makes a trigger word that somebody wrote down.
   *
   * @param text what to write into the prompt
   * @param source who says so
   * @return the word without a count
   */
  public static TriggerWord of(String text, Source source) {
    return new TriggerWord(text, source, OptionalInt.empty());
  }

  /**
   * Makes a trigger word of the captions.
   *
   * @param text what to write into the prompt
   * @param count how many training images have it in their caption, repeats included
   * @return the word, from {@link Source#TRAINING_TAGS}
   */
  public static TriggerWord counted(String text, int count) {
    return new TriggerWord(text, Source.TRAINING_TAGS, OptionalInt.of(count));
  }

  /** Where trigger words come from, the most deliberate first. */
  public enum Source {
    /**
     * The name of a textual inversion embedding that was trained along and lies in the same file,
     * such as {@code <s1>}. Without it the prompt lacks a part of what was trained.
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
     * words that are as common in captions of everything.
     */
    TRAINING_TAGS("training tags");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** {@return the name as people write it, such as {@code training tags}} */
    public String label() {
      return label;
    }
  }
}
