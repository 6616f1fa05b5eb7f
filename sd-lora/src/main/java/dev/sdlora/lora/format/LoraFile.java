package dev.sdlora.lora.format;

import dev.sdlora.api.LoraException;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A LoRA file whose header has been read and understood.
 *
 * @param file where the tensors lie
 * @param family what it was trained for, as far as the file tells
 * @param modules one for each layer that it changes, at least one
 * @param strays tensors that belong to no module
 */
public record LoraFile(
    TensorFile file, ModelFamily family, List<LoraModule> modules, List<String> strays) {

  /** Endings of tensors without which a file means something else, with the method's name. */
  private static final Map<String, String> OTHER_METHODS =
      Map.ofEntries(
          Map.entry(".lora_mid.weight", "LoCon with a Tucker core"),
          Map.entry(".dora_scale", "DoRA"),
          Map.entry(".lora_magnitude_vector", "DoRA"),
          Map.entry(".lora_magnitude_vector.weight", "DoRA"),
          Map.entry(".hada_w1_a", "LoHa"),
          Map.entry(".lokr_w1", "LoKr"),
          Map.entry(".lokr_w1_a", "LoKr"),
          Map.entry(".lokr_w2", "LoKr"),
          Map.entry(".lokr_w2_a", "LoKr"),
          Map.entry(".on_input", "IA3"),
          Map.entry(".a1.weight", "GLoRA"),
          Map.entry(".oft_blocks", "OFT"),
          Map.entry(".oft_diag", "OFT"),
          Map.entry(".diff", "a full difference"),
          Map.entry(".diff_b", "a full difference"),
          Map.entry(".w_norm", "norm training"),
          Map.entry(":down", "the original LoRA layout (cloneofsimo)"));

  /** Beginnings of tensor names that only checkpoints have. */
  private static final List<String> CHECKPOINT_PREFIXES =
      List.of("model.diffusion_model.", "first_stage_model.", "cond_stage_model.", "conditioner.");

  /** Copies the lists. */
  public LoraFile {
    modules = List.copyOf(modules);
    strays = List.copyOf(strays);
  }

  /**
   * Reads the header of a file.
   *
   * @throws LoraException if the file is missing or is no LoRA that this version can apply
   * @throws dev.sdlora.api.TensorFileException if it is damaged or no tensor file
   */
  public static LoraFile open(Path path) {
    if (!Files.exists(path)) {
      throw new LoraException("LoRA '" + path + "' does not exist");
    }
    TensorFile file = TensorFile.open(path);
    Set<String> used = new HashSet<>();
    List<LoraModule> modules = new ArrayList<>();
    for (String name : file.tensors().keySet()) {
      refuseOtherMethods(path, name);
      KeyStyle.pairOf(name).ifPresent(pair -> modules.add(module(file, pair, used)));
    }
    List<String> strays =
        file.tensors().keySet().stream().filter(name -> !used.contains(name)).toList();
    for (String name : strays) {
      if (KeyStyle.isUp(name)) {
        throw new LoraException(
            "LoRA '" + path + "': tensor '" + name + "' has no counterpart for the other factor");
      }
    }
    if (modules.isEmpty()) {
      throw new LoraException("'" + path + "' " + whatElse(file.tensors().keySet()));
    }
    return new LoraFile(file, Families.of(file), modules, strays);
  }

  private static LoraModule module(TensorFile file, KeyStyle.Pair pair, Set<String> used) {
    TensorEntry down = file.find(pair.down()).orElseThrow();
    TensorEntry up =
        file.find(pair.up())
            .orElseThrow(
                () ->
                    new LoraException(
                        "LoRA '%s': tensor '%s' is there, but its counterpart '%s' is missing"
                            .formatted(file.path(), pair.down(), pair.up())));
    Optional<TensorEntry> alpha = file.find(pair.key() + KeyStyle.ALPHA);
    Map<Part, TensorEntry> parts = new EnumMap<>(Part.class);
    parts.put(Part.LORA_DOWN, down);
    parts.put(Part.LORA_UP, up);
    alpha.ifPresent(entry -> parts.put(Part.ALPHA, entry));
    LoraModule module = new LoraModule(pair.key(), Kind.LORA, parts, Optional.empty());
    boolean fits =
        down.shape().size() >= 2
            && up.shape().size() >= 2
            && down.shape().get(0) > 0
            && up.shape().get(1).equals(down.shape().get(0))
            && up.shape().stream().skip(2).allMatch(side -> side == 1);
    if (!fits) {
      throw new LoraException(
          "LoRA '%s': the factors of '%s' do not fit together: down %s, up %s; expected [rank, in]"
                  .formatted(file.path(), pair.key(), down.shape(), up.shape())
              + " and [out, rank]");
    }
    if (alpha.isPresent() && alpha.get().elements() != 1) {
      throw new LoraException(
          "LoRA '%s': tensor '%s' has shape %s, expected a single number"
              .formatted(file.path(), alpha.get().name(), alpha.get().shape()));
    }
    used.add(down.name());
    used.add(up.name());
    alpha.ifPresent(entry -> used.add(entry.name()));
    return module;
  }

  private static void refuseOtherMethods(Path path, String name) {
    OTHER_METHODS.forEach(
        (ending, method) -> {
          if (name.endsWith(ending)) {
            throw new LoraException(
                "LoRA '%s' uses %s (tensor '%s'), which this version cannot apply"
                    .formatted(path, method, name));
          }
        });
  }

  private static String whatElse(Set<String> names) {
    if (names.stream().anyMatch(name -> CHECKPOINT_PREFIXES.stream().anyMatch(name::startsWith))) {
      return "is a checkpoint, not a LoRA; open it with Checkpoint.open";
    }
    if (names.contains("emb_params") || names.stream().anyMatch(n -> n.startsWith("string_to_"))) {
      return "is a textual inversion embedding, not a LoRA";
    }
    return "is not a LoRA: none of its "
        + names.size()
        + " tensors is named like one; the first is "
        + names.stream().findFirst().map(name -> "'" + name + "'").orElse("missing");
  }

  /** The largest rank of its modules. */
  public int rank() {
    return modules.stream().mapToInt(LoraModule::rank).max().orElse(0);
  }
}
