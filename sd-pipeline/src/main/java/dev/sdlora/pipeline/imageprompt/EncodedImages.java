package dev.sdlora.pipeline.imageprompt;

import dev.sdlora.api.image.Image;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps the images that were encoded last. Used by one thread at a time. */
final class EncodedImages {
  /** The states of an image in ViT-H/14 take 1.3 MB, and an image of a megapixel 3 MB. */
  private static final int MOST = 16;

  private final Map<Key, float[]> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** Everything that determines a result. */
  private record Key(Path encoder, Optional<Image> image, boolean pooled) {}

  float[] of(Path encoder, Optional<Image> image, boolean pooled, Supplier<float[]> compute) {
    Key key = new Key(encoder, image, pooled);
    float[] known = kept.get(key);
    if (known == null) {
      known = compute.get();
      kept.put(key, known);
      if (kept.size() > MOST) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return known;
  }
}
