package dev.sdlora.lora.format;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sorts the tensors of a file into modules, embeddings and stray tensors. */
final class Modules {
  private static final Pattern BUNDLED = Pattern.compile("bundle_emb\\.([^.]+)\\.(.+)");

  /**
   * The metadata value with which cloneofsimo's trainer marks a tensor as the vector of a new word.
   */
  private static final String EMBED = "<embed>";

  /** Normalisations of queries and keys, by the names of Black Forest Labs and of diffusers. */
  private static final Pattern NORM =
      Pattern.compile("(?:.+\\.)?(?:norm\\.(?:query|key)_norm|attn\\.norm_(?:added_)?[qk])");

  private final TensorFile file;
  private final Map<String, Map<Part, TensorEntry>> groups = new LinkedHashMap<>();
  private final Map<String, Map<String, TensorEntry>> embeddings = new LinkedHashMap<>();
  private final List<LoraModule> modules = new ArrayList<>();
  private final List<String> strays = new ArrayList<>();

  /**
   * Sorts the tensors.
   *
   * @throws LoraException if a module lacks a tensor, has two for one part, or has parts that do
   *     not match, or if its settings are invalid
   */
  static Modules of(TensorFile file) {
    Modules modules = new Modules(file);
    modules.read();
    return modules;
  }

  private Modules(TensorFile file) {
    this.file = file;
  }

  private void read() {
    boolean list = NumberedLayers.isList(file);
    file.tensors()
        .values()
        .forEach(
            entry ->
                sort(entry, list ? NumberedLayers.listName(file, entry.name()) : entry.name()));
    Optional<AdapterConfig> config = AdapterConfig.of(file);
    NumberedLayers numbers = new NumberedLayers(file);
    groups.forEach((key, parts) -> assemble(key, parts, config, numbers));
    if (modules.stream().allMatch(module -> module.kind() == Kind.REPLACED)) {
      // A whole model has such norms as well.
      modules.forEach(module -> strays.add(module.part(Part.WEIGHT).name()));
      modules.clear();
    }
  }

  List<LoraModule> modules() {
    return modules;
  }

  List<String> strays() {
    return strays;
  }

  List<BundledEmbedding> embeddings() {
    List<BundledEmbedding> all = new ArrayList<>();
    embeddings.forEach((name, tensors) -> all.add(new BundledEmbedding(name, tensors)));
    return all;
  }

  private void sort(TensorEntry entry, String name) {
    Matcher bundled = BUNDLED.matcher(name);
    if (bundled.matches()) {
      addEmbedding(bundled.group(1), bundled.group(2), entry);
      return;
    }
    if (EMBED.equals(file.metadata().get(name))) {
      addEmbedding(name, name, entry);
      return;
    }
    Optional<KeyEndings.Piece> piece = KeyEndings.cut(name);
    if (piece.isEmpty()) {
      strays.add(entry.name());
      return;
    }
    TensorEntry other =
        groups
            .computeIfAbsent(piece.get().key(), key -> new EnumMap<>(Part.class))
            .put(piece.get().part(), entry);
    if (other != null) {
      throw error(
          "tensors '%s' and '%s' are the same part of '%s'"
              .formatted(other.name(), entry.name(), piece.get().key()));
    }
  }

  private void addEmbedding(String name, String tensor, TensorEntry entry) {
    embeddings.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(tensor, entry);
  }

  /** Creates a layer's module and, in addition, one for a full difference of its weight or bias. */
  private void assemble(
      String key,
      Map<Part, TensorEntry> parts,
      Optional<AdapterConfig> config,
      NumberedLayers numbers) {
    Map<Part, TensorEntry> rest = new EnumMap<>(parts);
    Map<Part, TensorEntry> differences = new EnumMap<>(Part.class);
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    parts.forEach(
        (part, entry) -> {
          Optional<Kind> kind = kind(part, entry);
          kind.ifPresent(kinds::add);
          if (kind.filter(k -> k == Kind.FULL).isPresent()) {
            differences.put(part, entry);
            rest.remove(part);
          }
        });
    kinds.remove(Kind.FULL);
    if (kinds.size() > 1) {
      throw error(
          "module '%s' mixes %s"
              .formatted(key, String.join(" and ", kinds.stream().map(Kind::label).toList())));
    }
    boolean numbered = !kinds.isEmpty() && NumberedLayers.isNumber(key);
    String name = numbered ? numbers.resolve(key, groups).toString() : key;
    if (!differences.isEmpty()) {
      add(new LoraModule(name, Kind.FULL, differences, Optional.empty()), Optional.empty());
    }
    Optional<TensorEntry> norm = norm(key, rest);
    if (kinds.isEmpty() && norm.isPresent()) {
      Map<Part, TensorEntry> whole = Map.of(Part.WEIGHT, norm.get());
      add(new LoraModule(name, Kind.REPLACED, whole, Optional.empty()), Optional.empty());
    } else if (kinds.isEmpty()) {
      rest.values().forEach(entry -> strays.add(entry.name()));
    } else {
      Kind kind = kinds.iterator().next();
      takeOut(rest, Part.RESCALE, kind == Kind.OFT || kind == Kind.BOFT);
      takeOut(rest, Part.WEIGHT, kind == Kind.IA3);
      flattenMagnitudes(rest);
      add(new LoraModule(name, kind, rest, Optional.empty()), config);
    }
  }

  /** The whole weight of a normalisation, if the tensors of a layer are nothing else. */
  private static Optional<TensorEntry> norm(String key, Map<Part, TensorEntry> parts) {
    return parts.size() == 1 && NORM.matcher(key).matches()
        ? Optional.ofNullable(parts.getOrDefault(Part.SCALE, parts.get(Part.WEIGHT)))
            .filter(entry -> entry.shape().size() == 1)
        : Optional.empty();
  }

  /** The kind of module that a part implies; empty if several kinds have this part. */
  private static Optional<Kind> kind(Part part, TensorEntry entry) {
    return switch (part) {
      case LORA_DOWN, LORA_UP, LORA_BIAS, LORA_MID -> Optional.of(Kind.LORA);
      case HADA_W1_A, HADA_W1_B, HADA_W2_A, HADA_W2_B, HADA_T1, HADA_T2 -> Optional.of(Kind.LOHA);
      case LOKR_W1, LOKR_W1_A, LOKR_W1_B, LOKR_W2, LOKR_W2_A, LOKR_W2_B, LOKR_T2 ->
          Optional.of(Kind.LOKR);
      case ON_INPUT -> Optional.of(Kind.IA3);
      case A1, A2, B1, B2, BM -> Optional.of(Kind.GLORA);
      case OFT_BLOCKS -> Optional.of(entry.shape().size() == 4 ? Kind.BOFT : Kind.OFT);
      case OFT_DIAG -> Optional.of(Kind.OLD_OFT);
      case DIFF, DIFF_B -> Optional.of(Kind.FULL);
      case W_NORM, B_NORM -> Optional.of(Kind.NORM);
      case WEIGHT, RESCALE, DORA_SCALE, ALPHA, SCALE -> Optional.empty();
    };
  }

  /** Turns a part into a stray tensor if its kind does not use it. */
  private void takeOut(Map<Part, TensorEntry> parts, Part part, boolean used) {
    if (!used) {
      Optional.ofNullable(parts.remove(part)).ifPresent(entry -> strays.add(entry.name()));
    }
  }

  /** PEFT stores one magnitude per row as [out] or [1, out, 1, 1], LyCORIS as [out, 1…]. */
  private static void flattenMagnitudes(Map<Part, TensorEntry> parts) {
    TensorEntry magnitudes = parts.get(Part.DORA_SCALE);
    if (magnitudes != null && magnitudes.name().contains("lora_magnitude_vector")) {
      List<Long> shape =
          magnitudes.shape().size() > 2
              ? List.of(magnitudes.elements(), 1L, 1L, 1L)
              : List.of(magnitudes.elements(), 1L);
      parts.put(Part.DORA_SCALE, magnitudes.reshaped(shape));
    }
  }

  private void add(LoraModule module, Optional<AdapterConfig> config) {
    ModuleChecks.require(file, module);
    boolean scaled = module.find(Part.ALPHA).or(() -> module.find(Part.SCALE)).isPresent();
    boolean ranked =
        switch (module.kind()) {
          case LORA, LOHA, LOKR -> true;
          case GLORA, IA3, OFT, BOFT, OLD_OFT, FULL, NORM, REPLACED -> false;
        };
    Optional<Double> scale =
        scaled || !ranked
            ? Optional.empty()
            : config.flatMap(c -> c.scale(module.key(), module.rank()));
    modules.add(new LoraModule(module.key(), module.kind(), module.parts(), scale));
  }

  private LoraException error(String reason) {
    return new LoraException(
        "LoRA '" + file.path() + "': " + reason, Reason.DAMAGED, ErrorDetails.in(file.path()));
  }
}
