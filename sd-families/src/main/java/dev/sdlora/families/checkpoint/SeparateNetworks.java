package dev.sdlora.families.checkpoint;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.CheckpointReader.Network;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.FolderSettings;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import dev.sdlora.families.checkpoint.stored.TensorHeaders;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Networks in files or folders of their own that replace those of a checkpoint. VAEs and text
 * encoders may have the tensor names of single files, with or without prefixes, or those of
 * diffusers; U-Nets those of single files or of diffusers.
 */
final class SeparateNetworks {
  /** The endings that A1111 gives a VAE next to a checkpoint. */
  private static final List<String> BESIDE = List.of(".vae.safetensors", ".vae.pt", ".vae.ckpt");

  /** The layers of SD 2.x's original text encoder; the last one is not read. */
  private static final int OPEN_CLIP_H_LAYERS = 24;

  private static final String TEXT_MODEL = "text_model.";
  private static final String OPEN_CLIP = "transformer.resblocks.";

  /** The prefixes of text encoder names in checkpoints; files of their own have none. */
  private static final List<String> PREFIXES =
      List.of(
          "",
          LdmNames.CLIP,
          "conditioner.embedders.0.transformer.",
          "conditioner.embedders.1.model.",
          "conditioner.embedders.0.model.",
          "cond_stage_model.model.");

  /**
   * Tensors that identify a separate U-Net, in the original code's names and in those of diffusers.
   */
  private static final List<String> UNET =
      List.of("input_blocks.0.0.weight", "time_embed.0.weight");

  private static final List<String> DIFFUSERS_UNET =
      List.of("conv_in.weight", "time_embedding.linear_1.weight");

  private SeparateNetworks() {}

  /** Whether a file is a U-Net alone, without prefixes. */
  static boolean isUNet(Set<String> names) {
    return names.containsAll(UNET) || hasDiffusersUNet(names);
  }

  /** Whether a file is a U-Net alone with diffusers' names. */
  static boolean hasDiffusersUNet(Set<String> names) {
    return names.containsAll(DIFFUSERS_UNET);
  }

  /** Returns the VAE that was given, or else a VAE next to the checkpoint with its name. */
  static Optional<Path> vaeOf(Path checkpoint, CheckpointParts parts) {
    return parts
        .vae()
        .or(
            () ->
                parts.vaeBeside() && Files.isRegularFile(checkpoint)
                    ? BESIDE.stream()
                        .map(
                            ending ->
                                checkpoint.resolveSibling(NetworkFile.name(checkpoint) + ending))
                        .filter(Files::isRegularFile)
                        .findFirst()
                    : Optional.empty());
  }

  /** Returns the file or folder that was given for the first or second text encoder. */
  static Optional<Path> textEncoder(CheckpointParts parts, int index) {
    return index == 0 ? parts.textEncoder() : parts.textEncoder2();
  }

  /**
   * Reads a VAE.
   *
   * @param unet the U-Net whose latents it must decode
   * @param format how latents are scaled, which depends on the U-Net
   * @throws CheckpointException if it is not a VAE or does not match
   */
  static ModelFiles.Part<VaeConfig> vae(Path path, UNetConfig unet, LatentFormat format) {
    requireThere(path, "VAE");
    NetworkWeights weights = weights(path, "vae", Stems.DIFFUSERS);
    Network<VaeConfig> vae =
        begins(weights, "decoder.up_blocks.")
            ? VaeNames.diffusers(weights, format)
            : VaeNames.original(
                weights, prefix(weights, List.of(LdmNames.VAE, ""), "decoder.", "VAE"), format);
    int channels = vae.config().latentChannels();
    if (channels != unet.outChannels()) {
      throw new CheckpointException(
          "VAE '%s' has latents of %s channels, expected %s as in the U-Net; it is probably for"
                  .formatted(path, channels, unet.outChannels())
              + " another model family",
          ErrorDetails.in(path));
    }
    return vae.part(vae.config().weights());
  }

  /**
   * Reads a text encoder with the tensor names of a checkpoint, of OpenCLIP or of transformers.
   *
   * @param place its position and role in a checkpoint
   * @param pooled whether the U-Net reads the pooled text embedding
   * @throws CheckpointException if it is not a text encoder
   */
  static Network<ClipConfig> textEncoder(Path path, EncoderPlace place, boolean pooled) {
    requireThere(path, "text encoder");
    boolean first = !place.isSecond();
    NetworkWeights weights =
        weights(path, first ? "text_encoder" : "text_encoder_2", Stems.TRANSFORMERS);
    List<String> prefixes = new ArrayList<>(List.of(place.prefix()));
    prefixes.addAll(PREFIXES);
    if (place.kind() == ClipConfig.Kind.OPEN_CLIP
        && prefixes.stream().anyMatch(prefix -> begins(weights, prefix + OPEN_CLIP))) {
      String prefix = prefix(weights, prefixes, OPEN_CLIP, "text encoder");
      TensorFile file = weights.fileOf(weights.names().iterator().next());
      return SingleFile.textEncoder(
          file, new EncoderPlace(prefix, place.kind(), place.reading()), pooled);
    }
    recordedKind(weights).ifPresent(kind -> requireKind(path, kind, place.kind()));
    boolean bare = prefixes.stream().noneMatch(prefix -> begins(weights, prefix + TEXT_MODEL));
    String prefix =
        prefix(weights, prefixes, bare ? "encoder.layers." : TEXT_MODEL, "text encoder");
    Names names =
        name ->
            prefix
                + (bare && name.startsWith(TEXT_MODEL)
                    ? name.substring(TEXT_MODEL.length())
                    : name);
    Pattern layer =
        Pattern.compile(Pattern.quote(names.inFile(TEXT_MODEL + "encoder.layers.")) + "(\\d+)\\.");
    Network<ClipConfig> clip =
        Network.of(
            new FileTensors(weights, "text encoder", names),
            tensors ->
                NetworkShapes.clip(
                    tensors,
                    layer,
                    0,
                    place.kind(),
                    place.reading(),
                    pooled && place.kind() == ClipConfig.Kind.OPEN_CLIP));
    // Text encoders in diffusers folders already lack the unread layer.
    return Files.isRegularFile(path)
            && place.kind() == ClipConfig.Kind.OPEN_CLIP
            && clip.config().layers() == OPEN_CLIP_H_LAYERS
        ? SingleFile.withoutUnread(clip, place)
        : clip;
  }

  /** Returns the kind of a text encoder, if its tensor names or the settings next to it show it. */
  private static Optional<ClipConfig.Kind> recordedKind(NetworkWeights weights) {
    if (PREFIXES.stream().anyMatch(prefix -> begins(weights, prefix + OPEN_CLIP))
        && !PREFIXES.stream().anyMatch(prefix -> begins(weights, prefix + TEXT_MODEL))) {
      return Optional.of(ClipConfig.Kind.OPEN_CLIP);
    }
    if (begins(weights, LdmNames.CLIP)) {
      return Optional.of(ClipConfig.Kind.OPENAI);
    }
    Path folder = Objects.requireNonNull(weights.path().toAbsolutePath().getParent());
    try {
      return FolderSettings.read(folder, folder.resolve("config.json")).textEncoderKind();
    } catch (CheckpointException e) {
      // The settings next to a file may be missing or belong to something else.
      return Optional.empty();
    }
  }

  private static void requireKind(Path path, ClipConfig.Kind kind, ClipConfig.Kind wanted) {
    if (kind != wanted) {
      throw new CheckpointException(
          "text encoder '%s' is %s, but the U-Net was trained with %s; expected a text encoder of the U-Net's"
                  .formatted(path, kind.label(), wanted.label())
              + " own family",
          ErrorDetails.in(path));
    }
  }

  /** Returns the file with the checkpoint prefix added to the names of a separate U-Net. */
  static TensorFile unet(TensorFile file) {
    for (String prefix : List.of("", "diffusion_model.")) {
      if (file.find(prefix + "input_blocks.0.0.weight").isPresent()) {
        return file.with(
            file.tensors().values().stream()
                .filter(entry -> entry.name().startsWith(prefix))
                .map(
                    entry ->
                        TensorView.named(
                            file, entry, LdmNames.UNET + entry.name().substring(prefix.length())))
                .toList());
      }
    }
    return file;
  }

  private static void requireThere(Path path, String network) {
    if (!Files.exists(path)) {
      throw new CheckpointException(
          network + " '" + path + "' does not exist", ErrorDetails.in(path));
    }
  }

  /** Opens a file, a network's folder or the folder of a whole model. */
  private static NetworkWeights weights(Path path, String network, Stems stems) {
    if (Files.isRegularFile(path)) {
      return NetworkWeights.of(TensorHeaders.open(path));
    }
    Path inside = path.resolve(network);
    return NetworkWeights.in(Files.isDirectory(inside) ? inside : path, stems, Optional.empty());
  }

  /**
   * Returns the prefix of a network's names, one of several.
   *
   * @param known the part of the name after the prefix
   */
  private static String prefix(
      NetworkWeights weights, List<String> prefixes, String known, String network) {
    return prefixes.stream()
        .filter(prefix -> begins(weights, prefix + known))
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    "'%s' is not a %s: none of its %s tensors begins with '%s' or '%s'; the first is %s"
                        .formatted(
                            weights.path(),
                            network,
                            weights.names().size(),
                            known,
                            prefixes.get(0) + known,
                            weights.names().stream()
                                .findFirst()
                                .map(name -> "'" + name + "'")
                                .orElse("missing")),
                    ErrorDetails.in(weights.path())));
  }

  private static boolean begins(NetworkWeights weights, String prefix) {
    return weights.names().stream().anyMatch(name -> name.startsWith(prefix));
  }
}
