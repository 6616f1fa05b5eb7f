package dev.sdlora.lora.format;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.family.FamilyDetection;
import dev.sdlora.lora.family.LayerName;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A LoRA file whose header has been read and understood.
 *
 * @param file the file with the tensors
 * @param family the family that it was trained for, if known
 * @param modules one for each layer that it changes, at least one; two for a layer that has a full
 *     difference of its weight or bias in addition to another module
 * @param strays tensors that belong to no module
 * @param embeddings textual inversion embeddings stored in the file
 */
public record LoraFile(
    TensorFile file,
    ModelFamily family,
    List<LoraModule> modules,
    List<String> strays,
    List<BundledEmbedding> embeddings) {

  /** Copies the lists. */
  public LoraFile {
    modules = List.copyOf(modules);
    strays = List.copyOf(strays);
    embeddings = List.copyOf(embeddings);
  }

  /**
   * Reads the header of a file.
   *
   * @throws LoraException if the file is missing or is not a LoRA that this version can apply; the
   *     message says what it is or what is wrong with it
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or not a tensor file
   */
  public static LoraFile open(Path path) {
    if (!Files.exists(path)) {
      throw new LoraException(
          "LoRA '" + path + "' does not exist", Reason.UNKNOWN, ErrorDetails.in(path));
    }
    TensorFile file = TensorFile.open(path);
    Modules sorted = Modules.of(file);
    List<LayerName> layers = sorted.modules().stream().map(LoraModule::layer).toList();
    ModelFamily family = FamilyDetection.of(file.metadata(), layers);
    OtherFiles.refuseOtherModels(file, layers, family);
    OtherFiles.refuseOtherMethods(file, sorted.strays());
    if (sorted.modules().isEmpty()) {
      throw new LoraException(
          "'"
              + path
              + "' "
              + (sorted.embeddings().isEmpty()
                  ? OtherFiles.whatElse(file.tensors().keySet())
                  : "holds textual inversion embeddings but no LoRA"),
          Reason.NOT_A_LORA,
          ErrorDetails.in(path));
    }
    return new LoraFile(file, family, sorted.modules(), sorted.strays(), sorted.embeddings());
  }

  /** The largest rank of its modules. */
  public int rank() {
    return modules.stream().mapToInt(LoraModule::rank).max().orElse(0);
  }
}
