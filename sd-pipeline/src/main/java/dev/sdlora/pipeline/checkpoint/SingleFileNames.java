package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What single-file checkpoints call the weights of each network, for programs that write such
 * files. Functions of names take them as the network's configuration lists them.
 */
public final class SingleFileNames {
  private SingleFileNames() {}

  /**
   * Names of a text encoder. Those of OpenCLIP are of {@linkplain OpenClipNames views} of tensors.
   *
   * @param family of the checkpoint
   * @param index which of its encoders, from 0
   */
  public static UnaryOperator<String> textEncoder(ModelFamily family, int index) {
    SingleFileFamily.Place place = SingleFileFamily.encoders(family).get(index);
    return place.kind() == ClipConfig.Kind.OPEN_CLIP
        ? OpenClipNames.names(place.prefix())::inFile
        : name -> place.prefix() + name;
  }

  /** Whether a text encoder has one more layer than are read. */
  public static boolean hasUnreadLayer(ModelFamily family, int index) {
    SingleFileFamily.Place place = SingleFileFamily.encoders(family).get(index);
    return place.kind() == ClipConfig.Kind.OPEN_CLIP && place.reading() == ClipConfig.Reading.LAST;
  }

  /**
   * The shapes of the tensors that hold a text encoder.
   *
   * @param family of the checkpoint
   * @param index which of its encoders, from 0
   */
  public static Map<String, List<Long>> textEncoder(
      ModelFamily family, int index, ClipConfig config) {
    SingleFileFamily.Place place = SingleFileFamily.encoders(family).get(index);
    if (place.kind() == ClipConfig.Kind.OPEN_CLIP) {
      return OpenClipNames.stored(place.prefix(), config.weights());
    }
    UnaryOperator<String> names = textEncoder(family, index);
    Map<String, List<Long>> stored = new LinkedHashMap<>();
    config.weights().forEach((name, shape) -> stored.put(names.apply(name), shape));
    return stored;
  }

  /** Names of a U-Net. */
  public static UnaryOperator<String> unet(UNetConfig config) {
    return LdmNames.unet(LdmNames.UNET, config.layers(), config.transformers())::inFile;
  }

  /** Names of a VAE. */
  public static UnaryOperator<String> vae(VaeConfig config) {
    return LdmNames.vae(config.levels())::inFile;
  }

  /**
   * The shape that a weight has in these files, where the projections of the VAE's attention are
   * 1×1 convolutions. Other shapes are as in this library.
   */
  public static List<Long> shape(String name, List<Long> shape) {
    return name.matches("(en|de)coder\\.mid_block\\.attentions\\..*") && shape.size() == 2
        ? List.of(shape.get(0), shape.get(1), 1L, 1L)
        : shape;
  }
}
