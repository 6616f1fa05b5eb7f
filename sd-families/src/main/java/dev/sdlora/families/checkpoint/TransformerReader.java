package dev.sdlora.families.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.transformer.CheckedPart;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the dimensions and settings of models with a diffusion transformer. */
final class TransformerReader {
  /** The width of the smallest full-size transformer. */
  private static final int FULL_WIDTH = 1024;

  private final TransformerFiles files;
  private final TransformerFamily family;
  private final Path path;

  private TransformerReader(TransformerFiles files, Path path) {
    this.files = files;
    this.family = files.family();
    this.path = path;
  }

  /**
   * Opens a model.
   *
   * @return the model; empty if it has no diffusion transformer
   * @throws CheckpointException if it is incomplete or not supported
   */
  static Optional<TransformerModel> read(Path path, CheckpointParts parts) {
    return KnownModels.read(path, parts)
        .map(files -> new TransformerReader(files, path).model(parts));
  }

  private TransformerModel model(CheckpointParts parts) {
    TransformerConfig transformer =
        CheckedPart.checked(
            files.transformer(), part -> family.transformer(part.shapes(), part.settings()));
    TextParts texts = family.texts(files);
    VaeConfig vae = CheckedPart.checked(files.vae(), this::vae);
    boolean isDistilled = files.distillation().distilled();
    return new TransformerModel(
        describe(parts, transformer),
        texts,
        CheckedPart.part(files.transformer(), transformer, transformer.weights()),
        CheckedPart.part(files.vae(), vae, vae.weights()),
        files.transformer().stored(),
        parts.distilled().isPresent() || files.shift().isEmpty()
            ? family.shift(isDistilled)
            : files.shift().getAsDouble(),
        isDistilled);
  }

  private VaeConfig vae(TransformerFiles.Part part) {
    Map<String, List<Long>> shapes = part.shapes();
    List<Integer> channels = new ArrayList<>();
    List<Integer> decoder = new ArrayList<>();
    for (int level = 0; has(shapes, "encoder.down_blocks." + level); level++) {
      String up = "decoder.up_blocks." + (levels(shapes) - 1 - level);
      channels.add(size(shapes, "encoder.down_blocks." + level + ".resnets.0.conv1.weight"));
      decoder.add(size(shapes, up + ".resnets.0.conv1.weight"));
    }
    int layers = 0;
    while (shapes.containsKey("encoder.down_blocks.0.resnets." + layers + ".conv1.weight")) {
      layers++;
    }
    int latents = Math.toIntExact(shape(shapes, "decoder.conv_in.weight").get(1));
    boolean quantConvs = shapes.containsKey("quant_conv.weight");
    return new VaeConfig(
        channels, decoder, layers, latents, quantConvs, family.latents(part, latents));
  }

  private static boolean has(Map<String, List<Long>> shapes, String block) {
    return shapes.containsKey(block + ".resnets.0.conv1.weight");
  }

  private static int levels(Map<String, List<Long>> shapes) {
    int levels = 0;
    while (has(shapes, "decoder.up_blocks." + levels)) {
      levels++;
    }
    return levels;
  }

  private static List<Long> shape(Map<String, List<Long>> shapes, String name) {
    return Objects.requireNonNullElseGet(
        shapes.get(name),
        () -> {
          throw new IllegalArgumentException("tensor '%s' is missing".formatted(name));
        });
  }

  private static int size(Map<String, List<Long>> shapes, String name) {
    return Math.toIntExact(shape(shapes, name).get(0));
  }

  private Checkpoint describe(CheckpointParts parts, TransformerConfig transformer) {
    List<Origin> all =
        Stream.concat(files.textEncoders().stream(), Stream.of(files.transformer(), files.vae()))
            .map(TransformerFiles.Part::weights)
            .map(Map::values)
            .flatMap(Collection::stream)
            .toList();
    boolean isFull = size(transformer.weights(), family.widest()) >= FULL_WIDTH;
    CheckpointBuilder builder =
        new CheckpointBuilder(path, family.family())
            .folder(files.folder())
            .predictionType(PredictionType.FLOW)
            .task(family.task(transformer))
            .signs(signs())
            .storage(CheckpointReader.storage(List.copyOf(files.transformer().weights().values())))
            .weightBytes(CheckpointReader.weightBytes(all))
            .tensors(all.size())
            .parameters(all.stream().mapToLong(origin -> origin.entry().elements()).sum())
            .defaultSize(new ImageSize(1024, 1024))
            .defaults(family.defaults(files, transformer))
            .parts(parts);
    if (!isFull) {
      builder.guessedSize(new ImageSize(128, 128));
    }
    parts.vae().ifPresent(builder::vae);
    return builder.build();
  }

  /** Returns the evidence, and the files of the text encoder and the VAE if they are others. */
  private List<String> signs() {
    List<String> signs = new ArrayList<>(files.signs());
    for (TransformerFiles.Part encoder : files.textEncoders()) {
      if (!encoder.path().equals(files.transformer().path())) {
        signs.add("text encoder: '%s'".formatted(shown(encoder.path())));
      }
    }
    if (!files.vae().path().equals(files.transformer().path())) {
      signs.add("VAE: '%s'".formatted(shown(files.vae().path())));
    }
    return signs;
  }

  /** Returns a path in the folder of the model, or the name of a file elsewhere. */
  private Path shown(Path part) {
    return part.startsWith(path) ? path.relativize(part) : part.getFileName();
  }
}
