package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.checkpoint.NetworkWeights.Stems;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Networks that lie in files or folders of their own and take the place of a checkpoint's: VAEs and
 * text encoders under the names of single files, with or without their beginnings, and under those
 * of diffusers; U-Nets under the names of single files.
 */
final class SeparateNetworks {
  /** What A1111 calls a VAE beside a checkpoint. */
  private static final List<String> BESIDE = List.of(".vae.safetensors", ".vae.pt", ".vae.ckpt");

  private static final String TEXT_MODEL = "text_model.";

  private SeparateNetworks() {}

  /** The VAE that is named, or else lies beside a checkpoint under its name. */
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

  /**
   * Reads a VAE.
   *
   * @param unet that it is for, whose latents it has to have
   * @param latentScale the factor on latents, which goes with the U-Net
   * @throws CheckpointException if it is none or does not fit
   */
  static Network<VaeConfig> vae(Path path, UNetConfig unet, double latentScale) {
    requireThere(path, "VAE");
    NetworkWeights weights = weights(path, "vae", Stems.DIFFUSERS);
    Network<VaeConfig> vae =
        weights.names().stream().anyMatch(name -> name.startsWith("decoder.up_blocks."))
            ? VaeNames.diffusers(weights, latentScale)
            : VaeNames.original(weights, prefix(weights, LdmNames.VAE, "VAE"), latentScale);
    int channels = vae.config().latentChannels();
    if (channels != unet.outChannels()) {
      throw new CheckpointException(
          "VAE '%s' has latents of %d channels, expected the %d of the U-Net; it is probably for"
                  .formatted(path, channels, unet.outChannels())
              + " another family of models",
          ErrorDetails.in(path));
    }
    return vae;
  }

  /**
   * Reads a text encoder.
   *
   * @param unet that it is for, which reads its states
   * @throws CheckpointException if it is none or does not fit
   */
  static Network<ClipConfig> textEncoder(Path path, UNetConfig unet) {
    requireThere(path, "text encoder");
    NetworkWeights weights = weights(path, "text_encoder", Stems.TRANSFORMERS);
    String prefix = prefix(weights, LdmNames.CLIP, "text encoder");
    boolean bare = weights.names().stream().noneMatch(name -> name.startsWith(prefix + TEXT_MODEL));
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
            tensors -> NetworkShapes.clip(tensors, layer, 0));
    if (clip.config().width() != unet.contextWidth()) {
      throw new CheckpointException(
          "text encoder '%s' has states of width %d, expected the %d that the U-Net reads; it is"
                  .formatted(path, clip.config().width(), unet.contextWidth())
              + " probably for another family of models",
          ErrorDetails.in(path));
    }
    return clip;
  }

  /** A file whose U-Net, if it is alone there, has the beginning that it has in checkpoints. */
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

  /** A file, the folder of a network, or that of a whole model. */
  private static NetworkWeights weights(Path path, String network, Stems stems) {
    if (Files.isRegularFile(path)) {
      return NetworkWeights.of(TensorFile.open(path));
    }
    Path inside = path.resolve(network);
    return NetworkWeights.in(Files.isDirectory(inside) ? inside : path, stems, Optional.empty());
  }

  /** The beginning of names in a checkpoint, if they have it here. */
  private static String prefix(NetworkWeights weights, String prefix, String network) {
    if (weights.names().stream().anyMatch(name -> name.startsWith(prefix))) {
      return prefix;
    }
    boolean known =
        weights.names().stream()
            .anyMatch(name -> name.matches("(decoder|encoder|text_model|embeddings)\\..*"));
    if (!known) {
      throw new CheckpointException(
          "'%s' is not a %s: none of its %d tensors begins with '%s', 'encoder.' or the like; the first is %s"
              .formatted(
                  weights.path(),
                  network,
                  weights.names().size(),
                  prefix,
                  weights.names().stream().findFirst().map(n -> "'" + n + "'").orElse("missing")),
          ErrorDetails.in(weights.path()));
    }
    return "";
  }
}
