package dev.sdlora.infotext.recovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that an image's settings name, by A1111's keys: {@code Model}, {@code VAE}, {@code
 * Refiner}, {@code Lora hashes}, {@code TI hashes}, and {@code Hashes} of Civitai's extension, a
 * JSON object with all of them.
 */
final class NamedFiles {
  static final String LORAS = "Lora hashes";
  static final String EMBEDDINGS = "TI hashes";

  private static final Pattern HASHED = Pattern.compile("([^:,]+):\\s*([0-9a-fA-F]{8,64})");
  private static final Pattern TITLE = Pattern.compile("(.+) \\[([0-9a-fA-F]{8,64})\\]");
  private static final Set<String> NONE = Set.of("None", "none", "Automatic", "");

  private final Map<String, String> recorded;
  private final Map<String, String> civitai = new HashMap<>();

  NamedFiles(PromptSpec spec) {
    this.recorded = spec.otherParameters();
    try {
      JsonNode json = SettingsJson.parse(recorded.getOrDefault("Hashes", ""));
      json.properties().forEach(field -> civitai.put(field.getKey(), field.getValue().asText("")));
    } catch (JsonProcessingException e) {
      civitai.clear(); // another text under this key
    }
  }

  /**
   * A file named by the settings.
   *
   * @param name may be empty if there is a hash
   * @param hash the file's hash, if given
   */
  record Named(String name, Optional<String> hash) {}

  Optional<Named> checkpoint() {
    return named("Model", "Model hash", "model");
  }

  Optional<Named> vae() {
    return named("VAE", "VAE hash", "vae");
  }

  private Optional<Named> named(String nameKey, String hashKey, String civitaiKey) {
    String name = recorded.getOrDefault(nameKey, "");
    Optional<String> hash =
        Optional.ofNullable(recorded.get(hashKey))
            .or(() -> Optional.ofNullable(civitai.get(civitaiKey)))
            .filter(digits -> !NONE.contains(digits));
    boolean something = !NONE.contains(name) || hash.isPresent();
    return something ? Optional.of(new Named(name, hash)) : Optional.empty();
  }

  /** The refiner; its hash follows the name in brackets. */
  Optional<Named> refiner() {
    return Optional.ofNullable(recorded.get("Refiner"))
        .filter(name -> !NONE.contains(name))
        .map(
            text -> {
              Matcher title = TITLE.matcher(text);
              return title.matches()
                  ? new Named(title.group(1), Optional.of(title.group(2)))
                  : new Named(text, Optional.empty());
            });
  }

  /** Returns the hash of a LoRA by its name in the prompt. */
  Optional<String> lora(String name) {
    return Optional.ofNullable(hashes(LORAS).get(name.replaceAll("[:,]", "").strip()))
        .or(() -> Optional.ofNullable(civitai.get("lora:" + name)));
  }

  /** Returns the hashes of embeddings by name. */
  Map<String, String> embeddings() {
    Map<String, String> hashes = new LinkedHashMap<>(hashes(EMBEDDINGS));
    civitai.forEach(
        (key, hash) -> {
          if (key.startsWith("embed:")) {
            hashes.putIfAbsent(key.substring("embed:".length()), hash);
          }
        });
    return hashes;
  }

  private Map<String, String> hashes(String key) {
    Map<String, String> hashes = new LinkedHashMap<>();
    Matcher entry = HASHED.matcher(recorded.getOrDefault(key, ""));
    while (entry.find()) {
      hashes.put(entry.group(1).strip(), entry.group(2));
    }
    return hashes;
  }
}
