package dev.sdlora.families.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.families.checkpoint.CheckpointReader.Network;
import dev.sdlora.families.checkpoint.layout.Averages;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.layout.OpenClipNames;
import dev.sdlora.families.checkpoint.layout.Recommended;
import dev.sdlora.families.checkpoint.layout.SmallTensors;
import dev.sdlora.families.checkpoint.layout.UNetBlocks;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.TensorHeaders;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.families.sd.SingleFileFamily;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a single-file checkpoint with the tensor names of the CompVis code and of Stability's sgm,
 * or a U-Net alone with those of diffusers. Anything else in the file, such as optimiser states, is
 * ignored.
 */
final class SingleFile {
  /** SD 2.x reads OpenCLIP's penultimate layer, so some files lack the last one. */
  static final int LAYERS_WITHOUT_LAST = 23;

  /** The metadata key for the words that a model was trained on. */
  static final String WORDS = "sdlora.words";

  /** Standard deviation of the latents that Playground 2.5 was trained on. */
  static final double EDM_DEVIATION = 0.5;

  private SingleFile() {}

  static UNetFiles read(Path path, CheckpointParts parts) {
    return read(path, parts, Optional.empty());
  }

  /**
   * Reads a file.
   *
   * @param parts the networks that come from other files
   * @param other the VAE to use if the file has none; empty if the file must have one
   */
  static UNetFiles read(
      Path path, CheckpointParts parts, Optional<ModelFiles.Part<VaeConfig>> other) {
    TensorFile file = Averages.of(SeparateNetworks.unet(TensorHeaders.open(path)), parts.ema());
    Optional<Path> separateVae = SeparateNetworks.vaeOf(path, parts);
    boolean ownVae = separateVae.isEmpty() && (NeededNetworks.hasVae(file) || other.isEmpty());
    SingleFileFamily family = NeededNetworks.require(file, parts, ownVae);
    Network<UNetConfig> unet = unet(file, family.family());
    boolean pooled = unet.config().vectorWidth() > 0;
    List<Network<ClipConfig>> encoders = new ArrayList<>();
    for (int i = 0; i < family.encoders().size(); i++) {
      EncoderPlace place = family.encoders().get(i);
      encoders.add(
          SeparateNetworks.textEncoder(parts, i)
              .map(named -> SeparateNetworks.textEncoder(named, place, pooled))
              .orElseGet(() -> textEncoder(file, place, pooled)));
    }
    LatentFormat format = latentFormat(file, family.family());
    ModelFiles.Part<VaeConfig> vae =
        separateVae
            .map(named -> SeparateNetworks.vae(named, unet.config(), format))
            .orElseGet(() -> ownVae ? vae(file, format) : other.orElseThrow());
    PredictionSigns prediction = PredictionSigns.of(file, family, unet);
    UNetFiles files =
        CheckpointReader.assemble(
            path,
            false,
            family.family(),
            family.family().label() + ": tensors named '" + family.sign() + "…'",
            prediction,
            encoders,
            unet,
            vae,
            CheckpointReader.defaultSide(family.family(), prediction, unet.config()));
    Checkpoint described = new CheckpointBuilder(files.checkpoint()).words(words(file)).build();
    return files.with(Recommended.noted(described, file.metadata()));
  }

  private static List<String> words(TensorFile file) {
    return Arrays.stream(file.metadata().getOrDefault(WORDS, "").split(","))
        .map(entry -> entry.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
        .filter(entry -> !entry.isEmpty())
        .distinct()
        .toList();
  }

  /**
   * Reads a text encoder of a file.
   *
   * @param place its position in the file
   * @param pooled whether the U-Net reads the pooled text embedding
   */
  static Network<ClipConfig> textEncoder(TensorFile file, EncoderPlace place, boolean pooled) {
    return place.kind() == ClipConfig.Kind.OPENAI
        ? openAi(file, place)
        : openClip(OpenClipNames.withParts(file, place.prefix()), place, pooled);
  }

  private static Network<ClipConfig> openAi(TensorFile file, EncoderPlace place) {
    // Conversions with newer versions of transformers omit the middle part of the name.
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

  private static Network<ClipConfig> openClip(TensorFile file, EncoderPlace place, boolean pooled) {
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
    return withoutUnread(whole, place);
  }

  /** Removes a text encoder's last layer if nothing reads it. */
  static Network<ClipConfig> withoutUnread(Network<ClipConfig> whole, EncoderPlace place) {
    boolean lastIsUnread =
        place.reading() == ClipConfig.Reading.LAST
            && whole.config().layers() > 1
            && whole.config().layers() != LAYERS_WITHOUT_LAST;
    return lastIsUnread
        ? new Network<>(whole.config().withLayers(whole.config().layers() - 1), whole.tensors())
        : whole;
  }

  private static Network<UNetConfig> unet(TensorFile file, ModelFamily family) {
    if (SeparateNetworks.hasDiffusersUNet(file.tensors().keySet())) {
      FileTensors tensors = new FileTensors(file, "U-Net", name -> name);
      UNetBlocks blocks = UNetBlocks.ofDiffusers(tensors);
      return new Network<>(
          NetworkShapes.unet(tensors, blocks, SdVersion.of(family)::heads), tensors);
    }
    UNetBlocks blocks = UNetBlocks.ofLdm(file, LdmNames.UNET);
    return Network.of(
        new FileTensors(
            file, "U-Net", LdmNames.unet(LdmNames.UNET, blocks.layers(), blocks.transformers())),
        tensors -> NetworkShapes.unet(tensors, blocks, SdVersion.of(family)::heads));
  }

  private static ModelFiles.Part<VaeConfig> vae(TensorFile file, LatentFormat format) {
    Network<VaeConfig> network = VaeNames.original(NetworkWeights.of(file), LdmNames.VAE, format);
    return network.part(network.config().weights());
  }

  /**
   * Returns how latents are scaled. Playground 2.5 scales each channel to mean 0 and standard
   * deviation 0.5.
   */
  private static LatentFormat latentFormat(TensorFile file, ModelFamily family) {
    Optional<TensorEntry> mean = file.find(PredictionSigns.EDM_MEAN);
    Optional<TensorEntry> std = file.find(PredictionSigns.EDM_STD);
    return mean.isPresent() && std.isPresent()
        ? new LatentFormat(EDM_DEVIATION, numbers(file, mean.get()), numbers(file, std.get()))
        : LatentFormat.scaledBy(SdVersion.of(family).latentScale());
  }

  private static List<Double> numbers(TensorFile file, TensorEntry entry) {
    List<Double> numbers = new ArrayList<>();
    for (float number : SmallTensors.floats(file, entry)) {
      numbers.add((double) number);
    }
    return numbers;
  }
}
