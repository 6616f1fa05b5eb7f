package dev.sdlora.lora.patch;

import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.factors.Factors.Portion;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.LowRank;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/** Reads the factors of many weights at once, file by file. */
final class Products {
  /**
   * The bytes of factors after which a batch is closed: large enough for few calls of the engine,
   * small enough that the factors are still in the cache when they are used.
   */
  private static final long BATCH_BYTES = 1 << 23;

  private Products() {}

  /** A file at one rank limit. */
  private record Source(TensorFile file, OptionalInt limit) {
    static Source of(Change change) {
      return new Source(change.file(), change.rankLimit());
    }
  }

  /**
   * Splits the changes of many weights, all of them plain products, into batches of a few
   * megabytes.
   */
  static List<Map<String, List<Change>>> batches(Map<String, List<Change>> changes) {
    List<Map<String, List<Change>>> batches = new ArrayList<>();
    long bytes = BATCH_BYTES;
    for (Map.Entry<String, List<Change>> entry : changes.entrySet()) {
      if (bytes >= BATCH_BYTES) {
        batches.add(new LinkedHashMap<>());
        bytes = 0;
      }
      batches.get(batches.size() - 1).put(entry.getKey(), entry.getValue());
      for (Change change : entry.getValue()) {
        LoraModule module = change.module();
        bytes += module.part(Part.LORA_UP).byteLength() + module.part(Part.LORA_DOWN).byteLength();
      }
    }
    return batches;
  }

  /**
   * Reads the factors of a batch.
   *
   * @param scope the manager that will own them
   * @return the factors of each weight, in the order of its changes
   */
  static Map<String, List<LowRank>> read(
      Factors factors, Map<String, List<Change>> batch, OpenFiles files, NDManager scope) {
    Map<Source, List<Portion>> bySource = new LinkedHashMap<>();
    for (List<Change> changes : batch.values()) {
      for (Change change : changes) {
        bySource
            .computeIfAbsent(Source.of(change), source -> new ArrayList<>())
            .add(new Portion(change.module(), change.strength()));
      }
    }
    Map<Source, Iterator<LowRank>> found = new LinkedHashMap<>();
    bySource.forEach(
        (source, portions) -> {
          Factors limited =
              source.limit().isPresent() ? factors.limitedTo(source.limit().getAsInt()) : factors;
          found.put(source, limited.lowRanks(files.of(source.file()), portions, scope).iterator());
        });
    // Each file returns its factors in the order of the request.
    Map<String, List<LowRank>> products = new LinkedHashMap<>();
    batch.forEach(
        (name, changes) ->
            products.put(
                name,
                changes.stream()
                    .map(change -> Objects.requireNonNull(found.get(Source.of(change))).next())
                    .toList()));
    return products;
  }
}
