package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What single-file checkpoints call the weights of each network, for programs that write such
 * files. Each function takes a name as the network's configuration lists it.
 */
public final class SingleFileNames {
  private SingleFileNames() {}

  /** Names of a text encoder. */
  public static UnaryOperator<String> textEncoder() {
    return name -> LdmNames.CLIP + name;
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
