package dev.sdlora.lora.library;

import dev.sdlora.api.lora.TriggerWord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tags of the training images of a file.
 *
 * @param all the most frequent
 * @param telling those of them that not all captions have
 * @param calling of each folder the one by which its images are called up, where that is clear
 */
record Tags(List<TriggerWord> all, List<TriggerWord> telling, List<String> calling) {
  static Tags of(Map<String, String> metadata) {
    return new Tags(
        TrainingTags.of(metadata, tag -> true),
        TrainingTags.of(metadata, tag -> !CommonCaptionWords.contain(tag)),
        TrainingTags.inAllCaptions(metadata));
  }

  /** The tags in some metadata, read when first asked for. Safe for use by several threads. */
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
