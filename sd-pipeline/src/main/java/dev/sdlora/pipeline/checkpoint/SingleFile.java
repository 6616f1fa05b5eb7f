package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a single-file checkpoint with the names of the CompVis code and of Stability's sgm.
 * Whatever else the file holds, such as averaged copies ({@code model_ema.}) and optimiser states,
 * is not looked at.
 */
final class SingleFile {
  /** SD 2.x reads OpenCLIP's last but one layer, so some files lack the last one. */
  private static final int LAYERS_WITHOUT_LAST = 23;

  private SingleFile() {}

  static ModelFiles read(Path path) {
    TensorFile file = TensorFile.open(path);
    SingleFileFamily family = FileKind.requireCheckpoint(file);
    Network<UNetConfig> unet = unet(file, family.family());
    boolean pooled = unet.config().vectorWidth() > 0;
    List<Network<ClipConfig>> encoders =
        family.encoders().stream().map(place -> textEncoder(file, place, pooled)).toList();
    PredictionSigns prediction = PredictionSigns.of(file, family.family(), unet);
    return CheckpointReader.assemble(
        path,
        Checkpoint.Layout.SINGLE_FILE,
        family.family(),
        family.family().label() + ": tensors named '" + family.sign() + "…'",
        prediction,
        encoders,
        unet,
        vae(file, family.family()),
        CheckpointReader.defaultSide(family.family(), prediction, unet.config()));
  }

  private static Network<ClipConfig> textEncoder(
      TensorFile file, SingleFileFamily.Place place, boolean pooled) {
    return place.kind() == ClipConfig.Kind.OPENAI
        ? openAi(file, place)
        : openClip(OpenClipNames.withParts(file, place.prefix()), place, pooled);
  }

  private static Network<ClipConfig> openAi(TensorFile file, SingleFileFamily.Place place) {
    // Conversions with newer versions of transformers leave the middle part out.
    boolean bare =
        file.tensors().keySet().stream()
            .anyMatch(name -> name.startsWith(place.prefix() + "encoder."));
    Names names = name -> place.prefix() + (bare ? name.substring(name.indexOf('.') + 1) : name);
    Pattern layer =
        Pattern.compile(Pattern.quote(names.inFile("text_model.encoder.layers.")) + "(\\d+)\\.");
    return Network.of(
        new FileTensors(file, "text encoder", names),
        tensors -> NetworkShapes.clip(tensors, layer, 0, place.kind(), place.reading(), false));
  }

  private static Network<ClipConfig> openClip(
      TensorFile file, SingleFileFamily.Place place, boolean pooled) {
    Network<ClipConfig> whole =
        Network.of(
            new FileTensors(file, "OpenCLIP text encoder", OpenClipNames.names(place.prefix())),
            tensors ->
                NetworkShapes.clip(
                    tensors,
                    OpenClipNames.layers(place.prefix()),
                    0,
                    place.kind(),
                    place.reading(),
                    pooled));
    boolean lastIsUnread =
        place.reading() == ClipConfig.Reading.LAST
            && whole.config().layers() > 1
            && whole.config().layers() != LAYERS_WITHOUT_LAST;
    return lastIsUnread
        ? new Network<>(whole.config().withLayers(whole.config().layers() - 1), whole.tensors())
        : whole;
  }

  private static Network<UNetConfig> unet(TensorFile file, ModelFamily family) {
    UNetBlocks blocks = UNetBlocks.ofLdm(file, LdmNames.UNET);
    return Network.of(
        new FileTensors(
            file, "U-Net", LdmNames.unet(LdmNames.UNET, blocks.layers(), blocks.transformers())),
        tensors -> NetworkShapes.unet(tensors, blocks, NetworkShapes.unetHeads(family)));
  }

  private static Network<VaeConfig> vae(TensorFile file, ModelFamily family) {
    FileTensors bare = new FileTensors(file, "VAE", name -> LdmNames.VAE + name);
    String prefix = Pattern.quote(LdmNames.VAE);
    int levels =
        bare.count(Pattern.compile(prefix + "decoder\\.up\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        bare.count(
            Pattern.compile(prefix + "encoder\\.down\\.0\\.block\\.(\\d+)\\."),
            NetworkShapes.MAX_LAYERS);
    return Network.of(
        new FileTensors(file, "VAE", LdmNames.vae(levels)),
        tensors -> NetworkShapes.vae(tensors, levels, layers, NetworkShapes.latentScale(family)));
  }
}
