package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a single-file checkpoint with the names of the CompVis code. Whatever else the file holds,
 * such as the states of an optimiser, is not looked at.
 */
final class SingleFile {
  /** SD 1.x has 8 attention heads at every level; no tensor tells it. */
  private static final int SD1_HEADS = 8;

  /** Channels of the first level of the published models. */
  private static final int FULL_SIZE_CHANNELS = 320;

  private SingleFile() {}

  static ModelFiles read(Path path, CheckpointParts parts) {
    TensorFile file = Averages.of(SeparateNetworks.unet(TensorFile.open(path)), parts.ema());
    Optional<Path> otherVae = SeparateNetworks.vaeOf(path, parts);
    FileKind.requireSd1(file, otherVae.isPresent(), parts.textEncoder().isPresent());
    Network<UNetConfig> unet = unet(file);
    Network<ClipConfig> clip =
        parts
            .textEncoder()
            .map(other -> SeparateNetworks.textEncoder(other, unet.config()))
            .orElseGet(() -> clip(file));
    Network<VaeConfig> vae =
        otherVae
            .map(other -> SeparateNetworks.vae(other, unet.config(), NetworkShapes.LATENT_SCALE))
            .orElseGet(
                () ->
                    VaeNames.original(
                        NetworkWeights.of(file), LdmNames.VAE, NetworkShapes.LATENT_SCALE));
    boolean fullSize = unet.config().channels().get(0) >= FULL_SIZE_CHANNELS;
    return CheckpointReader.assemble(
            path, Checkpoint.Layout.SINGLE_FILE, clip, unet, vae, fullSize ? 512 : 128)
        .predicting(prediction(file));
  }

  /** A note in the header (modelspec.org), or an empty tensor that some trainers leave. */
  private static Prediction prediction(TensorFile file) {
    String noted = file.metadata().getOrDefault("modelspec.prediction_type", "");
    return noted.startsWith("v") || file.find("v_pred").isPresent()
        ? Prediction.V_PREDICTION
        : Prediction.EPSILON;
  }

  private static Network<ClipConfig> clip(TensorFile file) {
    // Conversions with newer versions of transformers leave the middle part out.
    boolean bare =
        file.tensors().keySet().stream()
            .anyMatch(name -> name.startsWith(LdmNames.CLIP + "encoder."));
    Names names = name -> LdmNames.CLIP + (bare ? name.substring(name.indexOf('.') + 1) : name);
    Pattern layer =
        Pattern.compile(Pattern.quote(names.inFile("text_model.encoder.layers.")) + "(\\d+)\\.");
    return Network.of(
        new FileTensors(file, "text encoder", names),
        tensors -> NetworkShapes.clip(tensors, layer, 0));
  }

  private static Network<UNetConfig> unet(TensorFile file) {
    LdmBlocks blocks = LdmBlocks.of(file, LdmNames.UNET);
    return Network.of(
        new FileTensors(
            file, "U-Net", LdmNames.unet(LdmNames.UNET, blocks.layers(), blocks.depth())),
        tensors ->
            NetworkShapes.unet(
                tensors,
                blocks.levels(),
                blocks.layers(),
                blocks.depth(),
                blocks.middle(),
                SD1_HEADS));
  }
}
