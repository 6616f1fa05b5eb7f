package dev.sdlora.families.checkpoint.stored;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of one network as a single view, whether they are in one file or in several shards
 * with an index that maps tensors to files. Immutable; holds no open file.
 */
public final class NetworkWeights {
  private static final String SAFETENSORS = ".safetensors";
  private static final String PICKLE = ".bin";
  private static final String INDEX = ".index";
  private static final String JSON = ".json";

  /** Used if there are no full-precision weights. */
  private static final String HALF = "fp16";

  private static final Set<String> NO_FILES = Set.of("", ".", "..");

  /** Upper bound, far more than any network has; published ones have 3. */
  private static final int MAX_SHARDS = 1000;

  /**
   * Upper bound per file. All headers are kept in memory, and links could present one file as many.
   */
  private static final int MAX_TENSORS = 40_000;

  private static final long MAX_HEADERS = 16 << 20;

  private final Path path;
  private final Map<String, TensorFile> files;

  private NetworkWeights(Path path, Map<String, TensorFile> files) {
    this.path = path;
    this.files = Collections.unmodifiableMap(files);
  }

  /** Wraps the tensors of one file. */
  public static NetworkWeights of(TensorFile file) {
    Map<String, TensorFile> files = new LinkedHashMap<>();
    file.tensors().keySet().forEach(name -> files.put(name, file));
    return new NetworkWeights(file.path(), files);
  }

  /**
   * Opens a file, or the shards that an index names.
   *
   * @param file the file; it is an index if its name ends in {@code .index.json}
   * @throws CheckpointException if the index does not match its files
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static NetworkWeights at(Path file) {
    return file.toString().endsWith(INDEX + JSON) ? sharded(file) : of(TensorHeaders.open(file));
  }

  /**
   * Opens the weights in a sub-folder of a diffusers folder. Prefers safetensors to PyTorch files,
   * a whole file to shards and, if no variant is requested, full precision to half.
   *
   * @param folder the network's folder
   * @param stems the file names before {@code .safetensors} and before {@code .bin}
   * @param variant such as {@code fp16}; ignored if the network does not have it, as in diffusers
   * @throws CheckpointException if there are none, or an index does not match its files
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged
   */
  public static NetworkWeights in(Path folder, Stems stems, Optional<String> variant) {
    List<String> variants = new ArrayList<>();
    variant.ifPresent(variants::add);
    variants.add("");
    variants.add(HALF);
    // A variant takes precedence over everything else, in any kind of file.
    List<Path> candidates = new ArrayList<>();
    variant.ifPresent(wanted -> candidates.addAll(candidates(folder, stems, List.of(wanted))));
    candidates.addAll(candidates(folder, stems, variants));
    Path found =
        candidates.stream()
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(
                () ->
                    new CheckpointException(
                        "'%s' has no weights: expected '%s', '%s', '%s' or an index of shards"
                            .formatted(
                                folder,
                                stems.safetensors + SAFETENSORS,
                                stems.safetensors + "." + HALF + SAFETENSORS,
                                stems.pickle + PICKLE),
                        ErrorDetails.in(folder)));
    return found.toString().endsWith(JSON) ? sharded(found) : of(TensorHeaders.open(found));
  }

  /** Whether a network's folder has weights of a variant. */
  public static boolean hasVariant(Path folder, Stems stems, String variant) {
    return candidates(folder, stems, List.of(variant)).stream().anyMatch(Files::exists);
  }

  /**
   * The names of a network's files, without variant and extension.
   *
   * @param safetensors the name before the variant and {@code .safetensors}
   * @param pickle the name before the variant and {@code .bin}
   */
  public record Stems(String safetensors, String pickle) {
    /** U-Nets and VAEs, written by diffusers. */
    public static final Stems DIFFUSERS =
        new Stems("diffusion_pytorch_model", "diffusion_pytorch_model");

    /** Text encoders, written by transformers. */
    public static final Stems TRANSFORMERS = new Stems("model", "pytorch_model");
  }

  private static List<Path> candidates(Path folder, Stems stems, List<String> variants) {
    List<Path> candidates = new ArrayList<>();
    for (String ending : List.of(SAFETENSORS, PICKLE)) {
      String stem = ending.equals(PICKLE) ? stems.pickle : stems.safetensors;
      for (String variant : variants) {
        String mark = variant.isEmpty() ? "" : "." + variant;
        candidates.add(folder.resolve(stem + mark + ending));
        candidates.add(folder.resolve(stem + mark + ending + INDEX + JSON));
        // Older versions, and transformers, put the variant in another position.
        candidates.add(folder.resolve(stem + ending + INDEX + mark + JSON));
      }
    }
    return candidates;
  }

  private static NetworkWeights sharded(Path index) {
    JsonNode map = read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw error(index, "has no weight_map from tensors to files");
    }
    Map<String, TensorFile> shards = new LinkedHashMap<>();
    Map<String, TensorFile> files = new LinkedHashMap<>();
    long tensors = 0;
    long headers = 0;
    for (Map.Entry<String, JsonNode> place : map.properties()) {
      if (!place.getValue().isTextual()) {
        throw error(
            index,
            "has %s for tensor '%s', expected a file name"
                .formatted(place.getValue(), place.getKey()));
      }
      String name = place.getValue().textValue();
      TensorFile shard = shards.get(name);
      if (shard == null) {
        if (shards.size() == MAX_SHARDS) {
          throw error(
              index, "names more than %s files, which no model needs".formatted(MAX_SHARDS));
        }
        shard = open(index, name);
        tensors += shard.tensors().size();
        headers += shard.dataStart();
        if (tensors > MAX_TENSORS || headers > MAX_HEADERS) {
          throw error(
              index,
              "names files with %s tensors and %s bytes of headers in total, expected at most %s and %s"
                  .formatted(tensors, headers, MAX_TENSORS, MAX_HEADERS));
        }
        shards.put(name, shard);
      }
      if (shard.find(place.getKey()).isEmpty()) {
        throw new CheckpointException(
            "index '%s' says that tensor '%s' is in '%s', but that file does not have it; the files probably"
                    .formatted(index, place.getKey(), shard.path())
                + " belong to two models",
            ErrorDetails.in(shard.path()).withTensor(place.getKey()));
      }
      files.put(place.getKey(), shard);
    }
    return new NetworkWeights(index, files);
  }

  private static JsonNode read(Path index) {
    try {
      return SettingsJson.read(index);
    } catch (IOException e) {
      throw new CheckpointException(
          "index '" + index + "' cannot be read: " + SettingsJson.reason(e),
          ErrorDetails.in(index),
          e);
    }
  }

  /** Opens a shard, which must be in the same folder as its index. */
  private static TensorFile open(Path index, String name) {
    Path shard;
    try {
      shard = index.resolveSibling(name);
    } catch (InvalidPathException e) {
      throw error(index, "names the file '" + name + "', which is not a valid file name");
    }
    if (!Path.of(name).equals(Path.of(name).getFileName()) || NO_FILES.contains(name)) {
      throw error(
          index,
          "names the file '"
              + name
              + "', which is in another folder; expected a file in the folder of the index");
    }
    if (!Files.exists(shard)) {
      throw error(index, "names the file '" + name + "', which is missing");
    }
    return TensorHeaders.open(shard);
  }

  private static CheckpointException error(Path index, String predicate) {
    return new CheckpointException("index '" + index + "' " + predicate, ErrorDetails.in(index));
  }

  /** Returns the file, or the index of sharded files, for messages. */
  public Path path() {
    return path;
  }

  /** Returns the names of all tensors in the order of the file or index. */
  public Set<String> names() {
    return files.keySet();
  }

  /** Returns the tensors by name, in the same order. */
  public Map<String, TensorEntry> tensors() {
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    files.forEach((name, file) -> file.find(name).ifPresent(entry -> tensors.put(name, entry)));
    return tensors;
  }

  /** Returns the tensor with this name. */
  public Optional<TensorEntry> find(String name) {
    return Optional.ofNullable(files.get(name)).flatMap(file -> file.find(name));
  }

  /**
   * Returns the file that holds a tensor.
   *
   * @throws IllegalArgumentException if there is no such tensor
   */
  public TensorFile fileOf(String name) {
    TensorFile file = files.get(name);
    if (file == null) {
      throw new IllegalArgumentException("no tensor is named " + name);
    }
    return file;
  }
}
