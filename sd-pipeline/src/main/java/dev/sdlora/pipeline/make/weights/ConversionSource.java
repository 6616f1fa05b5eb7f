package dev.sdlora.pipeline.make.weights;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.SingleFileSigns;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.Distillation;
import dev.sdlora.families.checkpoint.transformer.KnownModel;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.pipeline.make.tensors.SingleFileTensors;
import dev.sdlora.pipeline.make.tensors.StoredOrder;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.pipeline.make.tensors.StoredTensor.Piece;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tensors to convert.
 *
 * @param path the file or folder that was given
 * @param tensors the tensors with the names to write, unless the target renames them
 * @param signs the settings that a folder stores in settings files
 * @param metadata the metadata of the file
 * @param gguf the file if it is a GGUF file, whose metadata has more than text
 */
record ConversionSource(
    Path path,
    List<StoredTensor> tensors,
    SingleFileSigns signs,
    Map<String, String> metadata,
    Optional<TensorFile> gguf) {
  private static final String INDEX = ".index.json";

  /** The beginnings of names in files with several networks. */
  private static final List<String> DENOISERS =
      List.of("model.diffusion_model.", "diffusion_model.");

  private static final List<String> OTHERS =
      List.of("first_stage_model.", "cond_stage_model.", "conditioner.", "vae.", "text_encoders.");

  private static final List<String> VAES = List.of("first_stage_model.", "vae.");

  /**
   * Opens a file, shards or a folder.
   *
   * @throws dev.sdlora.api.error.CheckpointException if a folder is not a model
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or missing
   */
  static ConversionSource of(Path path) {
    if (Files.isDirectory(path)) {
      Optional<ConversionSource> transformer =
          KnownModels.alone(path)
              .map(
                  alone ->
                      new ConversionSource(
                          path,
                          tensors(alone.weights()),
                          SingleFileSigns.NONE,
                          Map.of(Distillation.IS_DISTILLED, Boolean.toString(alone.distilled())),
                          Optional.empty()));
      if (transformer.isPresent()) {
        return transformer.get();
      }
      ModelFiles model = CheckpointReader.open(path, CheckpointParts.DEFAULT);
      SingleFileTensors whole = SingleFileTensors.of(model);
      return new ConversionSource(
          path, whole.tensors(), whole.signs(), whole.metadata(), Optional.empty());
    }
    if (path.toString().endsWith(INDEX)) {
      NetworkWeights shards = NetworkWeights.at(path);
      Map<String, String> metadata = new LinkedHashMap<>();
      List<StoredTensor> tensors = tensors(shards);
      tensors.stream().findFirst().ifPresent(first -> metadata.putAll(first.file().metadata()));
      return new ConversionSource(path, tensors, SingleFileSigns.NONE, metadata, Optional.empty());
    }
    TensorFile file = TensorFile.open(path);
    return new ConversionSource(
        path,
        file.tensors().keySet().stream().map(name -> tensor(file, name)).toList(),
        SingleFileSigns.NONE,
        file.metadata(),
        Optional.of(file).filter(TensorFile::isGguf));
  }

  private static List<StoredTensor> tensors(NetworkWeights weights) {
    return weights.names().stream().map(name -> tensor(weights.fileOf(name), name)).toList();
  }

  private static StoredTensor tensor(TensorFile file, String name) {
    return new StoredTensor(
        name,
        List.of(
            new Piece(file, file.find(name).orElseThrow(), Optional.empty(), StoredOrder.SAME)));
  }

  /** Returns the files that are read. */
  Set<Path> files() {
    Set<Path> files = new LinkedHashSet<>(Set.of(path));
    tensors.stream()
        .flatMap(tensor -> tensor.pieces().stream())
        .forEach(piece -> files.addAll(piece.file().parts()));
    return files;
  }

  List<String> names() {
    return tensors.stream().map(StoredTensor::name).toList();
  }

  /** Returns the kind of the network, or of the denoiser; empty if it is not known. */
  Optional<Architecture> architecture() {
    return Architecture.of(names());
  }

  /** Whether there are several networks, as in a checkpoint. */
  boolean isWhole() {
    return names().stream().anyMatch(name -> begins(name, OTHERS));
  }

  /** Whether a tensor belongs to a VAE in a checkpoint. */
  static boolean isOfVae(String name) {
    return begins(name, VAES);
  }

  /** Returns the name of a tensor without the prefix of the denoiser. */
  static String withoutPrefix(String name) {
    return DENOISERS.stream()
        .filter(name::startsWith)
        .findFirst()
        .map(prefix -> name.substring(prefix.length()))
        .orElse(name);
  }

  private static boolean begins(String name, List<String> prefixes) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  /** Returns the family of transformers that the tensors are of; empty if they are of none. */
  private Optional<TransformerFamily> family() {
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    tensors.forEach(tensor -> entries.put(tensor.name(), tensor.pieces().get(0).entry()));
    return KnownModels.find(entries).flatMap(KnownModel::family);
  }

  /**
   * Returns the metadata to write to a file. If only the name of the input shows whether a
   * transformer is distilled, and the new name shows something else, the metadata say it.
   */
  Map<String, String> metadataFor(Path file) {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    Stream.of("format", "_quantization_metadata").forEach(all::remove);
    family()
        .filter(known -> Files.isRegularFile(path))
        .ifPresent(
            family -> {
              boolean distilled = Distillation.ofFile(family, metadata, path);
              if (distilled != Distillation.ofFile(family, all, file)) {
                all.put(Distillation.IS_DISTILLED, Boolean.toString(distilled));
              }
            });
    return all;
  }
}
