package dev.sdlora.lora.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the layer numbers of a file in cloneofsimo's layout, see {@link NumberedKey}. Its {@code
 * .safetensors} files name tensors {@code unet:12:up} and have the classes in the metadata under
 * {@code unet}; its older {@code .pt} files are a bare list of alternating up and down matrices,
 * one file for each network, with the trainer's default classes.
 */
final class NumberedLayers {
  private static final String UNET = "unet";
  private static final String TEXT_ENCODER = "text_encoder";

  private static final Map<String, List<String>> DEFAULT_CLASSES =
      Map.of(
          UNET, List.of("CrossAttention", "Attention", "GEGLU"),
          TEXT_ENCODER, List.of("CLIPAttention"));

  private static final Pattern NUMBER = Pattern.compile("\\w+:\\d+");

  private final TensorFile file;
  private final Map<String, NumberedKey> firsts = new HashMap<>();

  NumberedLayers(TensorFile file) {
    this.file = file;
  }

  /** Whether a key consists of a network and a number. */
  static boolean isNumber(String key) {
    return NUMBER.matcher(key).matches();
  }

  /** Whether a file is a bare list of pairs of matrices. */
  static boolean isList(TensorFile file) {
    int size = file.tensors().size();
    if (size == 0 || size % 2 != 0) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      Optional<TensorEntry> entry = file.find(Integer.toString(i));
      if (entry.isEmpty() || entry.get().shape().size() < 2) {
        return false;
      }
    }
    return true;
  }

  /** The name of a tensor of a bare list in the later layout. */
  static String listName(TensorFile file, String name) {
    int place = Integer.parseInt(name);
    String network =
        String.valueOf(file.path().getFileName()).contains(TEXT_ENCODER) ? TEXT_ENCODER : UNET;
    return network + ":" + place / 2 + (place % 2 == 0 ? ":up" : ":down");
  }

  /**
   * Resolves a number.
   *
   * @param key a key such as {@code unet:12}
   * @param groups the tensors of all layers by these keys
   * @throws LoraException if the metadata is missing or names unknown classes
   */
  NumberedKey resolve(String key, Map<String, Map<Part, TensorEntry>> groups) {
    int colon = key.indexOf(':');
    String network = key.substring(0, colon);
    NumberedKey first =
        firsts.computeIfAbsent(
            network,
            n -> new NumberedKey(n, 0, classes(n), convolutions(n, groups), lastFf(n, groups)));
    try {
      return new NumberedKey(
          network,
          Integer.parseInt(key.substring(colon + 1)),
          first.classes(),
          first.convolutions(),
          first.feedForwardLast());
    } catch (NumberFormatException e) {
      throw error("tensor '" + key + "' has an invalid layer number", e);
    }
  }

  private List<String> classes(String network) {
    List<String> classes = DEFAULT_CLASSES.get(network);
    if (classes == null) {
      throw error("it changes network '" + network + "', expected 'unet' or 'text_encoder'", null);
    }
    String written = file.metadata().get(network);
    if (written != null) {
      try {
        Set<String> names = new LinkedHashSet<>();
        JsonNode list = SettingsJson.parse(written);
        if (!list.isArray()) {
          throw error("its metadata '" + network + "' is not a JSON list of classes", null);
        }
        list.forEach(name -> names.add(name.asText()));
        classes = List.copyOf(names);
      } catch (JsonProcessingException e) {
        throw error("its metadata '" + network + "' is not a JSON list of classes", e);
      }
    } else if (!NumberedLayers.isList(file)) {
      throw error(
          "its metadata lacks the list '" + network + "' of the classes whose layers are numbered",
          null);
    }
    for (String name : classes) {
      if (!NumberedKey.KNOWN_CLASSES.contains(name)) {
        throw error(
            "it numbers the layers of class '%s', expected one of %s"
                .formatted(name, NumberedKey.KNOWN_CLASSES.stream().sorted().toList()),
            null);
      }
    }
    return classes;
  }

  private static boolean convolutions(String network, Map<String, Map<Part, TensorEntry>> groups) {
    return groups.entrySet().stream()
        .filter(group -> group.getKey().startsWith(network + ":"))
        .flatMap(group -> group.getValue().values().stream())
        .anyMatch(entry -> entry.shape().size() == 4);
  }

  /**
   * Whether the feed-forward layer is the last in a transformer block: the layer with eight times
   * as many rows as columns, which is the fifth of nine layers or the last.
   */
  private static boolean lastFf(String network, Map<String, Map<Part, TensorEntry>> groups) {
    return !isFf(groups.get(network + ":4")) && isFf(groups.get(network + ":8"));
  }

  private static boolean isFf(@Nullable Map<Part, TensorEntry> group) {
    if (group == null) {
      return false;
    }
    TensorEntry up = group.get(Part.LORA_UP);
    TensorEntry down = group.get(Part.LORA_DOWN);
    return up != null
        && down != null
        && up.shape().size() == 2
        && down.shape().size() == 2
        && up.shape().get(0) == 8 * down.shape().get(1);
  }

  private LoraException error(String reason, @Nullable Throwable cause) {
    return new LoraException(
        "LoRA '"
            + file.path()
            + "' numbers its layers instead of naming them (cloneofsimo's layout): "
            + reason,
        Reason.DAMAGED,
        ErrorDetails.in(file.path()),
        cause);
  }
}
