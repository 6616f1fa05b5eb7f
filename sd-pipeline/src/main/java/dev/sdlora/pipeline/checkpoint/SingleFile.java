package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.LatentFormat;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a single-file checkpoint with the names of the CompVis code and of Stability's sgm.
 * Whatever else the file holds, such as averaged copies ({@code model_ema.}) and optimiser states,
 * is not looked at.
 */
final class SingleFile {
  /** SD 2.x reads OpenCLIP's last but one layer, so some files lack the last one. */
  private static final int LAYERS_WITHOUT_LAST = 23;

  private static final double EDM_DEVIATION = 0.5;

  private SingleFile() {}

  static ModelFiles read(Path path) {
    return read(path, Optional.empty());
  }

  /**
   * Reads a file.
   *
   * @param other the VAE if the file has none; empty if it must have one
   */
  static ModelFiles read(Path path, Optional<ModelFiles.Part<VaeConfig>> other) {
    TensorFile file = TensorFile.open(path);
    boolean ownVae = FileKind.hasVae(file) || other.isEmpty();
    SingleFileFamily family = FileKind.requireCheckpoint(file, ownVae);
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
        ownVae ? vae(file, family.family()) : other.get(),
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

  private static ModelFiles.Part<VaeConfig> vae(TensorFile file, ModelFamily family) {
    FileTensors bare = new FileTensors(file, "VAE", name -> LdmNames.VAE + name);
    String prefix = Pattern.quote(LdmNames.VAE);
    int levels =
        bare.count(Pattern.compile(prefix + "decoder\\.up\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        bare.count(
            Pattern.compile(prefix + "encoder\\.down\\.0\\.block\\.(\\d+)\\."),
            NetworkShapes.MAX_LAYERS);
    Network<VaeConfig> network =
        Network.of(
            new FileTensors(file, "VAE", LdmNames.vae(levels)),
            tensors -> NetworkShapes.vae(tensors, levels, layers, latentFormat(file, family)));
    return network.part(network.config().weights());
  }

  /** Playground 2.5 brings each channel to mean 0 and deviation 0.5. */
  private static LatentFormat latentFormat(TensorFile file, ModelFamily family) {
    Optional<TensorEntry> mean = file.find("edm_mean");
    Optional<TensorEntry> std = file.find("edm_std");
    return mean.isPresent() && std.isPresent()
        ? new LatentFormat(EDM_DEVIATION, numbers(file, mean.get()), numbers(file, std.get()))
        : LatentFormat.scaledBy(NetworkShapes.latentScale(family));
  }

  private static List<Double> numbers(TensorFile file, TensorEntry entry) {
    try (TensorFile.Reader reader = file.reader()) {
      List<Double> numbers = new ArrayList<>();
      for (float number : reader.floats(entry)) {
        numbers.add((double) number);
      }
      return numbers;
    }
  }
}
