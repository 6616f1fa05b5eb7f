package dev.sdlora.families.checkpoint.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * The contents of one settings file in a diffusers folder. A missing or null setting has its usual
 * value; one of the wrong type is an error, because it would silently change images.
 *
 * @param file the file
 * @param folder the checkpoint's folder
 * @param json its contents
 */
public record FolderSettings(Path file, Path folder, JsonNode json) {
  /** Upper bound, far more than any network has. */
  public static final int MAX_HEADS = 1024;

  private static final String HEADS = "num_attention_heads";
  private static final String HEADS_AS_WIDTH = "attention_head_dim";
  private static final int USUAL_HEADS = 8;

  public static FolderSettings of(Path folder, String network) {
    return read(folder, folder.resolve(network).resolve("config.json"));
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it is missing or is not JSON
   */
  public static FolderSettings read(Path folder, Path file) {
    try {
      return new FolderSettings(file, folder, SettingsJson.read(file));
    } catch (IOException e) {
      throw new CheckpointException(
          "checkpoint '%s': '%s' cannot be read: %s"
              .formatted(folder, file, SettingsJson.reason(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  private boolean has(String key) {
    return json.hasNonNull(key);
  }

  public String text(String key, String usual) {
    return has(key) ? json.path(key).asText() : usual;
  }

  public boolean isTrue(String key) {
    return json.path(key).asBoolean(false);
  }

  /** Returns an integer from 1 to {@code most}. */
  public int whole(String key, int usual, int most) {
    return has(key) ? whole(json.path(key), key, most) : usual;
  }

  private int whole(JsonNode number, String key, int most) {
    if (!number.canConvertToExactIntegral()
        || !number.canConvertToInt()
        || number.asInt() < 1
        || number.asInt() > most) {
      throw unlike(key, "integers from 1 to " + most);
    }
    return number.asInt();
  }

  public double number(String key, double usual) {
    if (has(key) && !json.path(key).isNumber()) {
      throw unlike(key, "a number such as " + usual);
    }
    return has(key) ? json.path(key).asDouble() : usual;
  }

  /** Returns a list of numbers; empty if the setting is missing. */
  public List<Double> numbers(String key) {
    if (has(key) && !json.path(key).isArray()) {
      throw unlike(key, "a list of numbers");
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonNode number : json.path(key)) {
      if (!number.isNumber()) {
        throw unlike(key, "a list of numbers");
      }
      numbers.add(number.asDouble());
    }
    return numbers;
  }

  /** Returns the kind of the text encoder, if its settings name its activation. */
  public Optional<ClipConfig.Kind> textEncoderKind() {
    return switch (text("hidden_act", "")) {
      case "" -> Optional.empty();
      case "quick_gelu" -> Optional.of(ClipConfig.Kind.OPENAI);
      case "gelu" -> Optional.of(ClipConfig.Kind.OPEN_CLIP);
      default -> throw unlike("hidden_act", "quick_gelu or gelu");
    };
  }

  /**
   * Returns the attention heads of a U-Net's levels by channel count. The setting holds one number
   * for all levels or one per level. In most configurations {@code attention_head_dim} really holds
   * the number of heads; if {@code num_attention_heads} is present too, it takes precedence.
   */
  public IntUnaryOperator unetHeads() {
    String key = has(HEADS) ? HEADS : HEADS_AS_WIDTH;
    JsonNode given = json.path(key);
    if (!given.isArray()) {
      int number = whole(key, USUAL_HEADS, MAX_HEADS);
      return channels -> number;
    }
    JsonNode channels = json.path("block_out_channels");
    Map<Integer, Integer> byWidth = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      byWidth.put(channels.path(i).asInt(), whole(given.path(i), key, MAX_HEADS));
    }
    return width -> {
      Integer number = byWidth.get(width);
      if (number == null) {
        throw new CheckpointException(
            "checkpoint '%s': '%s' has %s %s for block_out_channels %s, but the U-Net has a level of %s channels"
                .formatted(folder, folder.relativize(file), key, given, channels, width),
            ErrorDetails.in(file));
      }
      return number;
    };
  }

  private CheckpointException unlike(String key, String expected) {
    return new CheckpointException(
        "checkpoint '%s': '%s' has %s %s, expected %s"
            .formatted(folder, folder.relativize(file), key, json.path(key), expected),
        ErrorDetails.in(file));
  }
}
