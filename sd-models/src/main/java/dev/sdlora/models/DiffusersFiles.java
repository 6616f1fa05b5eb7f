package dev.sdlora.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses the files of a diffusers folder that generation needs: for each part that its {@code
 * model_index.json} names, the settings and one set of weights. The order of preference is that in
 * which the folder is opened: safetensors before PyTorch files, and full precision before half
 * unless a variant is requested.
 */
final class DiffusersFiles {
  /** The file that identifies a diffusers folder. */
  static final String INDEX = "model_index.json";

  /** Parts with weights. */
  private static final List<String> NETWORKS =
      List.of("unet", "transformer", "vae", "text_encoder", "text_encoder_2");

  /** Parts with settings and vocabularies. */
  private static final List<String> SETTINGS = List.of("scheduler", "tokenizer", "tokenizer_2");

  private static final Pattern SETTING = Pattern.compile("[^/]+\\.(json|txt|model)");

  /** Weights in one or several files, with the variant before or after the number. */
  private static final Pattern WEIGHTS =
      Pattern.compile(
          "(?:diffusion_pytorch_model|pytorch_model|model)(?:\\.(?<variant>\\w+?))?"
              + "(?:-(?<number>\\d{5})-of-(?<count>\\d{5}))?(?:\\.(?<later>\\w+?))?"
              + "\\.(?<ending>safetensors|bin)");

  /** The index that maps tensors to one of several files. */
  private static final Pattern SHARDS =
      Pattern.compile(
          "(?:diffusion_pytorch_model|pytorch_model|model)(?:\\.(?<variant>\\w+?))?"
              + "\\.(?<ending>safetensors|bin)\\.index(?:\\.(?<later>\\w+?))?\\.json");

  private DiffusersFiles() {}

  /**
   * The files that are needed.
   *
   * @param needed their names; empty if some are missing
   * @param missing the missing files, for messages
   */
  record Choice(List<String> needed, List<String> missing) {}

  /** A set of weights of one file type and variant. */
  private record Kind(String ending, String variant) {}

  /**
   * Chooses the files.
   *
   * @param index the content of {@code model_index.json}
   * @param files all existing files, with slashes
   * @param variant the preferred variant, used for parts that have it
   */
  static Choice of(JsonNode index, Collection<String> files, Optional<String> variant) {
    TreeSet<String> needed = new TreeSet<>(List.of(INDEX));
    List<String> missing = new ArrayList<>();
    for (String part : parts(index)) {
      List<String> own =
          files.stream()
              .filter(file -> file.startsWith(part + "/"))
              .map(file -> file.substring(part.length() + 1))
              .filter(file -> !file.contains("/"))
              .toList();
      own.stream()
          .filter(file -> SETTING.matcher(file).matches() && !SHARDS.matcher(file).matches())
          .forEach(file -> needed.add(part + "/" + file));
      if (NETWORKS.contains(part)) {
        if (!own.contains("config.json")) {
          missing.add(part + "/config.json");
        }
        weights(own, variant)
            .ifPresentOrElse(
                chosen -> chosen.forEach(file -> needed.add(part + "/" + file)),
                () -> missing.add("weights in " + part));
      }
    }
    return new Choice(missing.isEmpty() ? List.copyOf(needed) : List.of(), missing);
  }

  private static List<String> parts(JsonNode index) {
    List<String> parts = new ArrayList<>();
    for (String part : NETWORKS) {
      if (index.path(part).isArray() && index.path(part).path(1).isTextual()) {
        parts.add(part);
      }
    }
    for (String part : SETTINGS) {
      if (index.path(part).isArray() && index.path(part).path(1).isTextual()) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** The first complete set of weights. */
  private static Optional<List<String>> weights(List<String> files, Optional<String> variant) {
    List<Kind> order = new ArrayList<>();
    variant.ifPresent(
        wanted -> {
          order.add(new Kind("safetensors", wanted));
          order.add(new Kind("bin", wanted));
        });
    order.add(new Kind("safetensors", ""));
    order.add(new Kind("safetensors", "fp16"));
    order.add(new Kind("bin", ""));
    order.add(new Kind("bin", "fp16"));
    return order.stream().flatMap(kind -> weights(files, kind).stream()).findFirst();
  }

  private static Optional<List<String>> weights(List<String> files, Kind kind) {
    TreeMap<String, List<String>> byCount = new TreeMap<>();
    for (String file : files) {
      Matcher weights = WEIGHTS.matcher(file);
      if (weights.matches() && kind(weights).equals(kind)) {
        String count = Optional.ofNullable(weights.group("count")).orElse("");
        byCount.computeIfAbsent(count, unused -> new ArrayList<>()).add(file);
      }
    }
    List<String> whole = byCount.remove("");
    if (whole != null) {
      return Optional.of(whole);
    }
    Optional<String> shards =
        files.stream()
            .filter(
                file -> {
                  Matcher matcher = SHARDS.matcher(file);
                  return matcher.matches() && kind(matcher).equals(kind);
                })
            .findFirst();
    return byCount.entrySet().stream()
        .filter(each -> each.getValue().size() == Integer.parseInt(each.getKey()))
        .filter(each -> shards.isPresent())
        .findFirst()
        .map(
            each -> {
              List<String> all = new ArrayList<>(each.getValue());
              shards.ifPresent(all::add);
              return all;
            });
  }

  private static Kind kind(Matcher name) {
    String variant =
        Optional.ofNullable(name.group("variant"))
            .or(() -> Optional.ofNullable(name.group("later")))
            .orElse("");
    return new Kind(name.group("ending"), variant);
  }
}
