package dev.sdlora.pipeline.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is worth writing down about one image: the request, and how it came about.
 *
 * @param spec the request; its own size, seed and number of images are not looked at, and its
 *     variation seed is that of this image
 * @param size the size of the image, with hires fix that of the first pass
 * @param seed the seed of this image
 * @param facts what else is said, by A1111's keys: {@code Model hash}, {@code Model}, {@code VAE},
 *     {@code Lora hashes}, {@code TI hashes}, {@code Pad conds}, {@code Version} and so on. They
 *     are written where A1111 has them; keys that it does not have come before those of hires fix,
 *     in the order of this map
 */
public record ImageSettings(PromptSpec spec, ImageSize size, long seed, Map<String, String> facts) {
  /** The fact in which number format the networks computed; said where it is not float32. */
  public static final String PRECISION = "Precision";

  /** The fact which model finished the image; said if one did. */
  public static final String REFINER = "Refiner";

  /** The fact how strongly a model that edits kept to the image; said of such images. */
  public static final String IMAGE_CFG_SCALE = "Image CFG scale";

  /** The fact how LoRAs were applied; said where they were not patched into the weights. */
  public static final String LORA_MODE = "LoRA mode";

  /** The fact which masks the prompts could name, by their hashes; said where there are any. */
  public static final String REGION_MASKS = "Region masks";

  /** The facts how many images were drawn together, and which of them this is, from 0. */
  static final String BATCH_SIZE = "Batch size";

  static final String BATCH_POS = "Batch pos";

  static final String HYPERNET_HASHES = "Hypernet hashes";
  static final String VAE = "VAE";
  static final String VAE_HASH = "VAE hash";

  /** Copies the facts, keeping their order. */
  public ImageSettings {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /**
   * The usual facts.
   *
   * @param modelName the checkpoint's name: its file name without the extension
   * @param modelHash the first 10 hex digits of the SHA-256 of the checkpoint file, if known
   * @param loraHashes by the names that the prompts use, 12 hex digits each, in the order of
   *     writing
   * @param embeddingHashes likewise, of the embeddings that the prompts name
   * @param version the program that made the image
   */
  public ImageSettings(
      PromptSpec spec,
      ImageSize size,
      long seed,
      String modelName,
      Optional<String> modelHash,
      Map<String, String> loraHashes,
      Map<String, String> embeddingHashes,
      String version) {
    this(spec, size, seed, facts(modelName, modelHash, loraHashes, embeddingHashes, version));
  }

  /** The same of an image that a model has edited, which tells how strongly it kept to it. */
  public ImageSettings edited() {
    return with(IMAGE_CFG_SCALE, InfotextValues.number(spec.imageCfgScale()));
  }

  /** The same of an image that was drawn together with others, if there are any. */
  public ImageSettings inBatch(int size, int position) {
    return size == 1
        ? this
        : with(BATCH_SIZE, Integer.toString(size)).with(BATCH_POS, Integer.toString(position));
  }

  /** The same with one fact more. */
  public ImageSettings with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(facts);
    more.put(name, value);
    return new ImageSettings(spec, size, seed, more);
  }

  /**
   * The same with the VAE that took the place of the checkpoint's own.
   *
   * @param name of its file, with the extension, as A1111 writes it
   * @param hash the first 10 hex digits of the SHA-256 of the file, if it is one
   */
  public ImageSettings withVae(String name, Optional<String> hash) {
    ImageSettings named = with(VAE, name);
    return hash.map(digits -> named.with(VAE_HASH, digits)).orElse(named);
  }

  /**
   * The same of an image in which hypernetworks acted. A1111 says no more than their tags in the
   * prompt; its old key {@code Hypernet} would be read as one tag more.
   *
   * @param hashes by the names that the prompts use
   */
  public ImageSettings withHypernetworks(Map<String, String> hashes) {
    return hashes.isEmpty() ? this : with(HYPERNET_HASHES, hashes(hashes));
  }

  /** The same with the hashes of the request's masks, if it has any. */
  public ImageSettings withMasks() {
    Map<String, String> hashes = new LinkedHashMap<>();
    spec.masks().forEach((name, mask) -> hashes.put(name, MaskHash.of(mask)));
    return hashes.isEmpty() ? this : with(REGION_MASKS, hashes(hashes));
  }

  /** The value of {@code Lora hashes} and others like it: names without separators. */
  private static String hashes(Map<String, String> hashes) {
    return hashes.entrySet().stream()
        .map(entry -> entry.getKey().replaceAll("[:,]", "") + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, String> facts(
      String modelName,
      Optional<String> modelHash,
      Map<String, String> loraHashes,
      Map<String, String> embeddingHashes,
      String version) {
    Map<String, String> facts = new LinkedHashMap<>();
    modelHash.ifPresent(hash -> facts.put("Model hash", hash));
    facts.put("Model", modelName);
    if (!loraHashes.isEmpty()) {
      facts.put("Lora hashes", hashes(loraHashes));
    }
    if (!embeddingHashes.isEmpty()) {
      facts.put("TI hashes", hashes(embeddingHashes));
    }
    facts.put("Version", version);
    return facts;
  }
}
