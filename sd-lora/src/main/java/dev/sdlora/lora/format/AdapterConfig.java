package dev.sdlora.lora.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.file.SettingsJson;
import dev.sdlora.tensors.file.TensorFile;
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
 * The settings that PEFT keeps beside its tensors, which have no alpha: in {@code
 * adapter_config.json} in the same folder, or, as diffusers does, in the metadata under {@code
 * lora_adapter_metadata}, there for each network. Without them alpha is the rank.
 *
 * <p>Scale is {@code lora_alpha / rank}, with {@code use_rslora} {@code lora_alpha / √rank}
 * (Kalajdzievski 2023). The rank is that of the tensors, so {@code rank_pattern} is not needed; a
 * name in {@code alpha_pattern} stands for every layer that is called so or ends so.
 */
final class AdapterConfig {
  static final String FILE_NAME = "adapter_config.json";

  private static final String METADATA = "lora_adapter_metadata";

  /** Names of layers; PEFT would take any regular expression. */
  private static final Pattern PLAIN_NAME = Pattern.compile("\\^?[\\w.]+");

  private static final List<String> NETWORKS = List.of("unet", "text_encoder_2", "text_encoder");

  private final Path path;
  private final String source;
  private final Map<String, Section> sections;

  /**
   * The settings for one network, or for all.
   *
   * @param alpha PEFT's {@code lora_alpha}
   * @param rank the rank that all layers should have, if they should have one
   */
  private record Section(
      @Nullable Double alpha,
      @Nullable Integer rank,
      boolean rankStabilised,
      Map<String, Alpha> alphaPattern) {

    /** The alpha of the first pattern that stands for a layer, as PEFT takes it. */
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

    /** Where the part of a name behind the next full stop begins; -1 if there is none. */
    private static int after(String key, int start) {
      int dot = key.indexOf('.', start);
      return dot < 0 ? -1 : dot + 1;
    }
  }

  /**
   * The alpha of some layers.
   *
   * @param place its place among all patterns
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

  /** The file beside an adapter that may hold its settings. */
  static Path beside(Path adapter) {
    return adapter.resolveSibling(FILE_NAME);
  }

  /**
   * Reads the settings of a file.
   *
   * @throws LoraException if they are there and make no sense
   */
  static Optional<AdapterConfig> of(TensorFile file) {
    String text = file.metadata().get(METADATA);
    if (text != null) {
      String source = "metadata '" + METADATA + "'";
      try {
        return Optional.of(sections(file.path(), source, SettingsJson.parse(text), NETWORKS));
      } catch (JsonProcessingException e) {
        throw error(file.path(), source + " is not JSON: " + e.getOriginalMessage(), e);
      }
    }
    Path beside = beside(file.path());
    if (!isOfPeft(file) || !Files.isRegularFile(beside)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          sections(file.path(), FILE_NAME + " beside it", SettingsJson.read(beside), List.of("")));
    } catch (JsonProcessingException e) {
      throw error(file.path(), FILE_NAME + " beside it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw error(file.path(), FILE_NAME + " beside it cannot be read: " + e.getMessage(), e);
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
      // PEFT's LoHa and LoKr call it so.
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
            "%s has alpha_pattern '%s': %s, expected the name of a layer and a number"
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
   * The factor on a module's product.
   *
   * @param key the layer's name in the file
   * @param rank the rank of its tensors
   * @throws LoraException if the settings speak of another rank, so that they are of another file
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
          "%s says that the rank is %s, but module '%s' has %s; it is probably that of another file"
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
