package dev.sdlora.lora.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings that PEFT stores separately from its tensors, among them alpha: in {@code
 * adapter_config.json} in the same folder or, as diffusers does, for each network in the metadata
 * under {@code lora_adapter_metadata}. Without these settings, alpha is the rank.
 *
 * <p>The scale is {@code lora_alpha / rank}, or {@code lora_alpha / √rank} with {@code use_rslora}
 * (Kalajdzievski 2023). The rank is that of the tensors, so {@code rank_pattern} is not needed. A
 * name in {@code alpha_pattern} applies to every layer whose name equals it or ends with it.
 */
final class AdapterConfig {
  static final String FILE_NAME = "adapter_config.json";

  private static final String METADATA = "lora_adapter_metadata";

  /** Only plain layer names are supported; PEFT accepts any regular expression. */
  private static final Pattern PLAIN_NAME = Pattern.compile("\\^?[\\w.]+");

  private static final List<String> NETWORKS =
      List.of("unet", "transformer", "text_encoder_2", "text_encoder");

  private final Path path;
  private final String source;
  private final Map<String, Section> sections;

  /**
   * The settings for one network, or for all.
   *
   * @param alpha PEFT's {@code lora_alpha}
   * @param rank the rank that all layers are expected to have; null if it may differ
   */
  private record Section(
      @Nullable Double alpha,
      @Nullable Integer rank,
      boolean rankStabilised,
      Map<String, Alpha> alphaPattern) {

    /** The alpha of the first pattern that matches a layer, as in PEFT. */
    @Nullable Double alpha(String key) {
      Alpha first = null;
      for (int start = 0; start >= 0 && !alphaPattern.isEmpty(); start = after(key, start)) {
        Alpha found = alphaPattern.get(key.substring(start));
        if (found != null && (first == null || found.place < first.place)) {
          first = found;
        }
      }
      return first == null ? alpha : Double.valueOf(first.value);
    }

    /** The index after the next dot of a name; -1 if there is none. */
    private static int after(String key, int start) {
      int dot = key.indexOf('.', start);
      return dot < 0 ? -1 : dot + 1;
    }
  }

  /**
   * The alpha of some layers.
   *
   * @param place the index of its pattern among all patterns
   */
  private record Alpha(int place, double value) {}

  private static boolean isFinite(JsonNode number) {
    return number.isNumber() && Double.isFinite(number.asDouble());
  }

  private AdapterConfig(Path path, String source, Map<String, Section> sections) {
    this.path = path;
    this.source = source;
    this.sections = sections;
  }

  /** The settings file next to an adapter; it may not exist. */
  static Path beside(Path adapter) {
    return adapter.resolveSibling(FILE_NAME);
  }

  /**
   * Reads the settings of a file.
   *
   * @throws LoraException if the settings exist but are invalid
   */
  static Optional<AdapterConfig> of(TensorFile file) {
    String text = file.metadata().get(METADATA);
    if (text != null) {
      String source = "metadata '" + METADATA + "'";
      try {
        return Optional.of(sections(file.path(), source, SettingsJson.parse(text), NETWORKS));
      } catch (JsonProcessingException e) {
        throw error(file.path(), source + " is not JSON: " + SettingsJson.reason(e), e);
      }
    }
    Path beside = beside(file.path());
    if (!isOfPeft(file) || !Files.isRegularFile(beside)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          sections(file.path(), FILE_NAME + " next to it", SettingsJson.read(beside), List.of("")));
    } catch (JsonProcessingException e) {
      throw error(file.path(), FILE_NAME + " next to it is not JSON: " + SettingsJson.reason(e), e);
    } catch (IOException e) {
      throw error(file.path(), FILE_NAME + " next to it cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isOfPeft(TensorFile file) {
    return file.tensors().keySet().stream()
        .anyMatch(
            name ->
                name.contains(".lora_A.")
                    || name.startsWith("base_model.model.")
                    || name.endsWith(".lora_A"));
  }

  private static AdapterConfig sections(
      Path path, String source, JsonNode root, List<String> networks) {
    Map<String, Section> sections = new LinkedHashMap<>();
    for (String network : networks) {
      section(path, source, root, network.isEmpty() ? "" : network + ".")
          .ifPresent(section -> sections.put(network, section));
    }
    return new AdapterConfig(path, source, sections);
  }

  private static Optional<Section> section(Path path, String source, JsonNode root, String prefix) {
    JsonNode alpha = root.path(prefix + "lora_alpha");
    if (alpha.isMissingNode()) {
      // The key that PEFT's LoHa and LoKr use.
      alpha = root.path(prefix + "alpha");
    }
    if (!alpha.isMissingNode() && !alpha.isNull() && !isFinite(alpha)) {
      throw error(path, "%s has alpha %s, expected a number".formatted(source, alpha), null);
    }
    Map<String, Alpha> patterns = new HashMap<>();
    JsonNode written = root.path(prefix + "alpha_pattern");
    for (Iterator<String> names = written.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode value = written.get(name);
      if (!PLAIN_NAME.matcher(name).matches() || !isFinite(value)) {
        throw error(
            path,
            "%s has alpha_pattern '%s': %s, expected a layer name and a number"
                .formatted(source, name, value),
            null);
      }
      patterns.putIfAbsent(
          name.startsWith("^") ? name.substring(1) : name,
          new Alpha(patterns.size(), value.asDouble()));
    }
    if (!alpha.isNumber() && patterns.isEmpty()) {
      return Optional.empty();
    }
    JsonNode rank = root.path(prefix + "r");
    boolean oneRank = rank.isInt() && root.path(prefix + "rank_pattern").isEmpty();
    return Optional.of(
        new Section(
            alpha.isNumber() ? alpha.asDouble() : null,
            oneRank ? rank.asInt() : null,
            root.path(prefix + "use_rslora").asBoolean(false),
            patterns));
  }

  /**
   * Returns the factor on a module's product.
   *
   * @param key the layer's name in the file
   * @param rank the rank of its tensors
   * @throws LoraException if the settings state another rank, so they belong to another file
   */
  Optional<Double> scale(String key, int rank) {
    Section section = sections.get("");
    for (String network : NETWORKS) {
      if (section == null && key.startsWith(network + ".")) {
        section = sections.get(network);
        break;
      }
    }
    if (section == null) {
      return Optional.empty();
    }
    if (section.rank != null && section.rank != rank) {
      throw error(
          path,
          "%s says that the rank is %s, but module '%s' has rank %s; it probably belongs to another file"
              .formatted(source, section.rank, key, rank),
          null);
    }
    Double alpha = section.alpha(key);
    if (alpha == null) {
      return Optional.empty();
    }
    return Optional.of(section.rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank);
  }

  private static LoraException error(Path path, String reason, @Nullable Throwable cause) {
    return new LoraException(
        "LoRA '" + path + "': " + reason, Reason.DAMAGED, ErrorDetails.in(path), cause);
  }
}
