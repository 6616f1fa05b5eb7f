package dev.sdlora.pipeline.checkpoint.transformer;

import dev.sdlora.pipeline.network.VaeConfig;
import java.util.function.UnaryOperator;

/**
 * The weight names in single files with a part of a transformer model, for programs that write
 * them. The functions map the names that the part's configuration lists; weights that a file stacks
 * in one tensor have the same name, and their rows follow in the order of the list. The names of
 * the text encoder are its own.
 */
public final class TransformerFileNames {
  private TransformerFileNames() {}

  /**
   * Returns the names of a transformer. FLUX.2's files have the halves of {@code norm_out.linear}
   * swapped.
   */
  public static UnaryOperator<String> transformer(TransformerFamily family) {
    return family == TransformerFamily.FLUX2
        ? name -> Flux2Tensors.places(name).get(0).name()
        : name -> ZImageTensors.places(name).get(0).name();
  }

  /** Returns the names of a VAE. */
  public static UnaryOperator<String> vae(VaeConfig config) {
    return name -> VaeTensors.places(name, config.levels()).get(0).name();
  }
}
