package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.FolderTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the text encoder and the VAE of a transformer: those that the caller names, those in its
 * own file or folder, and those in the usual places of ComfyUI's folders.
 */
final class PartPlaces {
  /** ComfyUI's folders of transformers. */
  private static final Set<String> TRANSFORMERS = Set.of("diffusion_models", "unet", "checkpoints");

  private static final List<String> TEXT_ENCODERS = List.of("text_encoders", "clip");

  private static final FolderTree.Kind GGUF =
      new FolderTree.Kind(
          "text encoder",
          List.of(".gguf"),
          (sentence, folder) -> new CheckpointException(sentence, ErrorDetails.in(folder)));

  /** The endings that A1111 gives a VAE next to a checkpoint. */
  private static final List<String> BESIDE = List.of(".vae.safetensors", ".vae.pt", ".vae.ckpt");

  /** Folders may be sorted into folders; a search goes this far up. */
  private static final int MAX_DEPTH = 4;

  private final TransformerSource source;
  private final TransformerFamily family;
  private final CheckpointParts parts;
  private final List<String> missing = new ArrayList<>();

  /** The folders of diffusers' text encoders, in their order. */
  private static final List<String> ENCODER_FOLDERS =
      List.of("text_encoder", "text_encoder_2", "text_encoder_3");

  PartPlaces(TransformerSource source, TransformerFamily family, CheckpointParts parts) {
    this.source = source;
    this.family = family;
    this.parts = parts;
  }

  /**
   * The text encoders and the VAE.
   *
   * @param textEncoders in the order of the family
   */
  record Parts(List<Encoder> textEncoders, StoredNetwork vae) {
    /** Copies the list. */
    Parts {
      textEncoders = List.copyOf(textEncoders);
    }
  }

  /** A text encoder. */
  record Encoder(TextEncoderKind kind, StoredNetwork network) {}

  /**
   * Finds all.
   *
   * @throws CheckpointException if one is missing or is something else
   */
  Parts find() {
    List<Encoder> encoders = new ArrayList<>();
    for (TextEncoderKind kind : family.textEncoders()) {
      Optional<NetworkWeights> encoder = textEncoder(kind);
      encoder.map(found -> new Encoder(kind, kind.in(found))).ifPresent(encoders::add);
      if (encoder.isEmpty() && !family.drawsWithout(kind)) {
        missing.add(missing(kind.label(), family.textEncoder(kind), "textEncoder, --text-encoder"));
      }
    }
    Optional<NetworkWeights> vae = vae();
    if (vae.isEmpty()) {
      missing.add(missing("VAE", family.vae(), "vae, --vae"));
    }
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          "checkpoint '%s' is %s without %s"
              .formatted(source.path(), family.label(), String.join(", and without ", missing)),
          ErrorDetails.in(source.path()));
    }
    return new Parts(encoders, VaeTensors.in(vae.orElseThrow()));
  }

  private static String missing(String network, TransformerFamily.Usual usual, String option) {
    return "a %s: name a file that has one (%s), usually '%s' from %s on Hugging Face"
        .formatted(network, option, usual.file(), usual.repository());
  }

  private Optional<NetworkWeights> textEncoder(TextEncoderKind kind) {
    String folder = ENCODER_FOLDERS.get(family.textEncoders().indexOf(kind));
    Optional<NetworkWeights> given = given(kind, folder);
    if (given.isPresent()) {
      return given;
    }
    if (kind.prefix(source.weights()).isPresent()) {
      return Optional.of(source.weights());
    }
    Optional<NetworkWeights> inFolder = inFolder(folder, Stems.TRANSFORMERS);
    return inFolder.isPresent() || isLeftOut(kind)
        ? inFolder
        : inComfyUi(TEXT_ENCODERS, kind.files()).or(() -> onlyGguf(kind));
  }

  /**
   * Whether the model draws without an encoder, and the caller or the file chose others, so that
   * this one is not looked for.
   */
  private boolean isLeftOut(TextEncoderKind kind) {
    return family.drawsWithout(kind)
        && (Stream.of(parts.textEncoder(), parts.textEncoder2(), parts.textEncoder3())
                .anyMatch(Optional::isPresent)
            || family.textEncoders().stream()
                .anyMatch(other -> other.prefix(source.weights()).isPresent()));
  }

  /** Returns the encoder that the caller named, whichever of the settings named it. */
  private Optional<NetworkWeights> given(TextEncoderKind kind, String folder) {
    List<NetworkWeights> all =
        Stream.of(parts.textEncoder(), parts.textEncoder2(), parts.textEncoder3())
            .flatMap(Optional::stream)
            .map(path -> named(path, folder, Stems.TRANSFORMERS))
            .toList();
    List<NetworkWeights> some =
        all.stream().filter(weights -> kind.prefix(weights).isPresent()).toList();
    Optional<NetworkWeights> fitting =
        some.stream()
            .filter(weights -> kind.files().contains(String.valueOf(weights.path().getFileName())))
            .findFirst()
            .or(() -> some.stream().findFirst());
    // The only encoder is checked, so that the error says what it is.
    return family.textEncoders().size() == 1 ? fitting.or(() -> all.stream().findFirst()) : fitting;
  }

  private Optional<NetworkWeights> vae() {
    Optional<Path> named = parts.vae().or(this::beside);
    if (named.isPresent()) {
      return named.map(path -> named(path, "vae", Stems.DIFFUSERS));
    }
    if (VaeTensors.prefix(source.weights()).isPresent()) {
      return Optional.of(source.weights());
    }
    return inFolder("vae", Stems.DIFFUSERS).or(() -> inComfyUi(List.of("vae"), family.vaes()));
  }

  /** Returns a VAE next to the transformer with its name. */
  private Optional<Path> beside() {
    if (!parts.vaeBeside() || !Files.isRegularFile(source.path())) {
      return Optional.empty();
    }
    String name = String.valueOf(source.path().getFileName());
    String stem = name.substring(0, name.contains(".") ? name.lastIndexOf('.') : name.length());
    return BESIDE.stream()
        .map(ending -> source.path().resolveSibling(stem + ending))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Opens a file, an index of shards, a network's folder or the folder of a whole model. */
  private NetworkWeights named(Path path, String network, Stems stems) {
    if (!Files.exists(path)) {
      throw new CheckpointException(
          "%s '%s' does not exist".formatted(network.equals("vae") ? "VAE" : "text encoder", path),
          ErrorDetails.in(path));
    }
    if (Files.isRegularFile(path)) {
      return NetworkWeights.at(path);
    }
    Path inside = path.resolve(network);
    return NetworkWeights.in(Files.isDirectory(inside) ? inside : path, stems, Optional.empty());
  }

  private Optional<NetworkWeights> inFolder(String network, Stems stems) {
    return source
        .folder()
        .map(folder -> folder.resolve(network))
        .filter(Files::isDirectory)
        .map(folder -> NetworkWeights.in(folder, stems, parts.variant()));
  }

  /** Looks next to the folder of transformers in which the file is. */
  private Optional<NetworkWeights> inComfyUi(List<String> folders, List<String> names) {
    return transformers()
        .flatMap(
            from ->
                folders.stream()
                    .flatMap(folder -> names.stream().map(Path.of(folder)::resolve))
                    .map(from::resolveSibling)
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .map(NetworkWeights::at));
  }

  /** Returns an encoder in a GGUF file of ComfyUI's folders, unless there are several. */
  private Optional<NetworkWeights> onlyGguf(TextEncoderKind kind) {
    List<NetworkWeights> found =
        transformers().stream()
            .flatMap(from -> TEXT_ENCODERS.stream().map(from::resolveSibling))
            .filter(Files::isDirectory)
            .flatMap(folder -> new FolderTree(folder, GGUF).findFiles().files().stream())
            .flatMap(file -> readable(file).stream())
            .filter(weights -> kind.prefix(weights).isPresent() && isFirstPart(weights))
            .toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /** Whether weights are in one file, or were opened by the first part of a split one. */
  private static boolean isFirstPart(NetworkWeights weights) {
    return weights.names().stream()
        .map(weights::fileOf)
        .allMatch(file -> file.path().equals(file.parts().get(0)));
  }

  /** Opens a file that nobody named; skips a damaged one. */
  private static Optional<NetworkWeights> readable(Path file) {
    return FolderReading.attempt(
        () -> Optional.of(NetworkWeights.at(file)), problem -> Optional.empty());
  }

  /** Returns ComfyUI's folder of transformers in which the file is. */
  private Optional<Path> transformers() {
    Path above = source.path().toAbsolutePath().getParent();
    for (int i = 0; i < MAX_DEPTH && above != null; i++) {
      if (TRANSFORMERS.contains(String.valueOf(above.getFileName()))) {
        return Optional.of(above);
      }
      above = above.getParent();
    }
    return Optional.empty();
  }
}
