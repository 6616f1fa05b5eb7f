package dev.sdlora.families.checkpoint;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.OpenClipNames;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SdVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The weight names of each network in single-file checkpoints, for programs that write them. The
 * functions map the names that the network's configuration lists.
 */
public final class SingleFileNames {
  private SingleFileNames() {}

  /**
   * Returns the names of a text encoder. For OpenCLIP they name {@linkplain OpenClipNames views} of
   * tensors.
   *
   * @param family the checkpoint's family
   * @param index the index of the encoder, from 0
   */
  public static UnaryOperator<String> textEncoder(ModelFamily family, int index) {
    EncoderPlace place = SdVersion.of(family).encoders().get(index);
    return place.kind() == ClipConfig.Kind.OPEN_CLIP
        ? OpenClipNames.names(place.prefix())::inFile
        : name -> place.prefix() + name;
  }

  /** Whether the stored text encoder has one more layer than the U-Net reads. */
  public static boolean hasUnreadLayer(ModelFamily family, int index) {
    EncoderPlace place = SdVersion.of(family).encoders().get(index);
    return place.kind() == ClipConfig.Kind.OPEN_CLIP && place.reading() == ClipConfig.Reading.LAST;
  }

  /**
   * Returns the shapes of the tensors that hold a text encoder.
   *
   * @param family the checkpoint's family
   * @param index the index of the encoder, from 0
   */
  public static Map<String, List<Long>> textEncoder(
      ModelFamily family, int index, ClipConfig config) {
    EncoderPlace place = SdVersion.of(family).encoders().get(index);
    if (place.kind() == ClipConfig.Kind.OPEN_CLIP) {
      return OpenClipNames.stored(place.prefix(), config.weights());
    }
    UnaryOperator<String> names = textEncoder(family, index);
    Map<String, List<Long>> stored = new LinkedHashMap<>();
    config.weights().forEach((name, shape) -> stored.put(names.apply(name), shape));
    return stored;
  }

  /** Returns the names of a U-Net. */
  public static UnaryOperator<String> unet(UNetConfig config) {
    return LdmNames.unet(LdmNames.UNET, config.layers(), config.transformers())::inFile;
  }

  /** Returns the names of a VAE. */
  public static UnaryOperator<String> vae(VaeConfig config) {
    return LdmNames.vae(config.levels())::inFile;
  }

  /**
   * Returns the shape of a weight in these files. They store the VAE's attention projections as 1×1
   * convolutions; other shapes are the same as in this library.
   */
  public static List<Long> shape(String name, List<Long> shape) {
    return name.matches("(en|de)coder\\.mid_block\\.attentions\\..*") && shape.size() == 2
        ? List.of(shape.get(0), shape.get(1), 1L, 1L)
        : shape;
  }
}
