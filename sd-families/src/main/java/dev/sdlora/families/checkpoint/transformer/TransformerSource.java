package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The file or folder in which a transformer is looked for.
 *
 * @param path the path that was named
 * @param weights the tensors
 * @param settings its config.json; missing if there is none
 * @param folder the folder of the whole model in diffusers' layout; empty for a file
 */
record TransformerSource(
    Path path, NetworkWeights weights, JsonNode settings, Optional<Path> folder) {
  private static final String TRANSFORMER = "transformer";
  private static final String CONFIG = "config.json";

  /** Opens a path; empty if it is a folder without a transformer. */
  static Optional<TransformerSource> open(Path path, Optional<String> variant) {
    if (!Files.isDirectory(path)) {
      Optional<Path> own =
          Optional.ofNullable(path.toAbsolutePath().getParent())
              .filter(TransformerSource::isInModel);
      return Optional.of(
          new TransformerSource(
              path,
              NetworkWeights.at(path),
              own.map(folder -> ModelSettings.read(folder.resolve(CONFIG)))
                  .orElse(MissingNode.getInstance()),
              own.map(Path::getParent)));
    }
    Path inside = path.resolve(TRANSFORMER);
    if (Files.isDirectory(inside)) {
      return Optional.of(in(path, inside, variant, Optional.of(path)));
    }
    boolean alone =
        ModelSettings.read(path.resolve(CONFIG))
            .path("_class_name")
            .asText("")
            .endsWith("Transformer2DModel");
    Path whole = path.toAbsolutePath();
    return alone
        ? Optional.of(
            in(
                path,
                path,
                variant,
                Optional.of(whole).filter(TransformerSource::isInModel).map(Path::getParent)))
        : Optional.empty();
  }

  private static TransformerSource in(
      Path path, Path network, Optional<String> variant, Optional<Path> folder) {
    return new TransformerSource(
        path,
        NetworkWeights.in(network, Stems.DIFFUSERS, variant),
        ModelSettings.read(network.resolve(CONFIG)),
        folder);
  }

  /** Whether a folder is that of the transformer in a folder of a whole model. */
  private static boolean isInModel(Path folder) {
    return String.valueOf(folder.getFileName()).equals(TRANSFORMER) && folder.getParent() != null;
  }

  /** Returns a settings file of the whole model; missing if there is none. */
  JsonNode ofModel(String file) {
    return folder
        .map(model -> ModelSettings.read(model.resolve(file)))
        .orElse(MissingNode.getInstance());
  }

  /** Returns the metadata of the file, or of the first shard. */
  Map<String, String> metadata() {
    return weights.names().stream()
        .findFirst()
        .map(name -> weights.fileOf(name).metadata())
        .orElse(Map.of());
  }
}
