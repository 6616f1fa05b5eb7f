package dev.sdlora.pipeline.image;

import dev.sdlora.api.ImageSize;
import dev.sdlora.api.PromptSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is worth writing down about one picture: the request, and what the request left open.
 *
 * @param spec the request; its own size, seed and number of pictures are not looked at
 * @param size the size of the picture
 * @param seed the seed of this picture
 * @param modelName the checkpoint's name: its file name without the extension
 * @param modelHash the first 10 hex digits of the SHA-256 of the checkpoint file, if known
 * @param loraHashes by the names that the prompts use, 12 hex digits each, in the order of writing
 * @param embeddingHashes likewise, of the embeddings that the prompts name
 * @param version the program that made the picture
 */
public record ImageSettings(
    PromptSpec spec,
    ImageSize size,
    long seed,
    String modelName,
    Optional<String> modelHash,
    Map<String, String> loraHashes,
    Map<String, String> embeddingHashes,
    String version) {

  /** Copies the hashes, keeping their order. */
  public ImageSettings {
    loraHashes = Collections.unmodifiableMap(new LinkedHashMap<>(loraHashes));
    embeddingHashes = Collections.unmodifiableMap(new LinkedHashMap<>(embeddingHashes));
  }
}
