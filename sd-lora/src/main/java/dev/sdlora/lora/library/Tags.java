package dev.sdlora.lora.library;

import dev.sdlora.api.lora.TriggerWord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a file's training images.
 *
 * @param all the most frequent tags
 * @param distinctive those of them that are not common in captions of unrelated images
 * @param calling the triggering tag of each folder, where it is clear
 */
record Tags(List<TriggerWord> all, List<TriggerWord> distinctive, List<String> calling) {
  static Tags of(Map<String, String> metadata) {
    return new Tags(
        TrainingTags.of(metadata, tag -> true),
        TrainingTags.of(metadata, tag -> !CommonCaptionWords.contain(tag)),
        TrainingTags.inAllCaptions(metadata));
  }

  /** The tags in some metadata, read on first use. Safe for use by several threads. */
  static final class Lazy {
    private final Map<String, String> metadata;
    private @Nullable Tags tags;

    Lazy(Map<String, String> metadata) {
      this.metadata = metadata;
    }

    synchronized Tags get() {
      Tags known = tags;
      if (known == null) {
        known = Tags.of(metadata);
        tags = known;
      }
      return known;
    }
  }
}
