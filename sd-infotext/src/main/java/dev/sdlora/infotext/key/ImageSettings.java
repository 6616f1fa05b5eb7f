package dev.sdlora.infotext.key;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings that are recorded with an image: the request and facts about the generation.
 *
 * @param spec the request; its size, seed and number of images are ignored, and its variation seed
 *     is that of this image
 * @param size the size of the image; with hires fix, the size of the first pass
 * @param seed the seed of this image
 * @param facts further values by A1111's keys: {@code Model hash}, {@code Model}, {@code VAE},
 *     {@code Lora hashes}, {@code TI hashes}, {@code Pad conds}, {@code Version} and so on. They
 *     are written in A1111's order; keys that A1111 does not have come before those of hires fix,
 *     in the order of this map
 */
public record ImageSettings(PromptSpec spec, ImageSize size, long seed, Map<String, String> facts) {
  /** Fact: the precision of the networks; written if it is not float32. */
  public static final String PRECISION = "Precision";

  /**
   * Fact: the kind of device that computed, such as {@code gpu}; written if it is not {@code cpu}.
   */
  public static final String DEVICE = "Device";

  /**
   * Fact: the format of most of the denoiser's weights in memory, if it has at most 8 bits; Forge's
   * key and names.
   */
  public static final String LOW_BITS = "Diffusion in Low Bits";

  /** Fact: the model that refined the image; written if there was one. */
  public static final String REFINER = "Refiner";

  /** Fact: the image CFG scale; written for images made by an editing model. */
  public static final String IMAGE_CFG_SCALE = "Image CFG scale";

  /** Fact: how LoRAs were applied; written if they were not patched into the weights. */
  public static final String LORA_MODE = "LoRA mode";

  /** Fact: the hashes of the masks that prompts can name; written if there are any. */
  public static final String REGION_MASKS = "Region masks";

  /** Facts: the number of images in the batch, and the position of this image in it, from 0. */
  public static final String BATCH_SIZE = "Batch size";

  public static final String BATCH_POS = "Batch pos";

  static final String HYPERNET_HASHES = "Hypernet hashes";
  public static final String VAE = "VAE";
  public static final String VAE_HASH = "VAE hash";

  /** Copies the facts and keeps their order. */
  public ImageSettings {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /**
   * Creates settings with the usual facts.
   *
   * @param spec the request
   * @param size the size of the image; with hires fix, the size of the first pass
   * @param seed the seed of this image
   * @param modelName the checkpoint's name: its file name without the extension
   * @param modelHash the first 10 hex digits of the SHA-256 of the checkpoint file, if known
   * @param loraHashes 12 hex digits for each LoRA, by the names in the prompts, in the order in
   *     which they are written
   * @param embeddingHashes 12 hex digits for each embedding that the prompts name
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

  /** Returns a copy for an image made by an editing model, with the image CFG scale. */
  public ImageSettings edited() {
    return with(IMAGE_CFG_SCALE, InfotextValues.number(spec.imageCfgScale()));
  }

  /** Returns a copy with the batch size and position; unchanged if the batch has one image. */
  public ImageSettings inBatch(int size, int position) {
    return size == 1
        ? this
        : with(BATCH_SIZE, Integer.toString(size)).with(BATCH_POS, Integer.toString(position));
  }

  /** Returns a copy with one more fact. */
  public ImageSettings with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(facts);
    more.put(name, value);
    return new ImageSettings(spec, size, seed, more);
  }

  /**
   * Returns a copy with the VAE that replaced the checkpoint's own.
   *
   * @param name its file name with the extension, as A1111 writes it
   * @param hash the first 10 hex digits of the SHA-256, if it is a file
   */
  public ImageSettings withVae(String name, Optional<String> hash) {
    ImageSettings named = with(VAE, name);
    return hash.map(digits -> named.with(VAE_HASH, digits)).orElse(named);
  }

  /**
   * Returns a copy with the hashes of the hypernetworks. A1111 records only their tags in the
   * prompt; its old key {@code Hypernet} would be read as an additional tag.
   *
   * @param hashes by the names in the prompts
   */
  public ImageSettings withHypernetworks(Map<String, String> hashes) {
    return hashes.isEmpty() ? this : with(HYPERNET_HASHES, hashes(hashes));
  }

  /** Returns a copy with the hashes of the request's masks, if it has any. */
  public ImageSettings withMasks() {
    Map<String, String> hashes = new LinkedHashMap<>();
    spec.masks().forEach((name, mask) -> hashes.put(name, MaskHash.of(mask)));
    return hashes.isEmpty() ? this : with(REGION_MASKS, hashes(hashes));
  }

  /** Formats a hash list such as {@code Lora hashes}; separators are removed from names. */
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
